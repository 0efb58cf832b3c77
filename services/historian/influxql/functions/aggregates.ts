// Aggregates: answers that are made of the samples and are none of them.

import { isNumeric, subtractIntegers } from '../number.ts';
import type { SampleValue, Summary } from '../store.ts';
import { type Accumulator, type Aggregate, ANY, NUMBERS, type Picked } from './accumulator.ts';
import { Samples } from './samples.ts';
import { FloatTotal, IntegerTotal } from './totals.ts';

class Count implements Accumulator {
  #count = 0;

  addRun(_times: Float64Array, _values: Float64Array, from: number, to: number): void {
    this.#count += to - from;
  }

  add(): void {
    this.#count++;
  }

  addSummary({ count }: Summary): void {
    this.#count += count;
  }

  finish(): readonly Picked[] {
    return this.#count === 0 ? [] : [{ value: this.#count }];
  }
}

class Spread implements Accumulator {
  #low: number | bigint = Number.POSITIVE_INFINITY;
  #high: number | bigint = Number.NEGATIVE_INFINITY;

  addRun(_times: Float64Array, values: Float64Array, from: number, to: number): void {
    let low = values[from] as number;
    let high = low;
    for (let i = from + 1; i < to; i++) {
      const value = values[i] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.#widen(low, high);
  }

  #widen(low: number | bigint, high: number | bigint): void {
    if (low < this.#low) this.#low = low;
    if (high > this.#high) this.#high = high;
  }

  add(_time: number, value: SampleValue): void {
    if (isNumeric(value)) this.#widen(value, value);
  }

  addSummary({ min, max }: Summary): void {
    this.#widen(min, max);
  }

  finish(): readonly Picked[] {
    const [low, high] = [this.#low, this.#high];
    if (low > high) return [];
    const isExact = typeof low === 'bigint' || typeof high === 'bigint';
    return [{ value: isExact ? subtractIntegers(high, low) : high - low }];
  }
}

function medianOf(samples: Samples): SampleValue {
  const isExact = samples.values.every((value) => typeof value === 'number');
  const sorted = (isExact ? Float64Array.from(samples.values) : Float64Array.from(samples.values, Number)).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[middle - 1] as number;
  return lower + (upper - lower) / 2;
}

function stddevOf({ values }: Samples): SampleValue {
  if (values.length < 2) return Number.NaN;
  let mean = 0;
  for (const [i, value] of values.entries()) mean += (Number(value) - mean) / (i + 1);
  let squares = 0;
  for (const value of values) squares += (Number(value) - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** The most frequent value; of several, the one that was first seen earliest. Of booleans as often, true. */
function modeOf(samples: Samples): SampleValue {
  const found = new Map<SampleValue, { count: number; firstAt: number }>();
  for (const i of samples.byValue()) {
    const value = samples.values[i] as SampleValue;
    const known = found.get(value);
    if (known === undefined) found.set(value, { count: 1, firstAt: samples.times[i] as number });
    else known.count++;
  }
  let [mode] = found.keys() as Iterable<SampleValue>;
  for (const [value, { count, firstAt }] of found) {
    const best = found.get(mode as SampleValue);
    if (best === undefined) break;
    if (value === true ? count >= best.count : count > best.count) mode = value;
    else if (count > 1 && count === best.count && firstAt <= best.firstAt) mode = value;
  }
  return mode as SampleValue;
}

/** In the order in which the values were first met. */
function distinctOf(samples: Samples, descending: boolean): readonly SampleValue[] {
  const metAt = new Map<SampleValue, number>();
  for (const [i, value] of samples.values.entries()) {
    const time = samples.times[i] as number;
    const known = metAt.get(value);
    if (known === undefined || (descending ? time > known : time < known)) metAt.set(value, time);
  }
  return [...metAt].sort(([a, aAt], [b, bAt]) => aAt - bAt || (a < b ? -1 : 1)).map(([value]) => value);
}

const plain = { kind: 'aggregate', parameter: 'none', summaries: 'never' } as const;

export const AGGREGATES = {
  count: { ...plain, accepts: ANY, summaries: 'always', gives: 'integer', make: () => new Count() },
  sum: {
    ...plain,
    accepts: NUMBERS,
    summaries: 'first',
    gives: 'input',
    make: ({ type }) => (type === 'integer' ? new IntegerTotal((total) => total) : new FloatTotal((total) => total)),
  },
  mean: {
    ...plain,
    accepts: NUMBERS,
    summaries: 'first',
    gives: 'float',
    make: ({ type }) =>
      type === 'integer'
        ? new IntegerTotal((total, count) => Number(total) / count)
        : new FloatTotal((total, count) => total / count),
  },
  spread: { ...plain, accepts: NUMBERS, summaries: 'always', gives: 'input', make: () => new Spread() },
  stddev: {
    ...plain,
    accepts: NUMBERS,
    gives: 'float',
    make: () => new Samples((samples) => [{ value: stddevOf(samples) }]),
  },
  median: {
    ...plain,
    accepts: NUMBERS,
    gives: 'float',
    make: () => new Samples((samples) => [{ value: medianOf(samples) }]),
  },
  mode: {
    ...plain,
    accepts: ANY,
    gives: 'input',
    make: () => new Samples((samples) => [{ value: modeOf(samples) }]),
  },
  distinct: {
    ...plain,
    accepts: ANY,
    isMany: true,
    gives: 'input',
    make: ({ descending }) =>
      new Samples((samples) => distinctOf(samples, descending).map((value): Picked => ({ value }))),
  },
} as const satisfies { readonly [name: string]: Aggregate };
