// Data that came too late to be acted on: whether it would have raised the alarm. Only the late sample itself is asked; what
// the other inputs were then is not known any more.

import type { Point } from '#domain/point.ts';
import { UNKNOWN } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import type { SeriesState } from './plant.ts';

export function isTrueOfHistory(
  instance: Instance,
  series: SeriesState,
  { measuredAt, value, quality }: Point,
): boolean {
  if (value === null || quality === 'bad') return false;
  const { frame } = instance.loaded;
  instance.lookAt(measuredAt);
  for (let i = 0; i < instance.slots.length; i++) {
    const spec = instance.rule.inputs[i];
    const isAsked = instance.slots[i] === series && spec?.window === undefined;
    const isTrusted = quality === 'good' || spec?.needsGood !== true;
    frame.inputs[i] = isAsked && isTrusted ? instance.worthOf(i, value) : UNKNOWN.NEVER;
    frame.sampledAt[i] = measuredAt;
  }
  return instance.rule.levels.some(({ condition }) => condition.evaluate(frame) === true);
}
