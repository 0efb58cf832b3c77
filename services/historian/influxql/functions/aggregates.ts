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

/** In one pass: the mean so far, and the squares of what it was missed by. */
class Stddev implements Accumulator {
  #count = 0;
  #mean = 0;
  #squares = 0;

  addRun(_times: Float64Array, values: Float64Array, from: number, to: number): void {
    let [count, mean, squares] = [this.#count, this.#mean, this.#squares];
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      const missed = value - mean;
      mean += missed / ++count;
      squares += missed * (value - mean);
    }
    [this.#count, this.#mean, this.#squares] = [count, mean, squares];
  }

  add(_time: number, value: SampleValue): void {
    this.addRun(new Float64Array(1), Float64Array.of(Number(value)), 0, 1);
  }

  finish(): readonly Picked[] {
    if (this.#count === 0) return [];
    return [{ value: this.#count < 2 ? Number.NaN : Math.sqrt(this.#squares / (this.#count - 1)) }];
  }
}

type Met = { count: number; readonly firstAt: number };

/** The values met, each once: how often, and when first in the order of the query. */
class Values implements Accumulator {
  readonly #met = new Map<SampleValue, Met>();
  readonly #answer: (met: ReadonlyMap<SampleValue, Met>) => readonly SampleValue[];
  readonly #isEarlier: (time: number, than: number) => boolean;

  constructor(descending: boolean, answer: (met: ReadonlyMap<SampleValue, Met>) => readonly SampleValue[]) {
    this.#answer = answer;
    this.#isEarlier = descending ? (time, than) => time > than : (time, than) => time < than;
  }

  addRun(times: Float64Array, values: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i++) this.add(times[i] as number, values[i] as number);
  }

  add(time: number, value: SampleValue): void {
    const met = this.#met.get(value);
    if (met === undefined) this.#met.set(value, { count: 1, firstAt: time });
    else if (this.#isEarlier(time, met.firstAt)) this.#met.set(value, { count: met.count + 1, firstAt: time });
    else met.count++;
  }

  finish(): readonly Picked[] {
    return this.#met.size === 0 ? [] : this.#answer(this.#met).map((value) => ({ value }));
  }
}

const byValue = ([a]: readonly [SampleValue, Met], [b]: readonly [SampleValue, Met]) => (a < b ? -1 : a > b ? 1 : 0);

/** The most frequent value; of several, the one that was met first, or the least where each is met once. Of booleans as often, true. */
function modeOf(met: ReadonlyMap<SampleValue, Met>): readonly SampleValue[] {
  const [first, ...others] = [...met].sort(byValue);
  if (first === undefined) return [];
  let [mode, best] = first;
  for (const [value, { count, firstAt }] of others) {
    const isAsFrequent = count === best.count && count > 1 && firstAt <= best.firstAt;
    if (count <= best.count && !(value === true ? count === best.count : isAsFrequent)) continue;
    mode = value;
    best = { count, firstAt };
  }
  return [mode];
}

/** In the order in which the values were first met. */
function distinctOf(met: ReadonlyMap<SampleValue, Met>): readonly SampleValue[] {
  return [...met].sort((a, b) => a[1].firstAt - b[1].firstAt || byValue(a, b)).map(([value]) => value);
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
    make: () => new Stddev(),
  },
  median: {
    ...plain,
    accepts: NUMBERS,
    gives: 'float',
    make: ({ hold }) => new Samples(hold, (samples) => [{ value: medianOf(samples) }]),
  },
  mode: {
    ...plain,
    accepts: ANY,
    gives: 'input',
    make: () => new Values(false, modeOf),
  },
  distinct: {
    ...plain,
    accepts: ANY,
    isMany: true,
    gives: 'input',
    make: ({ descending }) => new Values(descending, distinctOf),
  },
} as const satisfies { readonly [name: string]: Aggregate };
