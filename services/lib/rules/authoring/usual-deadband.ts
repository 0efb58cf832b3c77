// The deadband that is usual to begin with, by type of signal (ISA-18.2, EEMUA 191): 5 % of the span for flow and level,
// 2 % for pressure, 1 % for temperature.

import { converter } from '../language/units.ts';

type Signal = { readonly share: number; readonly units: readonly string[]; readonly word: RegExp };

const SIGNALS: readonly Signal[] = [
  { share: 0.01, units: ['Cel'], word: /temp/i },
  { share: 0.02, units: ['bar'], word: /pressure/i },
  { share: 0.05, units: ['m3/h', 'kg/h'], word: /flow/i },
  // Lengths and per cents are much else too: a level is told by its name.
  { share: 0.05, units: [], word: /level/i },
];

export type Measured = {
  readonly metric: string;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
};

/** Part of the span; undefined where no usual one is known for what is measured. */
export function usualDeadbandShare({ metric, unit }: Pick<Measured, 'metric' | 'unit'>): number | undefined {
  const converts = (units: readonly string[]) => units.some((each) => converter(unit ?? '', each) !== undefined);
  return SIGNALS.find(({ units, word }) => word.test(metric) || converts(units))?.share;
}

/** In the metric's unit, with two digits; undefined where the span or the type of signal is not known. */
export function suggestDeadband(measured: Measured): number | undefined {
  const share = usualDeadbandShare(measured);
  if (share === undefined || measured.min === undefined || measured.max === undefined) return undefined;
  return Number(((measured.max - measured.min) * share).toPrecision(2));
}
