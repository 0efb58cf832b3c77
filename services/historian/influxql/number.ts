// Arithmetic on numbers and on integers beyond 2^53, which are bigints: exact where both are whole, floats otherwise.

import type { SampleValue } from './store.ts';

export function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** A bigint only where a number would not be exact. */
export function shortest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Addition of integers that stays exact. */
export function addIntegers(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return shortest(BigInt(a) + BigInt(b));
}

export function subtractIntegers(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return shortest(BigInt(a) - BigInt(b));
}

/** `+ - * / %` of two values; null where either is no number or the result is none. Division by zero gives 0, as in InfluxDB. */
export function calculate(op: string, left: SampleValue, right: SampleValue): number | bigint | null {
  if (!isNumeric(left) || !isNumeric(right)) return null;
  const isExact = typeof left === 'bigint' || typeof right === 'bigint';
  if (isExact && Number.isInteger(Number(left)) && Number.isInteger(Number(right))) {
    if (op === '+') return addIntegers(left, right);
    if (op === '-') return subtractIntegers(left, right);
    if (op === '*') return shortest(BigInt(left) * BigInt(right));
  }
  const a = Number(left);
  const b = Number(right);
  const result =
    op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : b === 0 ? 0 : op === '/' ? a / b : a % b;
  return Number.isFinite(result) ? result : null;
}
