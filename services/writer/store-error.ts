// What went wrong with a request to the store, and what that means: the decision travels with the error.

export type Remedy =
  /** The store or the way to it is out of order for now: the same request again, later. */
  | 'retry'
  /** The database or its retention policy is missing: make it, then the same request again. */
  | 'create'
  /** The store refuses what is in the request: split it until the bad lines stand alone. */
  | 'split';

export type StoreErrorDetails = {
  /** How long the store asks us to wait, ms; undefined where it does not say. */
  readonly retryAfterMs?: number | undefined;
  /** All that the store said, where the message has been cut short. */
  readonly words?: string | undefined;
  /** Lines of the request that the store names by their number, from 1 (InfluxDB 3). */
  readonly numbered?: readonly NumberedLine[];
};
export type NumberedLine = { readonly number: number; readonly reason: string };

export class StoreError extends Error {
  readonly remedy: Remedy;
  readonly retryAfterMs: number | undefined;
  readonly words: string;
  readonly numbered: readonly NumberedLine[];

  constructor(message: string, remedy: Remedy, details: StoreErrorDetails = {}) {
    super(message);
    this.remedy = remedy;
    this.retryAfterMs = details.retryAfterMs;
    this.words = details.words ?? message;
    this.numbered = details.numbered ?? [];
  }
}

/** The remedy for a status and text, as InfluxDB 1.6.7, 2.x and 3.x and our historian answer. */
export function remedyFor(status: number, message: string): Remedy {
  // 1.6.7 answers 500 for a missing retention policy, 404 for a missing database; 2.x and 3.x answer 404 for a bucket.
  if (status === 404 || /(retention policy|database|bucket) not found/i.test(message)) return 'create';
  if (status === 400 || status === 413 || status === 422) return 'split';
  // 401 and 403 too: a wrong password is put right by a person, and until then nothing may be dropped.
  return 'retry';
}
