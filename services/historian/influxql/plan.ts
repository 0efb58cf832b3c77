// A SELECT, checked and made ready to run on any measurement: range, buckets, paging. What depends on a measurement's
// fields (wildcards, types) is decided when that measurement is met.

import type { Dimension, Expr, Field, Fill, Select } from './ast.ts';
import { checkFields } from './check-fields.ts';
import { splitCondition } from './condition.ts';
import { QueryError } from './query-error.ts';
import { TIME_MAX, TIME_MIN } from './store.ts';
import { parseTimeNs, UTC, type ZoneOffset, zoneOffset } from './time-text.ts';
import { Window } from './window.ts';

export type Plan = {
  readonly hasCalls: boolean;
  readonly fields: readonly Field[];
  readonly from: number;
  readonly to: number;
  /** What an answer for the whole range is dated: its start as the query says it, or the epoch where it has none. */
  readonly rangeStart: number;
  readonly filter: Expr | undefined;
  readonly window: Window | undefined;
  /** How far a transformation over buckets may look back: an inner one not beyond the range of the query around it. */
  readonly farthest: { readonly from: number; readonly to: number };
  readonly dimensions: readonly Exclude<Dimension, { kind: 'time' }>[];
  readonly fill: Fill;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  /** Of tag sets. */
  readonly seriesLimit: number;
  readonly seriesOffset: number;
};

/** Of the query around a subquery: what the inner one cannot go beyond, or takes over. */
export type Outer = Pick<Plan, 'from' | 'to' | 'rangeStart' | 'window' | 'descending'>;

export function planSelect(select: Select, nowUs: number, outer?: Outer): Plan {
  const zone = select.zone === undefined ? UTC : zoneOffset(select.zone);
  const condition = splitCondition(select.where, { nowUs, zone });
  const time = select.dimensions.find((dimension) => dimension.kind === 'time');
  const own = time === undefined ? undefined : new Window(...windowOf(time, nowUs, zone), zone);
  const window = own ?? outer?.window?.in(zone);
  const hasCalls = checkFields(select, own !== undefined ? 'own' : window !== undefined ? 'inherited' : 'none');
  if (outer !== undefined && select.descending && !outer.descending) {
    throw new QueryError('subqueries must be ordered in the same direction as the query itself');
  }
  let to = Math.min(condition.to, outer?.to ?? TIME_MAX);
  // Buckets up to the end of all time would be meant by nobody: without an upper bound they end now.
  if (own !== undefined && to === TIME_MAX) to = nowUs;
  const from = Math.max(condition.from, outer?.from ?? TIME_MIN);
  return {
    hasCalls,
    fields: select.fields,
    from,
    to,
    rangeStart: from === TIME_MIN ? 0 : from === condition.from ? condition.startsAt : (outer?.rangeStart ?? from),
    filter: condition.filter,
    window,
    farthest: { from: outer?.from ?? TIME_MIN, to: outer?.to ?? TIME_MAX },
    dimensions: select.dimensions.filter((dimension) => dimension.kind !== 'time'),
    // What an inner query fills with nothing would be passed over by the outer one.
    fill: outer !== undefined && select.fill.kind === 'null' ? { kind: 'none' } : select.fill,
    descending: outer?.descending ?? select.descending,
    limit: select.limit ?? Number.POSITIVE_INFINITY,
    offset: select.offset,
    seriesLimit: select.seriesLimit || Number.POSITIVE_INFINITY,
    seriesOffset: select.seriesOffset,
  };
}

function windowOf(
  time: Extract<Dimension, { kind: 'time' }>,
  nowUs: number,
  zone: ZoneOffset,
): [intervalUs: number, offsetUs: number] {
  const intervalUs = Number(time.intervalNs) / 1_000;
  if (!Number.isSafeInteger(intervalUs) || intervalUs <= 0) {
    throw new QueryError('time buckets must be whole microseconds');
  }
  return [intervalUs, offsetOf(time.offset, nowUs, zone) % intervalUs];
}

function offsetOf(offset: Expr | undefined, nowUs: number, zone: ZoneOffset): number {
  if (offset === undefined) return 0;
  if (offset.kind === 'duration') return Number(offset.ns) / 1_000;
  if (offset.kind === 'call' && offset.name === 'now' && offset.args.length === 0) return nowUs;
  const ns = offset.kind === 'string' ? parseTimeNs(offset.value, zone) : undefined;
  if (ns === undefined) throw new QueryError('time dimension offset must be duration or now()');
  return Number(ns / 1_000n);
}
