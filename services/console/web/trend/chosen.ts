// Which series the trend shows. Chosen in the table of latest values.

import { signal } from '@preact/signals';
import type { ValueView } from '../../api/live.ts';

export const chosen = signal<ValueView | null>(null);

const HOUR_MS = 3_600_000;

/** `refreshMs`: a few pixels of the picture; drawing more often would show nothing new. */
export const RANGES = [
  { name: '15 min', ms: HOUR_MS / 4, refreshMs: 5_000 },
  { name: '1 h', ms: HOUR_MS, refreshMs: 15_000 },
  { name: '8 h', ms: 8 * HOUR_MS, refreshMs: 60_000 },
] as const;
export type Range = (typeof RANGES)[number];

export const range = signal<Range>(RANGES[0]);
