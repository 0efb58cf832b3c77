// The deadband that is usual to begin with, by type of signal (ISA-18.2, EEMUA 191): 5 % of the span for flow and level,
// 2 % for pressure, 1 % for temperature.

import { converter } from '../language/units.ts';

const SHARES: readonly { readonly unit: string; readonly share: number }[] = [
  { unit: 'Cel', share: 0.01 },
  { unit: 'bar', share: 0.02 },
  { unit: 'm3/h', share: 0.05 },
  { unit: 'kg/h', share: 0.05 },
  { unit: 'm', share: 0.05 },
  { unit: '%', share: 0.05 },
];

/** Part of the span; undefined where no usual one is known for what the unit measures. */
export function usualDeadbandShare(unit: string | undefined): number | undefined {
  if (unit === undefined) return undefined;
  return SHARES.find((each) => converter(unit, each.unit) !== undefined)?.share;
}

/** In the metric's unit, with two digits; undefined where the span or the type of signal is not known. */
export function suggestDeadband(metric: {
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}): number | undefined {
  const share = usualDeadbandShare(metric.unit);
  if (share === undefined || metric.min === undefined || metric.max === undefined) return undefined;
  return Number(((metric.max - metric.min) * share).toPrecision(2));
}
