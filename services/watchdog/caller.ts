// Calls somebody outside when the pipeline stops answering and when it answers again: one HTTP POST, tried until it is taken.
// Only the newest call is worth making: where the pipeline came back before anybody could be reached, that is what is told.

import type { Call } from './saved-state.ts';

const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 300_000;

export type Retry = { readonly retryable: boolean; readonly retryAfterMs?: number | undefined };

export type CallerParts = {
  readonly send: (call: Call) => Promise<void>;
  /** What a failure says of another try. */
  readonly retryOf: (error: unknown) => Retry;
  /** The call that is still to be made is another than before: write it down. */
  readonly onChange: () => void;
  readonly onFailed: (error: unknown, willRetry: boolean) => void;
};

export class Caller {
  readonly #parts: CallerParts;
  #pending: Call | null;
  #isCalling = false;
  #failures = 0;
  /** On the clock that nobody sets; see Moment. */
  #nextMs = 0;

  constructor(pending: Call | null, parts: CallerParts) {
    this.#parts = parts;
    this.#pending = pending;
  }

  get pending(): Call | null {
    return this.#pending;
  }

  call(call: Call): void {
    this.#settle(call);
    this.#nextMs = 0;
  }

  /** Makes the call that is due, one at a time; resolves when it was taken or failed. */
  async tick(elapsedMs: number): Promise<void> {
    const call = this.#pending;
    if (call === null || this.#isCalling || elapsedMs < this.#nextMs) return;
    this.#isCalling = true;
    try {
      await this.#parts.send(call);
      // What was called for meanwhile is still to be made.
      if (this.#pending === call) this.#settle(null);
    } catch (error) {
      this.#failed(call, error, elapsedMs);
    } finally {
      this.#isCalling = false;
    }
  }

  #failed(call: Call, error: unknown, elapsedMs: number): void {
    const { retryable, retryAfterMs = 0 } = this.#parts.retryOf(error);
    this.#parts.onFailed(error, retryable);
    if (this.#pending !== call) return;
    if (!retryable) this.#settle(null);
    else
      this.#nextMs = elapsedMs + Math.min(RETRY_MS_MAX, Math.max(retryAfterMs, RETRY_MS_MIN * 2 ** this.#failures++));
  }

  #settle(pending: Call | null): void {
    this.#pending = pending;
    this.#failures = 0;
    this.#parts.onChange();
  }
}
