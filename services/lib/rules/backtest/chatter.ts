// Chattering: three activations of one alarm within a rolling 60 s. A bout lasts while each next activation makes three again.

const ACTIVATIONS = 3;
const WITHIN_MS = 60_000;

type Recent = { times: number[]; isChattering: boolean };

export class Chatter {
  readonly #recent = new Map<string, Recent>();
  readonly #alarms = new Set<string>();
  #bouts = 0;

  /** Says whether a bout begins. Those that are not counted still stand before those that are. */
  activate(alarm: string, at: number, isCounted = true): boolean {
    const recent = this.#recent.get(alarm) ?? { times: [], isChattering: false };
    this.#recent.set(alarm, recent);
    recent.times.push(at);
    if (recent.times.length > ACTIVATIONS) recent.times.shift();
    const oldest = recent.times[0] ?? at;
    const was = recent.isChattering;
    recent.isChattering = recent.times.length === ACTIVATIONS && at - oldest < WITHIN_MS;
    if (!recent.isChattering || was || !isCounted) return false;
    this.#alarms.add(alarm);
    this.#bouts++;
    return true;
  }

  result(): { readonly alarms: number; readonly bouts: number } {
    return { alarms: this.#alarms.size, bouts: this.#bouts };
  }
}
