// The functions of a window: one row each, and none can be forgotten. `last` is not among them: it needs no window.

import type { Value } from '#domain/point.ts';
import type { WindowFunction } from '../../language/window-functions.ts';

import type { Fold } from './fold.ts';
import { FoldRoom } from './fold-room.ts';
import { openChanges } from './functions/changes.ts';
import { openCount, openDelta } from './functions/ends.ts';
import { maximum, minimum } from './functions/extremes.ts';
import { rate } from './functions/rate.ts';
import { slope } from './functions/slope.ts';
import { spread } from './functions/spread.ts';
import { openTimeIn } from './functions/time-in.ts';
import { average, total } from './functions/totals.ts';
import type { FunctionRow, Keeping } from './gauge.ts';
import type { ValueStore } from './samples.ts';
import { SlidingFold } from './sliding-fold.ts';

export const FUNCTIONS = {
  min: folding(minimum, 1),
  max: folding(maximum, 1),
  avg: folding(average, 1),
  sum: folding(total, 1),
  stddev: folding(spread, 2),
  slope: folding(slope, 2),
  rate: folding(rate, 2),
  delta: { keeps: 'number', samplesMin: 2, open: openDelta },
  count: { keeps: 'nothing', samplesMin: 0, open: openCount },
  changes: { keeps: 'any', samplesMin: 0, open: openChanges },
  timeIn: { keeps: 'flag', samplesMin: 0, open: openTimeIn },
} as const satisfies Record<WindowFunction, FunctionRow>;

function folding(fold: Fold, samplesMin: number): FunctionRow {
  const room = new FoldRoom(fold);
  return { keeps: 'number', samplesMin, open: (samples, spec) => new SlidingFold(samples, spec, room) };
}

type ValueKeeping = {
  makeStore(capacity: number): ValueStore;
  /** undefined: not a value that the function can use. */
  encode(value: Value): Value | undefined;
};

const numbers = (capacity: number) => new Float64Array(capacity);

/** What of a value is kept, and where. */
export const KEEPING: Readonly<Record<Keeping, ValueKeeping>> = {
  // + 0 makes 0 of -0, which JSON does not bring back.
  number: { makeStore: numbers, encode: (value) => (Number.isFinite(value) ? (value as number) + 0 : undefined) },
  flag: { makeStore: numbers, encode: (value) => (typeof value === 'boolean' ? Number(value) : undefined) },
  any: {
    makeStore: (capacity) => new Array<Value>(capacity).fill(0),
    encode: (value) => (Number.isNaN(value) ? undefined : value),
  },
  nothing: { makeStore: numbers, encode: () => 0 },
};
