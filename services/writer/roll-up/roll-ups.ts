// Roll-ups by minute and hour, `r1m` and `r1h`. A bucket is computed anew from what the store holds whenever points of it
// have come in, instead of from points that we would keep: what came late, twice or corrected has by then become one point
// per series and moment, on every store, whoever was killed in between; and no points need room in memory. An hour is put
// together from its minutes. One query at a time, so that dashboards and writes go first. Minutes of series that are thinned
// are weighed (weigh.ts), once the points around them have been kept too.

import { makeSeries, type Series } from '#domain/series.ts';
import type { Thinning } from '#runtime/thinning-model.ts';
import { deliver } from '../deliver.ts';
import type { Policy, Rows, Store } from '../influx.ts';
import { StoreError } from '../store-error.ts';
import type { Plan } from '../thinning/thinner.ts';
import { encodeRollUps, formatAggregateQuery } from './aggregate.ts';
import { type Area, HOUR_MS, type Hour, MINUTE_MS, type SavedHour } from './hour.ts';
import { Hours } from './hours.ts';
import { chunksOf, formatPointsQuery } from './points-query.ts';
import { bySeries, type Span } from './statement.ts';
import { weigh } from './weigh.ts';

/** Which series are thinned: the points that are kept of them do not say by their number how long it was so. */
export type ThinnedSeries = {
  readonly thinningOf: (series: Pick<Series, 'key' | 'shard'>) => Thinning | undefined;
  readonly plansIn: (area: Area) => readonly Plan[];
};

export type RollUpsOptions = {
  readonly store: Store;
  readonly thinned: ThinnedSeries;
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

/** Of one query: its answer is held in memory, a row for each point. */
const SERIES_PER_QUERY = 50;

export class RollUps implements Disposable {
  readonly #options: RollUpsOptions;
  readonly #hours: Hours;
  /** The same of series that are thinned, which are left alone for longer. */
  readonly #thinnedHours: Hours;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** Since the last success. */
  #failing: { readonly since: number; readonly words: string } | undefined;

  constructor(options: RollUpsOptions) {
    this.#options = options;
    const { settleMs, saved } = options;
    this.#hours = new Hours(
      () => settleMs,
      saved.filter(([, , , , , isThinned]) => isThinned === undefined),
    );
    this.#thinnedHours = new Hours(
      (area) => settleMs + longestIn(options.thinned.plansIn(area)),
      saved.filter(([, , , , , isThinned]) => isThinned !== undefined),
    );
  }

  /** The store has a point of this series and moment: its buckets are dirty now, and those around it where it is thinned. */
  mark(series: Area & Pick<Series, 'key' | 'shard'>, measuredAt: number): void {
    const { thinned, now } = this.#options;
    const thinning = thinned.thinningOf(series);
    if (thinning === undefined) {
      this.#hours.mark(series, measuredAt, now());
      return;
    }
    const first = Math.floor((measuredAt - thinning.atLeastEveryMs) / MINUTE_MS) * MINUTE_MS;
    for (let at = first; at <= measuredAt + thinning.atLeastEveryMs; at += MINUTE_MS)
      this.#thinnedHours.mark(series, at, now());
  }

  /** What must be known of points that came before a checkpoint. */
  saved(): SavedHour[] {
    const thinned = this.#thinnedHours.saved();
    return [
      ...this.#hours.saved(),
      ...thinned.map(([site, area, startAt, minutes, isDirty]) => [site, area, startAt, minutes, isDirty, 1] as const),
    ];
  }

  /** Hours of areas that still need something, and those of them that could not be done. */
  get open(): { readonly hours: number; readonly failing: number } {
    const hours = [...this.#hours.all(), ...this.#thinnedHours.all()];
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
    await this.#runAll(this.#hours, (area, span) => this.#rollUpMinutes(area, span));
    await this.#runAll(this.#thinnedHours, (area, span) => this.#weighMinutes(area, span));
  }

  async #runAll(hours: Hours, rollUp: (area: Area, span: Span) => Promise<void>): Promise<void> {
    for (const hour of hours.all()) {
      if (this.#stop.signal.aborted) return;
      try {
        await this.#work(hour, rollUp);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (!(error instanceof StoreError)) throw error;
        hour.failed(this.#options.now());
        this.#failed(error.message);
        // A store that is away is away for the others too; one that cannot answer this one may answer the next.
        if (error.remedy === 'retry') return;
      }
      if (hour.isClean) hours.forget(hour);
    }
  }

  async #work(hour: Hour, rollUp: (area: Area, span: Span) => Promise<void>): Promise<void> {
    const { now, keepRawMs, store, database } = this.#options;
    const spans = hour.takeMinutes(now()).filter(({ from }) => from > now() - keepRawMs + EXPIRY_MARGIN_MS);
    for (const span of spans) await rollUp(hour.area, span);
    if (spans.length > 0) hour.minutesDone();
    else hour.minutesGone();
    if (!hour.isHourDue(now())) return;
    const span = { from: hour.startAt, to: hour.startAt + HOUR_MS };
    const query = formatAggregateQuery({ database, area: hour.area, source: 'r1m', ...span, width: '1h' });
    await this.#write('r1h', await store.query(query));
    hour.hourDone();
  }

  async #rollUpMinutes(area: Area, span: Span): Promise<void> {
    const { store, database, thinned } = this.#options;
    const answer = await store.query(formatAggregateQuery({ database, area, source: 'raw', ...span, width: '1m' }));
    const isThinned = thinned.plansIn(area).length > 0;
    const rows = isThinned ? bySeries(answer).filter(({ tags }) => !thinned.thinningOf(makeSeries(tags))) : answer;
    await this.#write('r1m', rows);
  }

  async #weighMinutes(area: Area, span: Span): Promise<void> {
    const { store, database, thinned } = this.#options;
    const plans = thinned.plansIn(area);
    const aroundMs = longestIn(plans);
    const around = { from: span.from - aroundMs, to: span.to + aroundMs };
    const all = plans.map(({ device, metrics }) => ({ device, metrics: Object.keys(metrics) }));
    for (const choices of chunksOf(all, SERIES_PER_QUERY)) {
      const answer = await store.query(formatPointsQuery({ database, area, choices, ...around }));
      const rows = bySeries(answer).flatMap((series) => {
        const thinning = thinned.thinningOf(makeSeries(series.tags));
        return thinning === undefined ? [] : [weigh(series, thinning, span)];
      });
      await this.#write('r1m', rows);
    }
  }

  #failed(words: string): void {
    this.#failing = { since: this.#failing?.since ?? this.#options.now(), words };
    this.#options.onFailed(words);
  }

  async #write(policy: Exclude<Policy, 'raw'>, rows: readonly Rows[]): Promise<void> {
    const { store, requestBytesMax, retryMsMax, onWritten, onRefused } = this.#options;
    for (const request of requestsOf(encodeRollUps(rows), requestBytesMax)) {
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

/** The longest time between two points that are kept, ms. */
function longestIn(plans: readonly Plan[]): number {
  const all = plans.flatMap(({ metrics }) => Object.values(metrics));
  return all.reduce((longest, { atLeastEveryMs }) => Math.max(longest, atLeastEveryMs), 0);
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
