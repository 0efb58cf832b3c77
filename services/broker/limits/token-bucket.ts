// A rate as a bucket of tokens that fills while time goes by and holds those of one second. What was taken is known only
// when it is there, so it may go below zero; then whoever takes waits until it is filled again.

export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs: number;

  /** @param perSecond tokens; Infinity for a rate without bounds */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAtMs = nowMs;
  }

  take(tokens: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens -= tokens;
  }

  /** Milliseconds until something may be taken; 0: now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1_000;
  }

  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#perSecond;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    if (this.#tokens < this.#perSecond)
      this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs / 1_000) * this.#perSecond);
    this.#filledAtMs = Math.max(this.#filledAtMs, nowMs);
  }
}
