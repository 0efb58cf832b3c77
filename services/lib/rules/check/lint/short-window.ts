// R007: a maxAge under two publish intervals makes a value STALE by one late message; a window under three holds too few
// samples to say anything.

import { parseDuration } from '#domain/duration.ts';
import type { InputSpec } from '../../language/rule-schema.ts';
import type { Lint, Remark } from './lint.ts';
import { intervalOf } from './metric-facts.ts';

const INTERVALS_OF_AGE = 2;
const INTERVALS_OF_WINDOW = 3;

export const shortWindow: Lint = {
  code: 'R007',
  ofFile: ({ inputs }, facts) =>
    Object.entries(inputs).flatMap(([name, input]) => {
      const intervalMs = intervalOf(facts.get(name));
      return intervalMs === undefined || input.sampling === 'onChange' ? [] : ofInput(name, input, intervalMs);
    }),
};

function ofInput(name: string, { maxAge, window }: InputSpec, intervalMs: number): Remark[] {
  const limits = [
    ['maxAge', maxAge, INTERVALS_OF_AGE],
    ['window', window, INTERVALS_OF_WINDOW],
  ] as const;
  return limits.flatMap(([field, given, wanted]): Remark[] => {
    const givenMs = given === undefined ? undefined : parseDuration(given);
    if (givenMs === undefined || givenMs >= wanted * intervalMs) return [];
    const message = `${field} ${given} is under ${wanted} publish intervals of ${intervalMs / 1_000} s each`;
    return [{ path: ['inputs', name, field], message, level: 'warn' }];
  });
}
