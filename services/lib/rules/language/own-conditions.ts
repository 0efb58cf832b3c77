// Conditions that no author writes: silence of the inputs (noData), and an alarm that another one raised.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import { formatDuration, parseDuration } from '#domain/duration.ts';
import { type Compiled, type Expression, type Frame, NEVER } from './expression.ts';
import { negation } from './operators/logic.ts';
import type { RuleFile } from './rule-schema.ts';

/** True while an input has not been known for `noData.after`, or for its maxAge where that is left out. */
export function silence(file: RuleFile): Expression {
  const afterMs = file.noData.after === undefined ? undefined : parseDuration(file.noData.after);
  const inputs = Object.values(file.inputs);
  const endOf = (frame: Frame, i: number) => (frame.knownAt[i] ?? frame.at) + (afterMs ?? (frame.maxAgeMs[i] ?? 0) + 1);
  return own('silence', {
    evaluate: (frame) => inputs.some((_, i) => frame.at >= endOf(frame, i)),
    wakesAt: (frame) => {
      let at = NEVER;
      for (let i = 0; i < inputs.length; i++) {
        const end = endOf(frame, i);
        if (end > frame.at) at = Math.min(at, end);
      }
      return at;
    },
    describe: (frame) =>
      inputs
        .flatMap(({ metric }, i) => {
          if (frame.at < endOf(frame, i)) return [];
          const sinceMs = Math.floor((frame.at - (frame.knownAt[i] ?? frame.at)) / 1_000) * 1_000;
          return [`no ${metric} for ${formatDuration(sinceMs)}`];
        })
        .join('; '),
  });
}

export function voice(file: RuleFile): Expression {
  const quiet = silence(file);
  return place('voice', negation(quiet));
}

/** Raised by another alarm or by the service; with a priority: by something at least as urgent. */
export function isRaised(priority?: Priority): Expression {
  const isUrgent = ({ raisedAs }: Frame) =>
    priority === undefined || raisedAs === null || PRIORITIES.indexOf(raisedAs) <= PRIORITIES.indexOf(priority);
  return own('raised', {
    evaluate: (frame) => frame.isRaised && isUrgent(frame),
    wakesAt: () => NEVER,
    describe: (frame) => frame.raisedBecause,
  });
}

export function notRaised(priority?: Priority): Expression {
  return place('not raised', negation(isRaised(priority)));
}

function own(name: string, parts: Pick<Compiled, 'evaluate' | 'wakesAt' | 'describe'>): Expression {
  return place(name, { parts: [], type: 'boolean', comparisons: [], ...parts });
}

function place(name: string, compiled: Compiled): Expression {
  return Object.assign(compiled as Expression, { name, path: [] });
}
