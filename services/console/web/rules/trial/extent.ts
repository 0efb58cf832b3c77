// From where to where the value axis of an input goes: all that was measured, and every limit, so that it is seen how far one is from it.

import type { InputSeries, LimitLine } from '../../../api/rules.ts';

const ROOM = 0.08;

export function extentOf(
  { min, max }: Pick<InputSeries, 'min' | 'max'>,
  limits: readonly Pick<LimitLine, 'value'>[],
): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const reach = (value: number | null) => {
    if (value === null) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  min.forEach(reach);
  max.forEach(reach);
  for (const { value } of limits) reach(value);
  if (low > high) return [0, 1];
  const room = high > low ? (high - low) * ROOM : Math.max(Math.abs(high) * ROOM, 0.5);
  return [low - room, high + room];
}
