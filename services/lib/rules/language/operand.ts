// What an expression is worth: a number, a boolean, a text, or UNKNOWN with its reason. UNKNOWN is the only object among
// them, so one typeof tells. It spreads through every operator as the table of rules/README.md says, and is never a 0.

import type { UnknownReason } from '#domain/alarm.ts';

export type Unknown = { readonly unknown: UnknownReason | 'TYPE' | 'DIVISION' | 'STATE' };
export type Operand = number | boolean | string | Unknown;

export const UNKNOWN = {
  NEVER: { unknown: 'NEVER' },
  STALE: { unknown: 'STALE' },
  BAD: { unknown: 'BAD' },
  INSUFFICIENT: { unknown: 'INSUFFICIENT' },
  UNIT: { unknown: 'UNIT' },
  /** Operands of different types met at run time. */
  TYPE: { unknown: 'TYPE' },
  DIVISION: { unknown: 'DIVISION' },
  /** A named plant state or an online state that nobody has told. */
  STATE: { unknown: 'STATE' },
} as const satisfies Record<string, Unknown>;

export function isUnknown(operand: Operand): operand is Unknown {
  return typeof operand === 'object';
}

/** Whether conditions hold: true and false are certain, anything else is not. */
export type Truth = 'true' | 'false' | 'unknown';

export function truthOf(operand: Operand): Truth {
  return operand === true ? 'true' : operand === false ? 'false' : 'unknown';
}
