// Arithmetic over intervals: between which numbers the result of an operation lies when its operands lie between theirs.
// Always wide enough, so that what is certain of an interval is certain of every value in it.

import type { Range } from './metric-facts.ts';

const INF = Number.POSITIVE_INFINITY;
export const EVERY_NUMBER: Range = { low: -INF, high: INF };

export const point = (value: number): Range => ({ low: value, high: value });

/** The least interval that holds both. */
export function hull(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** Infinity less infinity, and the like, is any number. */
function range(low: number, high: number): Range {
  return { low: Number.isNaN(low) ? -INF : low, high: Number.isNaN(high) ? INF : high };
}

const negative = ({ low, high }: Range): Range => ({ low: -high, high: -low });
const sum = (a: Range, b: Range): Range => range(a.low + b.low, a.high + b.high);

function product(a: Range, b: Range): Range {
  // A value is finite, so that nothing times whatever is nothing.
  const times = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y);
  const corners = [times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)];
  return { low: Math.min(...corners), high: Math.max(...corners) };
}

function quotient(a: Range, b: Range): Range {
  if (b.low <= 0 && b.high >= 0) return EVERY_NUMBER;
  const corners = [a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high];
  return corners.some(Number.isNaN) ? EVERY_NUMBER : { low: Math.min(...corners), high: Math.max(...corners) };
}

function absolute({ low, high }: Range): Range {
  if (low >= 0) return { low, high };
  return high <= 0 ? { low: -high, high: -low } : { low: 0, high: Math.max(-low, high) };
}

/** By the operators of the language. */
export const INTERVAL_ARITHMETIC: ReadonlyMap<string, (operands: readonly Range[]) => Range> = new Map([
  ['+', (operands) => operands.reduce(sum, point(0))],
  ['-', ([a = EVERY_NUMBER, b]) => (b === undefined ? negative(a) : sum(a, negative(b)))],
  ['*', (operands) => operands.reduce(product, point(1))],
  ['/', ([a = EVERY_NUMBER, b = EVERY_NUMBER]) => quotient(a, b)],
  ['min', (v) => ({ low: Math.min(...v.map(({ low }) => low)), high: Math.min(...v.map(({ high }) => high)) })],
  ['max', (v) => ({ low: Math.max(...v.map(({ low }) => low)), high: Math.max(...v.map(({ high }) => high)) })],
  ['abs', ([a = EVERY_NUMBER]) => absolute(a)],
] as [string, (operands: readonly Range[]) => Range][]);
