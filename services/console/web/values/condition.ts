// Whether a latest value still stands for the plant, in one word: the worst thing that can be said of it.

import type { DeviceView } from '#domain/device.ts';
import type { ValueView } from '../../api/live.ts';

export const CONDITIONS = ['GOOD', 'UNCERTAIN', 'STALE', 'OFFLINE', 'BAD'] as const;
export type Condition = (typeof CONDITIONS)[number];

export function conditionOf(value: ValueView, device: DeviceView | undefined, now: number): Condition {
  if (value.quality === 'bad' || value.value === null) return 'BAD';
  if (device?.online === false) return 'OFFLINE';
  if (now - value.measuredAt > value.staleAfterMs) return 'STALE';
  return value.quality === 'uncertain' ? 'UNCERTAIN' : 'GOOD';
}
