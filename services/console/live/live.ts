// What open pages are told, and when: alarms and commands at once, everything else at most as often as somebody calls tick().

import type { Changes, Snapshot } from '../api/live.ts';
import type { PlantInput } from '../plant/decode.ts';
import type { Plant } from '../plant/plant.ts';
import { type Frame, Hub, type Viewer } from './hub.ts';
import { RecentFrames } from './recent-frames.ts';

/** A page that hears nothing for three of these takes the connection for dead, long before TCP does. */
const PULSE_MS = 4_000;

/** All that is retained has been told when nothing of it has come for so long; services that tell it anew are back by then. */
const RETOLD_MS = 10_000;

/** Frames go on being kept for a page whose connection broke; past it nobody comes back for them. */
const RESUME_MS = 60_000;

/** A control room and its visitors. Each may hold a snapshot that it has not read yet. */
export const VIEWERS_MAX = 100;
/** Nobody alone keeps the others out. */
export const VIEWERS_OF_ONE_MAX = 40;

export type LiveParts = {
  readonly plant: Plant;
  readonly now: () => number;
  /** Of this process alone, so that nobody resumes what an earlier one told. */
  readonly life: string;
  /** What is wrong between console and broker, in words. */
  readonly brokerProblem: () => string | undefined;
};

export class Live {
  readonly #parts: LiveParts;
  readonly #hub = new Hub();
  readonly #recent: RecentFrames;
  /** When somebody watched last. */
  #watchedAt = Number.NEGATIVE_INFINITY;
  #toldAt = 0;
  #toldBroker: string | null = null;
  /** When a retained message came last, while they are told again. */
  #retoldAt: number | undefined;
  /** For all who come before anything is told: what changes meanwhile is told to each of them later. */
  #shared: Frame | undefined;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#recent = new RecentFrames(parts.life);
  }

  /** Tells this process from earlier ones. */
  get life(): string {
    return this.#parts.life;
  }

  get viewers(): number {
    return this.#hub.size;
  }

  /** Viewers dropped because they could not keep up. */
  get dropped(): number {
    return this.#hub.dropped;
  }

  /** Every stream ends; browsers come back by themselves. */
  closeAll(): void {
    this.#hub.closeAll();
  }

  /** Ends the streams whose login has ended. */
  dropOver(): void {
    this.#hub.dropOver();
  }

  /** The broker has let us in, and begins to tell what is retained. */
  beginRetelling(): void {
    this.#parts.plant.beginRetelling();
    this.#retoldAt = this.#parts.now();
  }

  apply(input: PlantInput, kind: 'retained' | 'live'): void {
    const { plant, now } = this.#parts;
    if (kind === 'retained' && this.#retoldAt !== undefined) this.#retoldAt = now();
    if (plant.apply(input, now())) this.#tellUrgent();
  }

  #tellUrgent(): void {
    const alarms = this.#parts.plant.takeAlarmChanges();
    if (alarms.length > 0) this.#tell('alarms', alarms);
    const commands = this.#parts.plant.takeCommandChanges();
    if (commands.length > 0) this.#tell('commands', commands);
  }

  /** Serialised where somebody watches, or may come back for it. */
  #tell(event: string, content: object): void {
    const at = this.#parts.now();
    if (this.#hub.size > 0) this.#watchedAt = at;
    if (Math.abs(at - this.#watchedAt) > RESUME_MS) this.#recent.skip();
    else this.#hub.broadcast(this.#recent.add(event, JSON.stringify(content)));
  }

  #endRetelling(): void {
    const { plant, now } = this.#parts;
    if (this.#retoldAt === undefined || this.#broker() !== null) return;
    // The distance: a clock that steps back must not make what is gone stay.
    if (Math.abs(now() - this.#retoldAt) < RETOLD_MS) return;
    this.#retoldAt = undefined;
    if (plant.endRetelling()) this.#tellUrgent();
  }

  /** A sentence where the user can watch no more now. */
  whyFull(user: string): string | undefined {
    if (this.viewers >= VIEWERS_MAX)
      return `${VIEWERS_MAX} pages are open already, and no more can be. Try again later.`;
    if (this.#hub.sizeOf(user) < VIEWERS_OF_ONE_MAX) return undefined;
    return `You have ${VIEWERS_OF_ONE_MAX} pages open already, and no more can be: close one.`;
  }

  /** @param lastId of the last frame that the viewer has seen; it is told what came since, or all there is */
  join(viewer: Viewer, lastId?: string): void {
    const missed = lastId === undefined ? undefined : this.#recent.after(lastId);
    // Something at once, so that its page knows that it is connected.
    this.#hub.join(viewer, missed === undefined || missed.length === 0 ? [this.#snapshot()] : missed);
  }

  #snapshot(): Frame {
    const { plant, now } = this.#parts;
    const id = this.#recent.lastId;
    if (this.#shared?.id === id) return this.#shared;
    const snapshot: Snapshot = { now: now(), broker: this.#broker(), ...plant.snapshot() };
    this.#shared = { id, event: 'snapshot', data: JSON.stringify(snapshot) };
    return this.#shared;
  }

  leave(viewer: Viewer): void {
    this.#hub.leave(viewer);
  }

  tick(): void {
    const { plant, now } = this.#parts;
    this.#shared = undefined;
    this.dropOver();
    this.#endRetelling();
    const changes = plant.takeChanges();
    const broker = this.#broker();
    const isDue = broker !== this.#toldBroker || now() - this.#toldAt >= PULSE_MS;
    if (changes === undefined && !isDue) return;
    this.#toldAt = now();
    this.#toldBroker = broker;
    const told: Changes = { now: now(), broker, ...(changes ?? this.#nothing()) };
    this.#tell('changes', told);
  }

  #broker(): string | null {
    return this.#parts.brokerProblem() ?? null;
  }

  #nothing(): Omit<Changes, 'now' | 'broker'> {
    return { added: [], changed: [], devices: [], services: [], rejected: [], dropped: this.#parts.plant.dropped };
  }
}
