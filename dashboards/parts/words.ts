// What the store's numbers and flags are called.

import { GREYS } from './palette.ts';
import type { Word } from './panel.ts';

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
