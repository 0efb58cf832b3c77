// A stretch of time, as requests say it.

import { z } from 'zod';

/** As JSON has it. Past the end of what a date can be there is no moment [ECMA-262 21.4.1.1]. */
export const givenMoment = z.int().min(0).max(8.64e15).describe('ms since the epoch');
/** As an address has it. */
export const moment = z.coerce.number().pipe(givenMoment).describe('ms since the epoch');

export const DAY_MS = 86_400_000;
/** The journal and the trend of a year. */
const RANGE_MS_MAX = 366 * DAY_MS;

export const RANGE_ERROR = { error: 'from must be before to, at most 366 days', path: ['from'] };

export function isRange({ from, to }: { readonly from: number; readonly to: number }): boolean {
  return from < to && to - from <= RANGE_MS_MAX;
}
