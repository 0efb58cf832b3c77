// Transformations: a sequence of samples to another, in the order of the query. Over raw samples, or over what an
// aggregate gives per bucket.

import { addIntegers, isNumeric, shortest, subtractIntegers } from '../number.ts';
import type { SampleValue } from '../store.ts';
import type { Window } from '../window.ts';
import { integralOf } from './integral.ts';

export type Sample = { readonly time: number; readonly value: SampleValue };

export type TransformParameters = {
  readonly n: number;
  readonly unitNs: number;
  readonly descending: boolean;
  readonly window: Window | undefined;
  /** Where an answer stands that is one for the whole range. */
  readonly rangeStart: number;
};

export type Transform = {
  readonly parameter: 'none' | 'number' | 'duration';
  readonly apply: (samples: readonly Sample[], parameters: TransformParameters) => Sample[];
  readonly gives: 'float' | 'integer' | 'input';
  /** The unit where the query names none. */
  readonly unit: 'bucket-or-second' | 'second' | 'nanosecond' | 'none';
  /** Over buckets it needs the one before the range too, so that the first of the range has a predecessor. */
  readonly looksBack: boolean;
  /** Reads samples in any case, and makes buckets itself. */
  readonly isOverSamples?: true;
};

type Step = (now: Sample, before: Sample) => number | bigint | undefined;

function pairwise(samples: readonly Sample[], step: Step): Sample[] {
  const result: Sample[] = [];
  for (let i = 1; i < samples.length; i++) {
    const now = samples[i] as Sample;
    const value = step(now, samples[i - 1] as Sample);
    if (value !== undefined) result.push({ time: now.time, value });
  }
  return result;
}

/** Several series' samples of one moment advance nothing: only the first of them counts. */
function oncePerMoment(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ time }, i) => i === 0 || time !== samples[i - 1]?.time);
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

function movingAverage(samples: readonly Sample[], n: number): Sample[] {
  const result: Sample[] = [];
  let total = 0;
  for (const [i, { time, value }] of samples.entries()) {
    if (i >= n) total -= Number(samples[i - n]?.value);
    total += Number(value);
    if (i >= n - 1) result.push({ time, value: total / n });
  }
  return result;
}

function cumulativeSum(samples: readonly Sample[]): Sample[] {
  let total: number | bigint = 0;
  return samples.map(({ time, value }) => {
    if (typeof value === 'bigint' || typeof total === 'bigint') total = addIntegers(total, value as number | bigint);
    else total += Number(value);
    return { time, value: total };
  });
}

const pair = { parameter: 'none', gives: 'input', unit: 'none', looksBack: true } as const;
const rate = { parameter: 'duration', gives: 'float', unit: 'bucket-or-second', looksBack: true } as const;

export const TRANSFORMS = {
  difference: { ...pair, apply: (samples) => pairwise(oncePerMoment(samples), difference) },
  non_negative_difference: { ...pair, apply: (samples) => pairwise(oncePerMoment(samples), notNegative(difference)) },
  derivative: { ...rate, apply: (samples, parameters) => pairwise(oncePerMoment(samples), derivative(parameters)) },
  non_negative_derivative: {
    ...rate,
    apply: (samples, parameters) => pairwise(oncePerMoment(samples), notNegative(derivative(parameters))),
  },
  moving_average: {
    ...pair,
    parameter: 'number',
    gives: 'float',
    apply: (samples, { n }) => movingAverage(samples, n),
  },
  cumulative_sum: { ...pair, looksBack: false, apply: cumulativeSum },
  elapsed: {
    parameter: 'duration',
    gives: 'integer',
    unit: 'nanosecond',
    looksBack: true,
    apply: (samples, parameters) => pairwise(samples, elapsed(parameters)),
  },
  integral: {
    parameter: 'duration',
    gives: 'float',
    unit: 'second',
    looksBack: false,
    isOverSamples: true,
    apply: integralOf,
  },
} as const satisfies { readonly [name: string]: Transform };
