// The accumulators of all functions of one field over one tag set, a list per time bucket, made when a bucket's first
// sample comes. A page is cut at the buckets' bounds, so that a function is called once per run and not once per sample.

import type { Accumulator, Picked, SummaryUse } from './functions/accumulator.ts';
import type { Page, SampleValue, Summary } from './store.ts';
import type { Window } from './window.ts';

type Bucket = { readonly accumulators: readonly Accumulator[]; lastMember: number };

export class Buckets {
  readonly #make: () => readonly Accumulator[];
  readonly #window: Window | undefined;
  readonly #summaries: SummaryUse;
  readonly #onNew: () => void;
  readonly #byStart = new Map<number, Bucket>();
  // Samples come in the order of time, so nearly each run belongs where the last one did or next to it.
  #current: Bucket | undefined;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(
    make: () => readonly Accumulator[],
    options: {
      readonly window: Window | undefined;
      readonly summaries: SummaryUse;
      readonly onNew: () => void;
    },
  ) {
    this.#make = make;
    this.#window = options.window;
    this.#summaries = options.summaries;
    this.#onNew = options.onNew;
  }

  addPage({ times, values }: Page, member: number): void {
    if (!(values instanceof Float64Array)) {
      for (let i = 0; i < times.length; i++) this.add(times[i] as number, values[i] as SampleValue, member);
      return;
    }
    for (let from = 0; from < times.length; ) {
      const { accumulators } = this.#bucketFor(times[from] as number, member);
      const to = endOfRun(times, from, this.#to);
      for (const accumulator of accumulators) accumulator.addRun(times, values, from, to, member);
      from = to;
    }
  }

  add(time: number, value: SampleValue, member: number): void {
    for (const accumulator of this.#bucketFor(time, member).accumulators) accumulator.add(time, value, member);
  }

  /**
   * Whether the summary of this run may come in its place: see SummaryUse. Asked in the order of the scan, when all that
   * lies before the run has been added.
   */
  takes(member: number, firstAt: number, lastAt: number): boolean {
    if (this.#summaries === 'never') return false;
    this.#seek(firstAt);
    if (lastAt >= this.#to) return false;
    return this.#summaries === 'always' || this.#current?.lastMember !== member;
  }

  addSummary(summary: Summary, member: number): void {
    const { accumulators } = this.#bucketFor(summary.firstAt, member);
    for (const accumulator of accumulators) accumulator.addSummary?.(summary, member);
  }

  #seek(time: number): void {
    if (time >= this.#from && time < this.#to) return;
    this.#window?.seek(time);
    this.#from = this.#window?.start ?? Number.NEGATIVE_INFINITY;
    this.#to = this.#window?.end ?? Number.POSITIVE_INFINITY;
    this.#current = this.#byStart.get(this.#from);
  }

  #bucketFor(time: number, member: number): Bucket {
    this.#seek(time);
    if (this.#current === undefined) {
      this.#onNew();
      this.#current = { accumulators: this.#make(), lastMember: member };
      this.#byStart.set(this.#from, this.#current);
    }
    this.#current.lastMember = member;
    return this.#current;
  }

  /** In the order of the query, one after another: a bucket's start (minus infinity without buckets) and each function's answers. */
  *answers(
    descending: boolean,
  ): Generator<{ readonly start: number; readonly picked: readonly (readonly Picked[])[] }> {
    const sorted = [...this.#byStart].sort(([a], [b]) => (descending ? b - a : a - b));
    for (const [start, { accumulators }] of sorted) yield { start, picked: accumulators.map((one) => one.finish()) };
  }
}

/** The first place after `from` whose time is `end` or later: steps that double, then halves. */
function endOfRun(times: Float64Array, from: number, end: number): number {
  const { length } = times;
  if ((times[length - 1] as number) < end) return length;
  let low = from;
  let step = 1;
  while (low + step < length && (times[low + step] as number) < end) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, length - 1);
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < end) low = middle;
    else high = middle;
  }
  return high;
}
