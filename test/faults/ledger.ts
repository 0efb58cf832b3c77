// What the simulated devices of a fault have sent, and which of it the broker has acknowledged: what everybody else owes them.
// A device's value is high for ten messages and low for ten, so that its alarm changes once in ten, and bears the number of
// its message, so that whoever sees it knows which it was. Now and then a message is one that nobody can read, which must be
// found again where such things are kept.

export type Message = {
  readonly ts: number;
  /** null: not to be read. */
  readonly value: number | null;
  ackedAt: number | undefined;
};

/** Far above the number of any message. */
export const HIGH = 1_000_000;
const RUN = 10;
const UNREADABLE_EVERY = 50;

export class Ledger {
  /** By device, then by n. */
  readonly messages: readonly Message[][];
  readonly #now: () => number;
  readonly #clock: () => number;
  #lastAckAt = Number.POSITIVE_INFINITY;
  #worstGapMs = 0;
  #awaited: { readonly after: number; readonly resolve: (at: number) => void } | undefined;

  /** @param now ms since the epoch; @param clock monotonic ms */
  constructor(devices: number, now: () => number, clock: () => number) {
    this.messages = Array.from({ length: devices }, () => []);
    this.#now = now;
    this.#clock = clock;
  }

  /** The next message of a device: `n` is how many it has sent. */
  payload(device: number, n: number): string {
    const own = this.messages[device] ?? [];
    const ts = Math.max(this.#now(), (own.at(-1)?.ts ?? 0) + 1); // no two points of a series coincide
    const isUnreadable = n % UNREADABLE_EVERY === UNREADABLE_EVERY - 1;
    const value = n + (Math.floor(n / RUN) % 2 === 0 ? 0 : HIGH);
    own.push({ ts, value: isUnreadable ? null : value, ackedAt: undefined });
    const metrics = isUnreadable ? '"broken"' : `{"value":${value}}`;
    return `{"v":1,"b":1,"r":[{"n":${n},"ts":${ts},"m":${metrics}}]}`;
  }

  acked(device: number, n: number): void {
    const message = this.messages[device]?.[n];
    if (message === undefined || message.ackedAt !== undefined) return;
    const at = this.#clock();
    message.ackedAt = at;
    this.#worstGapMs = Math.max(this.#worstGapMs, at - this.#lastAckAt);
    this.#lastAckAt = at;
    if (this.#awaited === undefined || at < this.#awaited.after) return;
    this.#awaited.resolve(at);
    this.#awaited = undefined;
  }

  /** Longest time without any acknowledgement since this was last asked, ms. */
  takeWorstGapMs(): number {
    const worst = Math.max(this.#worstGapMs, this.#clock() - this.#lastAckAt);
    this.#worstGapMs = 0;
    this.#lastAckAt = this.#clock();
    return Math.max(0, worst);
  }

  /** When the first acknowledgement came after a moment of the monotonic clock. */
  ackAfter(after: number): Promise<number> {
    return new Promise((resolve) => {
      this.#awaited = { after, resolve };
    });
  }

  /** Which message a value was. */
  static numberOf(value: number): number {
    return value % HIGH;
  }

  get acknowledged(): number {
    return this.messages.flat().filter(({ ackedAt }) => ackedAt !== undefined).length;
  }
}
