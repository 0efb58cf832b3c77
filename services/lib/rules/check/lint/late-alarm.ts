// R008: the time until the alarm comes is taken from the operator's. Delay and publish interval together should leave two
// thirds of timeToRespond.

import { parseDuration } from '#domain/duration.ts';
import { writtenLevels } from './level-places.ts';
import type { Lint } from './lint.ts';
import { intervalOf } from './metric-facts.ts';

const SHARE_MAX = 1 / 3;

export const lateAlarm: Lint = {
  code: 'R008',
  ofFile: (file, facts) => {
    const { timeToRespond } = file.rationalisation ?? {};
    const respondMs = timeToRespond === undefined ? undefined : parseDuration(timeToRespond);
    if (respondMs === undefined) return [];
    // The slowest input decides when a condition can be seen; where no model says, nothing is added.
    const intervalMs = Math.max(0, ...Object.keys(file.inputs).map((name) => intervalOf(facts.get(name)) ?? 0));
    return writtenLevels(file).flatMap(({ path, spec, onDelayMs }) => {
      const lateMs = onDelayMs + intervalMs;
      if (lateMs <= respondMs * SHARE_MAX) return [];
      const message = `the alarm comes ${lateMs / 1_000} s late (delay and publish interval), more than a third of the ${timeToRespond} to respond`;
      const place =
        onDelayMs === 0
          ? ['rationalisation', 'timeToRespond']
          : [...(spec.onDelay === undefined ? [] : path), 'onDelay'];
      return [{ path: place, message, level: 'warn' as const }];
    });
  },
};
