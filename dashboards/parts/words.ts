// What the store's numbers and flags are called.

import { CLOCK_SKEW_MS_MAX } from '#domain/clock-skew.ts';
import { ABNORMAL, CALM, GREYS } from './palette.ts';
import type { Step, Word } from './panel.ts';

export const SWITCH_WORDS: readonly Word[] = [
  { value: 'true', text: 'on', colour: GREYS[0] },
  { value: 'false', text: 'off', colour: GREYS[2] },
];
/** As on the wire: services/lib/domain/quality.ts. */
export const QUALITY_WORDS: readonly Word[] = [
  { value: '0', text: 'good', colour: GREYS[2] },
  { value: '1', text: 'uncertain', colour: GREYS[1] },
  { value: '2', text: 'bad', colour: GREYS[3] },
];
export const ONLINE_WORDS: readonly Word[] = [
  { value: 'true', text: 'online', colour: GREYS[2] },
  { value: 'false', text: 'offline', colour: GREYS[3] },
];
/** Of how far a clock is ahead, ms. */
export const CLOCK_STEPS: readonly Step[] = [
  { from: Number.NEGATIVE_INFINITY, colour: ABNORMAL },
  { from: -CLOCK_SKEW_MS_MAX, colour: CALM },
  { from: CLOCK_SKEW_MS_MAX, colour: ABNORMAL },
];
