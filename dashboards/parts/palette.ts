// Colours, and what alone they stand for (ISA-101): a plant in order is grey; each alarm priority has a colour that nothing else has, and so has what needs a look and is no alarm,
// and never without its word. The same as on the console (services/console/web/styles/colours.css).

import type { Priority } from '#domain/alarm.ts';

export const PRIORITY_COLOURS: Readonly<Record<Priority, string>> = {
  critical: '#c8102e',
  high: '#d05f00',
  medium: '#f2c200',
  low: '#7a4fbf',
};
/** What Grafana writes texts in, in light and dark. */
export const CALM = 'text';
/** Something needs a look that is no alarm: of the pipeline, a clock, a silent sensor. */
export const ABNORMAL = '#0b57a4';
export const GREYS = ['#6e7479', '#9aa0a6', '#c3c8cd', '#454b51', '#b3b9bf', '#7c858d'] as const;
export const PALE = '#b3b9bf';
export const DARK = '#454b51';

export const PALETTE: ReadonlySet<string> = new Set([
  ...Object.values(PRIORITY_COLOURS),
  ABNORMAL,
  CALM,
  ...GREYS,
  'transparent',
]);
