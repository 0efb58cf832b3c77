// What sensors send, as ingest writes it: one sample per series every two seconds, values that walk at random. One percent of
// the samples comes late, and one percent is sent again later with another value that replaces the first. In two lanes by
// series, because within a lane the order is kept, and made before any clock runs: a generator would be measured too.

import { encodeLine } from '#domain/line-protocol.ts';
import { createRandom, type Random } from '#domain/random.ts';

export const PERIOD_MS = 2_000;
export const LANES = 2;
/** Of a request, as the writer cuts them. */
export const BATCH_LINES = 5_000;
const LATE_SHARE = 0.01;
const REPEATED_SHARE = 0.01;
const LATE_PERIODS_MAX = 300;

export type SeriesTags = { readonly area: string; readonly device: string; readonly metric: string };
export type SeriesPlan = SeriesTags & {
  /** Its first sample in ms. */
  readonly from: number;
};

export type StreamOptions = {
  readonly series: readonly SeriesPlan[];
  /** What becomes of a value before it is written: two decimals, a float32. */
  readonly rounded: (value: number) => number;
  /** Each time is late by up to this. */
  readonly jitterMs?: number;
  readonly seed: number;
};

export type Batch = { readonly body: Buffer; readonly lines: number };
/** By lane; those of one lane are to be written one after another. */
export type Batches = readonly (readonly Batch[])[];

type Sample = { readonly at: number; readonly value: number; readonly isNew: boolean };
type Series = SeriesPlan & { readonly head: string; readonly phaseMs: number; walk: number; newest: Sample };

/** The samples of some series from the first moment on, taken piece by piece. */
export class SampleStream {
  /** Moments sent at least once: what a store has to hold. */
  distinct = 0;
  readonly #options: StreamOptions;
  readonly #random: Random;
  readonly #lanes: Lane[];
  readonly #series: Series[];
  #now: number;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#series = options.series.map((plan) => this.#open(plan));
    this.#lanes = Array.from(
      { length: LANES },
      (_, lane) => new Lane(this.#series.filter((_, i) => i % LANES === lane)),
    );
    this.#now = Math.min(...options.series.map(({ from }) => from));
  }

  /** Samples until (and without) a moment; those that are late then come with the next piece. */
  until(endMs: number): Batches {
    for (; this.#now < endMs; this.#now += PERIOD_MS) {
      for (const lane of this.#lanes) {
        for (const series of lane.series) if (series.from <= this.#now) this.#sample(lane, series);
        for (const [series, sample] of lane.takeDue(this.#now)) this.#send(lane, series, sample);
      }
    }
    return this.#lanes.map((lane) => lane.takeBatches());
  }

  /** The newest sample of every series by `device metric`, as the store has to answer it after what was taken. */
  newest(): Map<string, readonly [at: number, value: number]> {
    return new Map(
      this.#series.map(({ device, metric, newest }) => [`${device} ${metric}`, [newest.at, newest.value]]),
    );
  }

  #open(plan: SeriesPlan): Series {
    const { area, device, metric } = plan;
    const tags = Object.entries({ area, device, metric, site: 'lyon' });
    const line = encodeLine({
      measurement: 'reading',
      tags,
      fields: [['value', { type: 'float', value: 0 }]],
      time: undefined,
    });
    return {
      ...plan,
      head: line.slice(0, -'0'.length),
      phaseMs: Math.floor(this.#random() * PERIOD_MS),
      walk: 20 + 60 * this.#random(),
      newest: { at: 0, value: Number.NaN, isNew: false },
    };
  }

  #sample(lane: Lane, series: Series): void {
    const { rounded, jitterMs = 0 } = this.#options;
    series.walk += (this.#random() - 0.5) * 0.2;
    const jitter = jitterMs === 0 ? 0 : Math.floor(this.#random() * jitterMs);
    const sample = { at: this.#now + series.phaseMs + jitter, value: rounded(series.walk), isNew: true };
    const luck = this.#random();
    const dueAt = this.#now + Math.ceil(this.#random() * LATE_PERIODS_MAX) * PERIOD_MS;
    if (luck < LATE_SHARE) lane.hold(dueAt, series, sample);
    else this.#send(lane, series, sample);
    if (luck > 1 - REPEATED_SHARE)
      lane.hold(dueAt, series, { ...sample, value: rounded(series.walk + 1), isNew: false });
  }

  #send(lane: Lane, series: Series, sample: Sample): void {
    if (sample.isNew) this.distinct++;
    if (sample.at >= series.newest.at) series.newest = sample;
    lane.add(`${series.head}${sample.value} ${sample.at}\n`);
  }
}

class Lane {
  readonly series: readonly Series[];
  readonly #held = new Map<number, [Series, Sample][]>();
  #batches: Batch[] = [];
  #text = '';
  #lines = 0;

  constructor(series: readonly Series[]) {
    this.series = series;
  }

  hold(until: number, series: Series, sample: Sample): void {
    const held = this.#held.get(until);
    if (held === undefined) this.#held.set(until, [[series, sample]]);
    else held.push([series, sample]);
  }

  takeDue(now: number): readonly [Series, Sample][] {
    const due = this.#held.get(now) ?? [];
    this.#held.delete(now);
    return due;
  }

  add(line: string): void {
    this.#text += line;
    if (++this.#lines === BATCH_LINES) this.#cut();
  }

  takeBatches(): readonly Batch[] {
    if (this.#lines > 0) this.#cut();
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }

  #cut(): void {
    this.#batches.push({ body: Buffer.from(this.#text), lines: this.#lines });
    this.#text = '';
    this.#lines = 0;
  }
}
