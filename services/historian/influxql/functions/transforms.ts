// Transformations: a sequence of samples to another, in the order of the query. Over raw samples, or over what an
// aggregate gives per bucket.

import { addIntegers, isNumeric, shortest, subtractIntegers } from '../number.ts';
import type { SampleValue } from '../store.ts';
import type { Window } from '../window.ts';
import { integral } from './integral.ts';

export type Sample = { readonly time: number; readonly value: SampleValue };

export type TransformParameters = {
  readonly n: number;
  readonly unitNs: number;
  readonly descending: boolean;
  readonly window: Window | undefined;
  /** Where an answer stands that is one for the whole range. */
  readonly rangeStart: number;
};

/** What stands between two samples: is given one after another and answers with what comes of each. */
export type Stepper = {
  readonly next: (sample: Sample) => Sample | undefined;
  /** What is left when there are no more. */
  readonly end?: () => Sample | undefined;
};

export type Transform = {
  readonly parameter: 'none' | 'number' | 'duration';
  readonly start: (parameters: TransformParameters) => Stepper;
  readonly gives: 'float' | 'integer' | 'input';
  /** The unit where the query names none. */
  readonly unit: 'bucket-or-second' | 'second' | 'nanosecond' | 'none';
  /** Over buckets it needs the one before the range too, so that the first of the range has a predecessor. */
  readonly looksBack: boolean;
  /** Reads samples in any case, and makes buckets itself. */
  readonly isOverSamples?: true;
};

type Step = (now: Sample, before: Sample) => number | bigint | undefined;

function pairwise(step: Step): Stepper {
  let before: Sample | undefined;
  return {
    next(now) {
      const value = before === undefined ? undefined : step(now, before);
      before = now;
      return value === undefined ? undefined : { time: now.time, value };
    },
  };
}

/** Several series' samples of one moment advance nothing: only the first of them counts. */
function oncePerMoment({ next }: Stepper): Stepper {
  let time = Number.NaN;
  return {
    next(sample) {
      if (sample.time === time) return undefined;
      time = sample.time;
      return next(sample);
    },
  };
}

function subtract(a: SampleValue, b: SampleValue): number | bigint {
  if (!isNumeric(a) || !isNumeric(b)) return 0;
  const isExact = typeof a === 'bigint' || typeof b === 'bigint';
  return isExact ? subtractIntegers(a, b) : Number(a) - Number(b);
}

const difference: Step = (now, before) => subtract(now.value, before.value);

function derivative({ unitNs, descending }: TransformParameters): Step {
  return (now, before) => {
    const elapsedNs = (descending ? before.time - now.time : now.time - before.time) * 1_000;
    return Number(subtract(now.value, before.value)) / (elapsedNs / unitNs);
  };
}

function elapsed({ unitNs }: TransformParameters): Step {
  return (now, before) => {
    const ns = (now.time - before.time) * 1_000;
    if (Number.isSafeInteger(ns)) return Math.trunc(ns / unitNs) + 0;
    return shortest((BigInt(now.time - before.time) * 1_000n) / BigInt(unitNs));
  };
}

/** Negative steps, such as a counter's start from zero, are left out. */
function notNegative(step: Step): Step {
  return (now, before) => {
    const value = step(now, before);
    return value !== undefined && value < 0 ? undefined : value;
  };
}

function movingAverage(n: number): Stepper {
  const last: number[] = [];
  let total = 0;
  let count = 0;
  return {
    next({ time, value }) {
      const place = count % n;
      if (count >= n) total -= last[place] as number;
      last[place] = Number(value);
      total += Number(value);
      count++;
      return count < n ? undefined : { time, value: total / n };
    },
  };
}

function cumulativeSum(): Stepper {
  let total: number | bigint = 0;
  return {
    next({ time, value }) {
      if (typeof value === 'bigint' || typeof total === 'bigint') total = addIntegers(total, value as number | bigint);
      else total += Number(value);
      return { time, value: total };
    },
  };
}

const pair = { parameter: 'none', gives: 'input', unit: 'none', looksBack: true } as const;
const rate = { parameter: 'duration', gives: 'float', unit: 'bucket-or-second', looksBack: true } as const;

export const TRANSFORMS = {
  difference: { ...pair, start: () => oncePerMoment(pairwise(difference)) },
  non_negative_difference: { ...pair, start: () => oncePerMoment(pairwise(notNegative(difference))) },
  derivative: { ...rate, start: (parameters) => oncePerMoment(pairwise(derivative(parameters))) },
  non_negative_derivative: {
    ...rate,
    start: (parameters) => oncePerMoment(pairwise(notNegative(derivative(parameters)))),
  },
  moving_average: { ...pair, parameter: 'number', gives: 'float', start: ({ n }) => movingAverage(n) },
  cumulative_sum: { ...pair, looksBack: false, start: cumulativeSum },
  elapsed: {
    parameter: 'duration',
    gives: 'integer',
    unit: 'nanosecond',
    looksBack: true,
    start: (parameters) => pairwise(elapsed(parameters)),
  },
  integral: {
    parameter: 'duration',
    gives: 'float',
    unit: 'second',
    looksBack: false,
    isOverSamples: true,
    start: integral,
  },
} as const satisfies { readonly [name: string]: Transform };
