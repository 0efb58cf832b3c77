// The deadband that is usual to begin with, by type of signal (ISA-18.2, EEMUA 191): 5 % of the span for flow and level,
// 2 % for pressure, 1 % for temperature. R006 asks for it, and a new rule is offered it.

import { converter } from '../language/units.ts';

export type Signal = {
  readonly name: string;
  /** Part of the span. */
  readonly share: number;
  readonly units: readonly string[];
  readonly word: RegExp;
};

const SIGNALS: readonly Signal[] = [
  { name: 'temperature', share: 0.01, units: ['Cel'], word: /temp/i },
  { name: 'pressure', share: 0.02, units: ['bar'], word: /pressure/i },
  { name: 'flow', share: 0.05, units: ['m3/h', 'kg/h'], word: /flow/i },
  // Lengths and per cents are much else too: a level is told by its name.
  { name: 'level', share: 0.05, units: [], word: /level/i },
];

export type Measured = {
  readonly metric: string;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
};

/** What is measured, told by the unit or else by the name; undefined where neither says it. */
export function signalOf({ metric, unit = '' }: Pick<Measured, 'metric' | 'unit'>): Signal | undefined {
  const measuredIn = SIGNALS.find(({ units }) => units.some((each) => converter(unit, each) !== undefined));
  return measuredIn ?? SIGNALS.find(({ word }) => word.test(metric));
}

/** In the metric's unit, with two digits; undefined where the span or the type of signal is not known. */
export function suggestDeadband(measured: Measured): number | undefined {
  const { min, max } = measured;
  const signal = signalOf(measured);
  if (signal === undefined || min === undefined || max === undefined) return undefined;
  return Number(((max - min) * signal.share).toPrecision(2));
}
