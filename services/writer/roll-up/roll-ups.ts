// Roll-ups by minute and hour, `r1m` and `r1h`. A bucket is computed anew from what the store holds whenever points of it
// have come in, instead of from points that we would keep: what came late, twice or corrected has by then become one point
// per series and moment, on every store, whoever was killed in between; and no points need room in memory. An hour is put
// together from its minutes. One query at a time, so that dashboards and writes go first.

import { deliver } from '../deliver.ts';
import type { Store } from '../influx.ts';
import { StoreError } from '../store-error.ts';
import { type AggregateQuery, encodeRollUps, formatAggregateQuery } from './aggregate.ts';
import { type Area, HOUR_MS, type Hour, type SavedHour } from './hour.ts';
import { Hours } from './hours.ts';

export type RollUpsOptions = {
  readonly store: Store;
  readonly database: string;
  /** What an earlier life left undone. */
  readonly saved: readonly SavedHour[];
  /** How long a bucket is left alone after its end, and after it was last worked on. */
  readonly settleMs: number;
  readonly requestBytesMax: number;
  readonly retryMsMax: number;
  /** How long the store keeps raw points, ms: of what is older no roll-up can be made from them any more. */
  readonly keepRawMs: number;
  readonly onWritten: (policy: 'r1m' | 'r1h', lines: number) => void;
  readonly onRefused: (lines: number) => void;
  readonly onFailed: (reason: string) => void;
  readonly now: () => number;
};

/** A store may let go of raw points somewhat early or late, and a bucket of half its points would be worse than none. */
const EXPIRY_MARGIN_MS = 2 * HOUR_MS;
/** Nothing has come right for so long: worth telling people, where a single failure is not. */
const TELL_AFTER_MS = 5 * 60_000;

export class RollUps implements Disposable {
  readonly #options: RollUpsOptions;
  readonly #hours: Hours;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** Since the last success. */
  #failing: { readonly since: number; readonly words: string } | undefined;

  constructor(options: RollUpsOptions) {
    this.#options = options;
    this.#hours = new Hours(options.settleMs, options.saved);
  }

  /** The store has a point of this area and moment: its buckets are dirty now. */
  mark(area: Area, measuredAt: number): void {
    this.#hours.mark(area, measuredAt, this.#options.now());
  }

  /** What must be known of points that came before a checkpoint. */
  saved(): SavedHour[] {
    return this.#hours.saved();
  }

  /** Hours of areas that still need something, and those of them that could not be done. */
  get open(): { readonly hours: number; readonly failing: number } {
    const hours = this.#hours.all();
    return { hours: hours.length, failing: hours.filter((hour) => hour.isFailing).length };
  }

  /** undefined while roll-ups are made; else why not, in the words of the store. */
  problem(): string | undefined {
    if (this.#failing === undefined || this.#options.now() - this.#failing.since < TELL_AFTER_MS) return undefined;
    return `no roll-up has been made for ${TELL_AFTER_MS / 60_000} minutes: ${this.#failing.words}`;
  }

  /** Called about every second: works on what is due, unless it still does. */
  tick(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing is worked on. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** A query under way is not waited for: what it was about stays dirty. */
  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    for (const hour of this.#hours.all()) {
      if (this.#stop.signal.aborted) return;
      try {
        await this.#work(hour);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (!(error instanceof StoreError)) throw error;
        hour.failed(this.#options.now());
        this.#failed(error.message);
        // A store that is away is away for the others too; one that cannot answer this one may answer the next.
        if (error.remedy === 'retry') return;
      }
      if (hour.isClean) this.#hours.forget(hour);
    }
  }

  async #work(hour: Hour): Promise<void> {
    const { now, keepRawMs } = this.#options;
    const spans = hour.takeMinutes(now()).filter(({ from }) => from > now() - keepRawMs + EXPIRY_MARGIN_MS);
    for (const span of spans) await this.#rollUp({ ...this.#queryOf(hour), source: 'raw', ...span, width: '1m' });
    if (spans.length > 0) hour.minutesDone();
    else hour.minutesGone();
    if (!hour.isHourDue(now())) return;
    const [from, to] = [hour.startAt, hour.startAt + HOUR_MS];
    await this.#rollUp({ ...this.#queryOf(hour), source: 'r1m', from, to, width: '1h' });
    hour.hourDone();
  }

  #failed(words: string): void {
    this.#failing = { since: this.#failing?.since ?? this.#options.now(), words };
    this.#options.onFailed(words);
  }

  #queryOf({ area }: Hour): Pick<AggregateQuery, 'database' | 'area'> {
    return { database: this.#options.database, area };
  }

  async #rollUp(query: AggregateQuery): Promise<void> {
    const { store, requestBytesMax, retryMsMax, onWritten, onRefused } = this.#options;
    const policy = query.width === '1m' ? 'r1m' : 'r1h';
    const lines = encodeRollUps(await store.query(formatAggregateQuery(query)));
    for (const request of requestsOf(lines, requestBytesMax)) {
      await deliver(request, () => '', {
        write: (text) => store.write(text, policy),
        create: () => store.create(),
        retryMsMax,
        signal: this.#stop.signal,
        onTry: (words) => words !== undefined && this.#failed(words),
        onRefused: async (refused) => onRefused(refused.length),
      });
      onWritten(policy, request.length);
    }
    this.#failing = undefined;
  }
}

function* requestsOf(lines: readonly string[], bytesMax: number): Iterable<string[]> {
  let request: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (request.length > 0 && bytes + line.length + 1 > bytesMax) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(line);
    bytes += line.length + 1;
  }
  if (request.length > 0) yield request;
}
