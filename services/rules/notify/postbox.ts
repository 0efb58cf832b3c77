// Letters to one address: one at a time, tried again with growing pauses until the other side takes them, refuses them or
// time is up. A letter that fails does not hold up others, except those about the same alarms: an end never overtakes its
// beginning. Beyond LETTERS_MAX waiting letters are merged; nothing is dropped here.

import { isDeliveryFailure } from '../channels/channel.ts';
import type { Call } from './call.ts';
import { CRITICAL_PER_LETTER_MAX, callsOf, criticalCount, type Draft, merged } from './draft.ts';
import { isTooLate, pauseMs } from './retry.ts';

export type PostboxOptions = {
  /** Sends once; rejects with the decision in the error. */
  readonly send: (draft: Draft, signal: AbortSignal) => Promise<void>;
  readonly onSent: (draft: Draft) => void;
  /** The letter is given up. */
  readonly onRefused: (draft: Draft, reason: string) => void;
  /** After every try; `problem` is undefined where it went through. */
  readonly onTry: (problem: string | undefined) => void;
};

type Job = {
  draft: Draft;
  /** All on the clock that never goes back. */
  readonly since: number;
  attempts: number;
  nextTryAt: number;
};
type Flight = { readonly job: Job; readonly startedAt: number; readonly abort: AbortController };

const LETTERS_MAX = 20;
/** No try takes longer: the bound of the outlets is far below, this one is for what they overlook. */
const FLIGHT_MS_MAX = 60_000;

export class Postbox {
  readonly #options: PostboxOptions;
  #jobs: Job[] = [];
  #flight: Flight | undefined;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #clock = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;

  constructor(options: PostboxOptions) {
    this.#options = options;
  }

  /** Letters that are not sent. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /** Why the last try failed; undefined where it went through. */
  get problem(): string | undefined {
    return this.#problem;
  }

  add(draft: Draft, clock: number): void {
    const last = this.#jobs.at(-1);
    const isFull = this.#jobs.length >= LETTERS_MAX && last !== undefined && last !== this.#flight?.job;
    if (isFull && last.attempts === 0 && criticalCount(last.draft) + criticalCount(draft) <= CRITICAL_PER_LETTER_MAX)
      last.draft = merged(last.draft, draft);
    else this.#jobs.push({ draft, since: clock, attempts: 0, nextTryAt: clock });
  }

  tick(clock: number): void {
    this.#clock = clock;
    const flight = this.#flight;
    if (flight !== undefined && clock - flight.startedAt > FLIGHT_MS_MAX) {
      flight.abort.abort();
      this.#fail(flight, new Error('no answer in a minute'), { retryable: true });
    }
    if (this.#flight !== undefined || clock < this.#pausedUntil) return;
    const job = this.#nextJob(clock);
    if (job !== undefined) this.#start(job, clock);
  }

  /** Takes back everything but what is being sent at this moment. */
  withdraw(): Call[] {
    const calls = this.#jobs.filter((job) => job !== this.#flight?.job).flatMap(({ draft }) => callsOf(draft));
    this.#jobs = this.#jobs.filter((job) => job === this.#flight?.job);
    return calls;
  }

  /** Ends what is being sent; nothing is reported any more. */
  close(): void {
    const flight = this.#flight;
    this.#flight = undefined;
    this.#jobs = [];
    flight?.abort.abort();
  }

  #nextJob(clock: number): Job | undefined {
    const earlier = new Set<string>();
    for (const job of this.#jobs) {
      const alarms = job.draft.entries.map(({ call }) => call.notice.alarmId);
      if (clock >= job.nextTryAt && !alarms.some((alarm) => earlier.has(alarm))) return job;
      for (const alarm of alarms) earlier.add(alarm);
    }
    return undefined;
  }

  #start(job: Job, startedAt: number): void {
    const flight: Flight = { job, startedAt, abort: new AbortController() };
    this.#flight = flight;
    this.#options.send(job.draft, flight.abort.signal).then(
      () => this.#succeed(flight),
      (error: unknown) => this.#fail(flight, error, isDeliveryFailure(error) ? error : { retryable: false }),
    );
  }

  #succeed(flight: Flight): void {
    if (this.#flight !== flight) return; // given up meanwhile
    this.#land(undefined);
    this.#remove(flight.job);
    this.#options.onSent(flight.job.draft);
  }

  #fail(
    flight: Flight,
    error: unknown,
    { retryable, retryAfterMs }: { readonly retryable: boolean; readonly retryAfterMs?: number | undefined },
  ): void {
    if (this.#flight !== flight) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#land(reason);
    const { job } = flight;
    job.attempts++;
    job.nextTryAt = this.#clock + pauseMs(job.attempts, retryAfterMs);
    if (retryAfterMs !== undefined) this.#pausedUntil = job.nextTryAt;
    if (retryable && !isTooLate(this.#clock - job.since, criticalCount(job.draft) > 0)) return;
    this.#remove(job);
    this.#options.onRefused(job.draft, retryable ? `given up after ${job.attempts} tries: ${reason}` : reason);
  }

  #land(problem: string | undefined): void {
    this.#flight = undefined;
    this.#problem = problem;
    this.#options.onTry(problem);
  }

  #remove(job: Job): void {
    this.#jobs = this.#jobs.filter((each) => each !== job);
  }
}
