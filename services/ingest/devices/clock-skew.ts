// How far a device's clock is ahead of ours, from the times that its newest records bear. A message takes a while, a batch
// waits, a broker holds some back: all of that makes a clock look behind, nothing makes it look ahead. So the one that looks
// furthest ahead within a while is nearest to the truth.

/** Windows, of which the one before counts too: a clock that was set shows after two of them at the latest. */
const WINDOW_MS = 5 * 60_000;

export class ClockSkew {
  #since = 0;
  #best = Number.NEGATIVE_INFINITY;
  #before = Number.NEGATIVE_INFINITY;

  /** A record that was measured just before it was sent, and has come at `receivedAt`. */
  take(measuredAt: number, receivedAt: number): void {
    const age = receivedAt - this.#since;
    if (age >= WINDOW_MS || age < 0) {
      this.#before = age < 2 * WINDOW_MS && age >= 0 ? this.#best : Number.NEGATIVE_INFINITY;
      this.#best = Number.NEGATIVE_INFINITY;
      this.#since = receivedAt;
    }
    this.#best = Math.max(this.#best, measuredAt - receivedAt);
  }

  /** ms ahead (negative: behind); null where no record had a time. */
  get ms(): number | null {
    const best = Math.max(this.#best, this.#before);
    return best === Number.NEGATIVE_INFINITY ? null : best;
  }
}
