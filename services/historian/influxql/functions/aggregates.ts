// Aggregates: answers computed from samples. Those that need every value (median, mode, stddev, distinct, integral) keep
// them, within the query's cap on samples read; the others keep a few numbers.

import { addIntegers, subtractIntegers } from '../number.ts';
import type { SampleValue } from '../store.ts';
import { type Accumulator, type Aggregate, ANY, NUMBERS, type Picked } from './accumulator.ts';

type Numeric = number | bigint;

function count(): Accumulator {
  let n = 0;
  return { add: () => n++, finish: () => (n === 0 ? [] : [{ value: n }]) };
}

function sum(isInteger: boolean): Accumulator {
  let total: Numeric | undefined;
  return {
    add(_time, value) {
      if (isInteger) total = addIntegers(total ?? 0, value as Numeric);
      else total = Number(total ?? 0) + Number(value);
    },
    finish: () => (total === undefined ? [] : [{ value: total }]),
  };
}

function mean(): Accumulator {
  let total = 0;
  let n = 0;
  return {
    add(_time, value) {
      total += Number(value);
      n++;
    },
    finish: () => (n === 0 ? [] : [{ value: total / n }]),
  };
}

function spread(isInteger: boolean): Accumulator {
  let low: Numeric | undefined;
  let high: Numeric | undefined;
  return {
    add(_time, sample) {
      const value = sample as Numeric;
      if (low === undefined || value < low) low = value;
      if (high === undefined || value > high) high = value;
    },
    finish() {
      if (low === undefined || high === undefined) return [];
      return [{ value: isInteger ? subtractIntegers(high, low) : Number(high) - Number(low) }];
    },
  };
}

/** Keeps every value and answers from them at the end. */
function collected(answer: (values: SampleValue[]) => readonly (SampleValue | null)[]): Accumulator {
  const values: SampleValue[] = [];
  return {
    add: (_time, value) => values.push(value),
    finish: () => (values.length === 0 ? [] : answer(values).map((value): Picked => ({ value }))),
  };
}

function ascending(a: SampleValue, b: SampleValue): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function medianOf(values: SampleValue[]): readonly SampleValue[] {
  const sorted = values.map(Number).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return [sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2];
}

/** The most frequent value; of several, the smallest. */
function modeOf(values: SampleValue[]): readonly SampleValue[] {
  const counts = new Map<SampleValue, number>();
  for (const value of values.sort(ascending)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  for (const [value, n] of counts) if (n === most) return [value];
  return [];
}

function stddevOf(values: SampleValue[]): readonly (number | null)[] {
  if (values.length < 2) return [null];
  const numbers = values.map(Number);
  const average = numbers.reduce((total, value) => total + value, 0) / numbers.length;
  const squares = numbers.reduce((total, value) => total + (value - average) ** 2, 0);
  return [Math.sqrt(squares / (numbers.length - 1))];
}

/** The area under the straight lines between the samples, in value times unit. */
function integral(unitUs: number): Accumulator {
  const samples: { time: number; value: number }[] = [];
  return {
    add: (time, value) => samples.push({ time, value: Number(value) }),
    finish() {
      samples.sort((a, b) => a.time - b.time);
      let area = 0;
      for (const [i, { time, value }] of samples.entries()) {
        const before = samples[i - 1];
        if (before !== undefined) area += ((before.value + value) / 2) * ((time - before.time) / unitUs);
      }
      return samples.length === 0 ? [] : [{ value: area }];
    },
  };
}

const plain = { kind: 'aggregate', parameter: 'none' } as const;

export const AGGREGATES = {
  count: { ...plain, accepts: ANY, make: count },
  sum: { ...plain, accepts: NUMBERS, make: ({ type }) => sum(type === 'integer') },
  mean: { ...plain, accepts: NUMBERS, make: mean },
  spread: { ...plain, accepts: NUMBERS, make: ({ type }) => spread(type === 'integer') },
  stddev: { ...plain, accepts: NUMBERS, make: () => collected(stddevOf) },
  median: { ...plain, accepts: NUMBERS, make: () => collected(medianOf) },
  mode: { ...plain, accepts: ANY, make: () => collected(modeOf) },
  distinct: {
    ...plain,
    accepts: ANY,
    isMany: true,
    make: () => collected((values) => [...new Set(values)].sort(ascending)),
  },
  integral: {
    ...plain,
    accepts: NUMBERS,
    parameter: 'duration',
    make: ({ unitUs }) => integral(unitUs ?? 1_000_000),
  },
} as const satisfies { readonly [name: string]: Aggregate };
