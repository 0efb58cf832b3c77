// A WHERE clause, parted: the range of time, which decides what is read, and the rest, which decides series by series
// (tags) and sample by sample (fields).

import type { Binary, Expr, Ref } from './ast.ts';
import { QueryError } from './query-error.ts';
import { type StoredMeasurement, TIME_MAX, TIME_MIN } from './store.ts';
import { tagColumnsOf } from './subquery.ts';
import { parseTimeNs, type ZoneOffset } from './time-text.ts';

export type Condition = {
  /** Inclusive, microseconds; TIME_MIN and TIME_MAX where the query sets no bound. */
  readonly from: number;
  readonly to: number;
  /** Where the range starts as the query says it, cut to microseconds: `time > t` starts at t, and reads from the next. */
  readonly startsAt: number;
  readonly filter: Expr | undefined;
};

export type Clock = { readonly nowUs: number; readonly zone: ZoneOffset };

export function splitCondition(where: Expr | undefined, clock: Clock): Condition {
  const range: Range = { from: TIME_MIN, to: TIME_MAX, startsAt: TIME_MIN };
  let filter: Expr | undefined;
  const take = (expr: Expr): void => {
    if (expr.kind === 'binary' && expr.op === 'AND') {
      take(expr.left);
      take(expr.right);
    } else if (isTimeBound(expr)) narrow(range, expr, clock);
    else if (mentionsTime(expr)) throw new QueryError('time can only be compared, and joined by AND');
    else filter = filter === undefined ? expr : { kind: 'binary', op: 'AND', left: filter, right: expr };
  };
  if (where !== undefined) take(where);
  return { ...range, filter };
}

type Range = { from: number; to: number; startsAt: number };

function isTime(expr: Expr): boolean {
  return expr.kind === 'ref' && expr.name === 'time' && expr.cast === undefined;
}

function isTimeBound(expr: Expr): expr is Binary {
  return expr.kind === 'binary' && !['OR', 'AND'].includes(expr.op) && (isTime(expr.left) || isTime(expr.right));
}

function mentionsTime(expr: Expr): boolean {
  return isTime(expr) || (expr.kind === 'binary' && (mentionsTime(expr.left) || mentionsTime(expr.right)));
}

const MIRRORED: { readonly [op: string]: string } = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };

function narrow(range: Range, bound: Binary, clock: Clock): void {
  const isLeft = isTime(bound.left);
  const op = isLeft ? bound.op : MIRRORED[bound.op];
  const ns = timeNs(isLeft ? bound.right : bound.left, clock);
  // Samples lie on whole microseconds, so a bound between two of them moves to the nearest that it lets in.
  const floor = clamp(Number((ns - modulo(ns)) / 1_000n));
  const isWhole = modulo(ns) === 0n;
  if (op === '>' || op === '>=' || op === '=') {
    const from = isWhole && op !== '>' ? floor : clamp(floor + 1);
    if (from > range.from) range.startsAt = floor;
    range.from = Math.max(range.from, from);
  }
  if (op === '<' || op === '<=' || op === '=') {
    range.to = Math.min(range.to, isWhole && op === '<' ? clamp(floor - 1) : floor);
  }
  if (op === undefined || !(op in MIRRORED)) throw new QueryError(`invalid time comparison operator: ${bound.op}`);
}

function modulo(ns: bigint): bigint {
  return ((ns % 1_000n) + 1_000n) % 1_000n;
}

function clamp(us: number): number {
  return Math.max(TIME_MIN, Math.min(TIME_MAX, us));
}

/** Nanoseconds since the epoch of what a condition compares time with. */
function timeNs(expr: Expr, clock: Clock): bigint {
  if (expr.kind === 'integer') return expr.value;
  if (expr.kind === 'number') return BigInt(Math.trunc(expr.value));
  if (expr.kind === 'duration') return expr.ns;
  if (expr.kind === 'string') {
    const ns = parseTimeNs(expr.value, clock.zone);
    if (ns === undefined) throw new QueryError(`invalid time '${expr.value}': expected 2006-01-02T15:04:05.999999999Z`);
    return ns;
  }
  if (expr.kind === 'call' && expr.name === 'now' && expr.args.length === 0) return BigInt(clock.nowUs) * 1_000n;
  if (expr.kind === 'binary' && (expr.op === '+' || expr.op === '-')) {
    const left = timeNs(expr.left, clock);
    const right = timeNs(expr.right, clock);
    return expr.op === '+' ? left + right : left - right;
  }
  throw new QueryError('time must be compared with a moment, a duration or now()');
}

/**
 * A ref is a field where the query says so or the measurement has such a field, else a tag. A tag that an inner query shows
 * in a column is read like a field.
 */
export function isField(ref: Ref, measurement: Pick<StoredMeasurement, 'fields'>): boolean {
  if (ref.cast === 'tag') return tagColumnsOf(measurement).has(ref.name);
  return ref.cast !== undefined || measurement.fields.has(ref.name);
}

/** The fields that an expression reads, each once. */
export function fieldRefs(expr: Expr | undefined, measurement: StoredMeasurement): Ref[] {
  if (expr?.kind === 'ref') return isField(expr, measurement) ? [expr] : [];
  if (expr?.kind !== 'binary') return [];
  const refs = [...fieldRefs(expr.left, measurement), ...fieldRefs(expr.right, measurement)];
  return refs.filter((ref, i) => refs.findIndex(({ name }) => name === ref.name) === i);
}
