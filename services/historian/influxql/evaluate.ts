// The value of an expression over one row. Absence is null, and any comparison with it is false.

import type { Call, Expr, Ref } from './ast.ts';
import { MATH } from './functions/math.ts';
import { calculate, isNumeric } from './number.ts';
import { QueryError } from './query-error.ts';
import type { Cell } from './result.ts';

export type Row = {
  ref(ref: Ref): Cell;
  call(call: Call): Cell;
  /** Whether an expression over this row is of integers, which a number alone does not say. */
  isInteger?(expr: Expr): boolean;
};

export function evaluate(expr: Expr, row: Row): Cell {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'boolean':
      return expr.value;
    case 'integer':
      return Number.isSafeInteger(Number(expr.value)) ? Number(expr.value) : expr.value;
    case 'ref':
      return row.ref(expr);
    case 'call':
      return isMath(expr) ? evaluateMath(expr, row) : row.call(expr);
    case 'binary':
      return evaluateBinary(expr.op, expr.left, expr.right, row);
    case 'duration':
    case 'regex':
    case 'wildcard':
      throw new QueryError(`a ${expr.kind} has no value here`);
  }
}

export function isLiteral(expr: Expr): boolean {
  return ['number', 'integer', 'string', 'boolean', 'duration'].includes(expr.kind);
}

export function isMath(call: Call): boolean {
  return MATH.has(call.name);
}

function evaluateMath(call: Call, row: Row): Cell {
  const args = call.args.map((arg) => evaluate(arg, row));
  const math = MATH.get(call.name);
  if (math === undefined || !args.every(isNumeric)) return null;
  const result = math.apply(...args.map(Number));
  return Number.isFinite(result) ? result : null;
}

function evaluateBinary(op: string, left: Expr, right: Expr, row: Row): Cell {
  if (op === 'AND') return isTrue(left, row) && isTrue(right, row);
  if (op === 'OR') return isTrue(left, row) || isTrue(right, row);
  const a = evaluate(left, row);
  if (op === '=~' || op === '!~') {
    if (right.kind !== 'regex' || typeof a !== 'string') return false;
    return right.matcher.matches(a) === (op === '=~');
  }
  const b = evaluate(right, row);
  const isArithmetic = '+-*/%'.includes(op);
  if (a === null || b === null) return isArithmetic ? null : false;
  if (!isArithmetic) return compare(op, a, b);
  // The rest of a division by zero: of integers it is 0, of floats it is no number.
  if (op === '%' && Number(b) === 0) return row.isInteger?.(left) && row.isInteger(right) ? 0 : null;
  return calculate(op, a, b);
}

export function isTrue(expr: Expr, row: Row): boolean {
  return evaluate(expr, row) === true;
}

function compare(op: string, a: NonNullable<Cell>, b: NonNullable<Cell>): boolean {
  if (typeof a !== typeof b && !(isNumeric(a) && isNumeric(b))) return false;
  switch (op) {
    case '=':
      // biome-ignore lint/suspicious/noDoubleEquals: only == compares a bigint with a number by value; types were checked
      return a == b;
    case '!=':
      // biome-ignore lint/suspicious/noDoubleEquals: as above
      return a != b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

/** Every call that is no mathematics over a row, and every ref that stands outside such a call. */
export function visit(expr: Expr, onCall: (call: Call) => void, onRef: (ref: Ref) => void): void {
  if (expr.kind === 'ref') onRef(expr);
  else if (expr.kind === 'binary') {
    visit(expr.left, onCall, onRef);
    visit(expr.right, onCall, onRef);
  } else if (expr.kind === 'call') {
    if (isMath(expr)) for (const arg of expr.args) visit(arg, onCall, onRef);
    else onCall(expr);
  }
}
