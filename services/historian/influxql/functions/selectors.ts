// Selectors: answers that are one of the samples, with its time and its series, so that other fields of the same moment
// can stand beside it. Ties are decided as InfluxDB decides them.

import type { SampleValue } from '../store.ts';
import { type Accumulator, type Aggregate, ANY, type FieldTypes, NUMBERS } from './accumulator.ts';

type Sample = { readonly time: number; readonly value: SampleValue; readonly member: number };

/** Keeps the one sample that no other is better than. */
function best(isBetter: (time: number, value: SampleValue, than: Sample) => boolean): Accumulator {
  let kept: Sample | undefined;
  return {
    add(time, value, member) {
      if (kept === undefined || isBetter(time, value, kept)) kept = { time, value, member };
    },
    finish: () => (kept === undefined ? [] : [kept]),
  };
}

function percentile(n: number): Accumulator {
  const samples: Sample[] = [];
  return {
    add: (time, value, member) => samples.push({ time, value, member }),
    finish() {
      samples.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.time - b.time));
      const picked = samples[Math.floor((samples.length * n) / 100 + 0.5) - 1];
      return picked === undefined ? [] : [picked];
    },
  };
}

/** The n best samples, in the order of time. Holds at most twice n of them. */
function bestOf(n: number, order: (a: Sample, b: Sample) => number): Accumulator {
  const kept: Sample[] = [];
  const cut = () => {
    kept.sort((a, b) => order(a, b) || a.time - b.time);
    kept.length = Math.min(kept.length, n);
  };
  return {
    add(time, value, member) {
      kept.push({ time, value, member });
      if (kept.length >= 2 * n + 16) cut();
    },
    finish() {
      cut();
      return kept.sort((a, b) => a.time - b.time);
    },
  };
}

const plain = { kind: 'selector', parameter: 'none' } as const;
const ORDERED: FieldTypes = [...NUMBERS, 'boolean'];

export const SELECTORS = {
  first: {
    ...plain,
    accepts: ANY,
    make: () => best((time, value, than) => time < than.time || (time === than.time && value > than.value)),
  },
  last: {
    ...plain,
    accepts: ANY,
    make: () => best((time, value, than) => time > than.time || (time === than.time && value > than.value)),
  },
  min: {
    ...plain,
    accepts: ORDERED,
    make: () => best((time, value, than) => value < than.value || (value === than.value && time < than.time)),
  },
  max: {
    ...plain,
    accepts: ORDERED,
    make: () => best((time, value, than) => value > than.value || (value === than.value && time < than.time)),
  },
  percentile: { ...plain, accepts: NUMBERS, parameter: 'number', make: ({ n }) => percentile(n) },
  top: {
    ...plain,
    accepts: NUMBERS,
    parameter: 'number',
    isMany: true,
    make: ({ n }) => bestOf(n, (a, b) => (a.value > b.value ? -1 : a.value < b.value ? 1 : 0)),
  },
  bottom: {
    ...plain,
    accepts: NUMBERS,
    parameter: 'number',
    isMany: true,
    make: ({ n }) => bestOf(n, (a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)),
  },
} as const satisfies { readonly [name: string]: Aggregate };
