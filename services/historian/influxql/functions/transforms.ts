// Transformations: a sequence of samples to another, in the order of time. Over raw samples, or over what an aggregate
// gives per bucket; buckets without a value are passed over.

import { addIntegers, isNumeric, subtractIntegers } from '../number.ts';
import type { SampleValue } from '../store.ts';

export type Sample = { readonly time: number; readonly value: SampleValue };

export type Transform = {
  readonly parameter: 'none' | 'number' | 'duration';
  /** `unitUs` stands where the query names none, see UNIT. */
  readonly apply: (samples: readonly Sample[], parameter: { readonly n: number; readonly unitUs: number }) => Sample[];
  /** Unit where the query names none: a second (or the bucket's length), or a nanosecond. */
  readonly defaultUnitUs?: number;
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

function subtract(a: SampleValue, b: SampleValue): number | bigint {
  if (!isNumeric(a) || !isNumeric(b)) return 0;
  const isExact = typeof a === 'bigint' || typeof b === 'bigint';
  return isExact ? subtractIntegers(a, b) : Number(a) - Number(b);
}

const difference: Step = (now, before) => subtract(now.value, before.value);

function derivative(unitUs: number): Step {
  return (now, before) => {
    const elapsedUs = now.time - before.time;
    return elapsedUs === 0 ? undefined : Number(subtract(now.value, before.value)) / (elapsedUs / unitUs);
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
    total += Number(value);
    if (i >= n) total -= Number(samples[i - n]?.value);
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

const SECOND_US = 1_000_000;

export const TRANSFORMS = {
  difference: { parameter: 'none', apply: (samples) => pairwise(samples, difference) },
  non_negative_difference: { parameter: 'none', apply: (samples) => pairwise(samples, notNegative(difference)) },
  derivative: {
    parameter: 'duration',
    defaultUnitUs: SECOND_US,
    apply: (samples, { unitUs }) => pairwise(samples, derivative(unitUs)),
  },
  non_negative_derivative: {
    parameter: 'duration',
    defaultUnitUs: SECOND_US,
    apply: (samples, { unitUs }) => pairwise(samples, notNegative(derivative(unitUs))),
  },
  moving_average: { parameter: 'number', apply: (samples, { n }) => movingAverage(samples, n) },
  cumulative_sum: { parameter: 'none', apply: cumulativeSum },
  elapsed: {
    parameter: 'duration',
    apply: (samples, { unitUs }) =>
      pairwise(samples, (now, before) => Math.floor((now.time - before.time) / unitUs + 1e-9)),
    defaultUnitUs: 0.001,
  },
} as const satisfies { readonly [name: string]: Transform };
