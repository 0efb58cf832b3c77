// The deadband that is usual to begin with, by type of signal (ISA-18.2, EEMUA 191): 5 % of the span for flow and level,
// 2 % for pressure, 1 % for temperature. R006 asks for it, and a new rule is offered it.

import { converter } from '#rules/language/units.ts';

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

/** The narrowest that is usual. Cut where binary fractions begin, so that 1 % of 170 is 1.7 and not a little more. */
export function leastDeadband({ share }: Signal, span: number): number {
  return Number((span * share).toPrecision(12));
}

/** In the metric's unit, with two digits; undefined where the span or the type of signal is not known. */
export function suggestDeadband(measured: Measured): number | undefined {
  const { min, max } = measured;
  const signal = signalOf(measured);
  if (signal === undefined || min === undefined || max === undefined) return undefined;
  const least = leastDeadband(signal, max - min);
  const rounded = Number(least.toPrecision(2));
  // Never under what R006 asks for.
  return rounded >= least ? rounded : Number((rounded + 10 ** (Math.floor(Math.log10(least)) - 1)).toPrecision(2));
}
