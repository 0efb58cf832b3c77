// What comes in floods (wrong passwords, refusals, clients that reconnect) as few records: of one user and address the first
// is written at once, the others are counted and written as one when their time is over: after a second, and while it goes on
// after 2, 4 … 60. A flood then takes days to push older records out of the journal, and not hours. Where there are too many
// names they are counted by address, and where there are too many addresses, all together. Counts live in memory: a process
// that is killed loses those of the last minute.

import type { AuditEvent, AuditKind } from './audit.ts';

const FLOODING: ReadonlySet<AuditKind> = new Set<AuditKind>(['login', 'login failed', 'session', 'refused']);
/** Of these somebody has shown that he is one of ours, and there are only so many. */
const KNOWN: ReadonlySet<AuditKind> = new Set<AuditKind>(['login', 'session']);
/** Users that are counted apart at a time; of names that anybody can invent, and of addresses, fewer. */
const KNOWN_MAX = 1_024;
const STRANGERS_MAX = 16;
const PERIOD_MAX = 60;

type Window = { event: AuditEvent; count: number; period: number; ticksLeft: number };
type Summary = { readonly event: AuditEvent; readonly count: number };

export class FloodGate {
  readonly #known = new Map<string, Window>();
  readonly #strangers = new Map<string, Window>();
  readonly #addresses = new Map<string, Window>();
  readonly #kinds = new Map<string, Window>();

  /** Whether it is to be written down by itself; else it has been counted. */
  admits(event: AuditEvent): boolean {
    if (!FLOODING.has(event.what)) return true;
    const { what, who } = event;
    const { address, user } = who;
    const byUser = JSON.stringify([what, user, address]);
    if (count(this.#usersOf(what), byUser, event)) return false;
    const ofAddress = { what, who: address === undefined ? {} : { address }, outcome: event.outcome };
    const ofAll = { what, who: {}, outcome: event.outcome };
    const byAddress = JSON.stringify([what, address]);
    // Who has a flood to his name gets no place for the next name that he invents.
    const isKnown = KNOWN.has(what);
    if (!isKnown && (count(this.#addresses, byAddress, ofAddress) || count(this.#kinds, what, ofAll))) return false;
    const users = this.#usersOf(what);
    if (users.size < (isKnown ? KNOWN_MAX : STRANGERS_MAX)) return open(users, byUser, event);
    if (count(this.#addresses, byAddress, ofAddress)) return false;
    if (this.#addresses.size < STRANGERS_MAX) return open(this.#addresses, byAddress, ofAddress);
    return !count(this.#kinds, what, ofAll) && open(this.#kinds, what, ofAll);
  }

  /** To be called every second: what was counted and is due. */
  tick(): Summary[] {
    return this.#take((window) => --window.ticksLeft <= 0);
  }

  /** All that was counted. */
  end(): Summary[] {
    return this.#take(() => true);
  }

  #usersOf(what: AuditKind): Map<string, Window> {
    return KNOWN.has(what) ? this.#known : this.#strangers;
  }

  #take(isDue: (window: Window) => boolean): Summary[] {
    const due: Summary[] = [];
    for (const windows of [this.#known, this.#strangers, this.#addresses, this.#kinds])
      for (const [key, window] of windows) {
        if (!isDue(window)) continue;
        if (window.count === 0) {
          windows.delete(key);
          continue;
        }
        due.push({ event: window.event, count: window.count });
        window.count = 0;
        window.period = Math.min(PERIOD_MAX, window.period * 2);
        window.ticksLeft = window.period;
      }
    return due;
  }
}

function count(windows: Map<string, Window>, key: string, event: AuditEvent): boolean {
  const window = windows.get(key);
  if (window === undefined) return false;
  window.event = event;
  window.count++;
  return true;
}

function open(windows: Map<string, Window>, key: string, event: AuditEvent): true {
  windows.set(key, { event, count: 0, period: 1, ticksLeft: 1 });
  return true;
}
