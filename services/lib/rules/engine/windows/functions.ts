// The functions of a window: one row each, and none can be forgotten. `last` is not among them: it needs no window.

import type { Value } from '#domain/point.ts';
import type { WindowFunction } from '../../language/window-functions.ts';
import { BlockFold } from './block-fold.ts';
import type { Fold } from './fold.ts';
import { FoldRoom } from './fold-room.ts';
import { openChanges } from './functions/changes.ts';
import { count, delta } from './functions/ends.ts';
import { maximum, minimum } from './functions/extremes.ts';
import { rate } from './functions/rate.ts';
import { slope } from './functions/slope.ts';
import { spread } from './functions/spread.ts';
import { openCoverage, openTimeIn } from './functions/time-in.ts';
import { average, total } from './functions/totals.ts';
import type { FunctionRow, Keeping } from './gauge.ts';

/**
 * So many samples are folded anew at every question: five minutes at one in ten seconds, and some. That is as quick as anything,
 * and a plant has very many small windows, which then keep nothing but their samples.
 */
const FEW = 40;

export const FUNCTIONS = {
  min: folding(minimum, 1),
  max: folding(maximum, 1),
  avg: folding(average, 1),
  sum: folding(total, 1),
  stddev: folding(spread, 2),
  slope: folding(slope, 2),
  rate: folding(rate, 2),
  delta: reading('number', 2, delta),
  count: reading('nothing', 0, count),
  changes: gauging('any', openChanges),
  timeIn: gauging('flag', openTimeIn),
} as const satisfies Record<WindowFunction, FunctionRow>;

/** What rules ask for by minCoverage: no function of the language, and told of samples like one. */
export const COVERAGE: FunctionRow = gauging('any', openCoverage);

function folding(fold: Fold, samplesMin: number): FunctionRow {
  const room = new FoldRoom(fold);
  return {
    ...{ keeps: 'number', samplesMin, readsMax: FEW },
    read: fold.whole,
    open: (samples, spec) => new BlockFold(samples, spec, room),
  };
}

function reading(keeps: Keeping, samplesMin: number, read: FunctionRow['read']): FunctionRow {
  const open = () => {
    throw new TypeError('What is read off the samples needs no gauge');
  };
  return { keeps, samplesMin, readsMax: Number.POSITIVE_INFINITY, read, open };
}

function gauging(keeps: Keeping, open: FunctionRow['open']): FunctionRow {
  return { keeps, samplesMin: 0, readsMax: -1, read: () => undefined, open };
}

type ValueKeeping = {
  readonly holds: 'numbers' | 'anything';
  /** undefined: not a value that the function can use. */
  encode(value: Value): Value | undefined;
};

/** What of a value is kept. */
export const KEEPING: Readonly<Record<Keeping, ValueKeeping>> = {
  // + 0 makes 0 of -0, which JSON does not bring back.
  number: { holds: 'numbers', encode: (value) => (Number.isFinite(value) ? (value as number) + 0 : undefined) },
  flag: { holds: 'numbers', encode: (value) => (typeof value === 'boolean' ? Number(value) : undefined) },
  any: { holds: 'anything', encode: (value) => (Number.isNaN(value) ? undefined : value) },
  nothing: { holds: 'numbers', encode: () => 0 },
};
