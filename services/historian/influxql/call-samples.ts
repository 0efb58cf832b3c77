// Every call of a SELECT over one tag set, computed: aggregates and selectors per bucket, gaps filled, transformations
// over them or over raw samples; in the order of the query. One pass over a field serves all functions of that field.
// Yields between pages, so that the one who drives it can let others have their turn.

import type { Call, Ref } from './ast.ts';
import type { Budget } from './budget.ts';
import { isField } from './condition.ts';
import { visit } from './evaluate.ts';
import { typeOf } from './expression-type.ts';
import { FieldFeed } from './field-feed.ts';
import { fillGaps, type Point } from './fill.ts';
import { aggregateOf, durationNsOf, numberOf, transformOf } from './functions/table.ts';
import type { Sample, Transform, TransformParameters } from './functions/transforms.ts';
import type { Plan } from './plan.ts';
import { QueryError } from './query-error.ts';
import { castValue, filterFields, hasRows, mergedRows } from './sample-rows.ts';
import { type StoredMeasurement, TIME_MAX, TIME_MIN } from './store.ts';
import type { Member } from './tag-sets.ts';

export type Reading = {
  readonly plan: Plan;
  readonly measurement: StoredMeasurement;
  readonly members: readonly Member[];
  readonly budget: Budget;
};

export type Range = { readonly from: number; readonly to: number };

/** Per call what it gives, LIMIT and OFFSET applied as InfluxDB does it: to each call for itself. */
export function* computeCalls(reading: Reading, calls: readonly Call[]): Generator<undefined, Map<Call, Point[]>> {
  const { plan } = reading;
  const feeds = feedsOf(reading, calls);
  for (const feed of feeds) yield* feed.read();
  const found = new Map<Call, Point[]>();
  for (const feed of feeds) for (const [call, points] of yield* feed.finish()) found.set(call, points);
  const answers = new Map<Call, Point[]>();
  for (const call of calls) {
    const points =
      transformOf(call) === undefined ? filled(reading, call, found) : yield* transformed(reading, call, found);
    const isWhole = plan.offset === 0 && plan.limit >= points.length;
    answers.set(call, isWhole ? points : points.slice(plan.offset, plan.offset + plan.limit));
  }
  return answers;
}

/** One per field and range: a transformation looks one bucket further back than its neighbours. */
function feedsOf(reading: Reading, calls: readonly Call[]): FieldFeed[] {
  const feeds = new Map<string, FieldFeed>();
  const keepsTime = areOne(calls, reading.measurement);
  for (const call of calls) {
    const transform = transformOf(call);
    const wanted = transform === undefined ? call : aggregateWithin(call);
    if (wanted === undefined || transformOf(wanted) !== undefined) continue;
    if (!reading.measurement.fields.has(fieldOf(wanted).name)) continue;
    const range = { ...rangeOf(reading.plan, transform), keepsTime };
    const field = fieldOf(wanted);
    const key = `${range.from} ${range.to} ${field.cast ?? ''} ${field.name}`;
    const feed = feeds.get(key) ?? new FieldFeed(reading, field, range);
    feeds.set(key, feed);
    feed.add(wanted);
  }
  return [...feeds.values()];
}

/** The same call twice is one call, also where it names its field's type only once. */
function areOne(calls: readonly Call[], measurement: StoredMeasurement): boolean {
  return calls.length === 1 || new Set(calls.map((call) => textOf(call, measurement))).size === 1;
}

function textOf(call: Call, measurement: StoredMeasurement): string {
  return JSON.stringify(call, (_, value) => {
    if (typeof value === 'bigint') return String(value);
    return value?.kind === 'ref' ? [value.name, typeOf(value, measurement)] : value;
  });
}

function aggregateWithin(call: Call): Call | undefined {
  const [input] = call.args;
  return input?.kind === 'call' ? input : undefined;
}

export function fieldOf(call: Call): Ref {
  const [input] = call.args;
  if (input?.kind === 'call') return fieldOf(input);
  if (input?.kind !== 'ref') throw new QueryError(`expected field argument in ${call.name}()`);
  return input;
}

function rangeOf({ window, descending, from, to, farthest }: Plan, transform: Transform | undefined): Range {
  if (window === undefined || transform?.looksBack !== true) return { from, to };
  if (descending) return { from, to: to === TIME_MAX ? to : Math.min(to + window.intervalUs, farthest.to) };
  return { from: from === TIME_MIN ? from : Math.max(from - window.intervalUs, farthest.from), to };
}

/** The range of all that a query reads: of a transformation over buckets, one bucket more. */
export function readRange(plan: Plan): Range {
  const ranges: Range[] = [plan];
  for (const { expr } of plan.fields) {
    visit(
      expr,
      (call) => ranges.push(rangeOf(plan, transformOf(call))),
      () => {},
    );
  }
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

/** An aggregate's points, and what stands in the gaps between them. */
function filled(
  { plan, measurement, budget }: Reading,
  call: Call,
  found: ReadonlyMap<Call, Point[]>,
  range: Range = plan,
): Point[] {
  const points = found.get(call) ?? [];
  const { window, fill, descending } = plan;
  const type = typeOf(call, measurement);
  if (window === undefined || fill.kind === 'none' || type === undefined || aggregateOf(call)?.isMany) return points;
  const earliest = (descending ? points.at(-1) : points[0])?.time;
  if (earliest === undefined) return points;
  const from = range.from === TIME_MIN ? undefined : range.from;
  budget.checkBuckets(Math.floor((range.to - (from ?? earliest)) / window.intervalUs));
  // A bucket without samples counts none of them, and that is known.
  const how = call.name === 'count' && fill.kind === 'null' ? ({ kind: 'value', value: 0 } as const) : fill;
  return fillGaps(points, { fill: how, type, window, from, to: range.to, descending }, () => budget.spendBuckets(1));
}

function* transformed(reading: Reading, call: Call, found: ReadonlyMap<Call, Point[]>): Generator<undefined, Point[]> {
  const { plan, budget } = reading;
  const transform = transformOf(call);
  if (transform === undefined) return [];
  checkType(reading, call);
  const steps = transform.start(parametersOf(reading, call, transform));
  const end = plan.offset + plan.limit;
  const points: Point[] = [];
  for (const sample of inputOf(reading, call, found)) {
    if (sample === undefined) {
      budget.checkRows(Math.max(0, points.length - plan.offset));
      yield;
      continue;
    }
    const point = steps.next(sample);
    if (point !== undefined) points.push(point);
    if (points.length >= end) return points;
  }
  const last = steps.end?.();
  if (last !== undefined) points.push(last);
  return points;
}

/** Time passes between samples of every type; whatever else is asked of two of them needs numbers. */
function checkType({ measurement }: Reading, call: Call): void {
  const [input] = call.args;
  if (input === undefined || call.name === 'elapsed' || !measurement.fields.has(fieldOf(call).name)) return;
  const type = typeOf(input, measurement);
  if (type !== 'string' && type !== 'boolean') return;
  throw new QueryError(`unsupported ${call.name} iterator type: *query.${type}InterruptIterator`);
}

function parametersOf({ plan, measurement }: Reading, call: Call, { unit }: Transform): TransformParameters {
  const { window, descending } = plan;
  const isPerBucket = unit === 'bucket-or-second' && window !== undefined;
  const own = durationNsOf(call.args[1]);
  return {
    n: numberOf(call.args[1]),
    unitNs: own ?? (isPerBucket ? window.intervalUs * 1_000 : UNIT_NS[unit]),
    window,
    descending,
    // InfluxDB dates the area under integers like any other answer, and that under floats with the epoch.
    rangeStart: typeOf(fieldOf(call), measurement) === 'integer' ? plan.rangeStart : 0,
  };
}

/** What a transformation is over: samples, or what the call within it gives per bucket. */
function* inputOf(reading: Reading, call: Call, found: ReadonlyMap<Call, Point[]>): Generator<undefined | Sample> {
  const inner = aggregateWithin(call);
  if (inner === undefined) return yield* rawSamples(reading, call);
  const range = rangeOf(reading.plan, transformOf(call));
  const plan = { ...reading.plan, ...range, limit: Number.POSITIVE_INFINITY, offset: 0 };
  const isPlain = transformOf(inner) === undefined;
  const points = isPlain
    ? filled(reading, inner, found, range)
    : yield* transformed({ ...reading, plan }, inner, found);
  for (const { time, value } of points) if (value !== null) yield { time, value };
}

const UNIT_NS: { readonly [unit in Transform['unit']]: number } = {
  'bucket-or-second': 1e9,
  second: 1e9,
  nanosecond: 1,
  none: 1,
};

const ROWS_PER_TURN = 2_048;

function* rawSamples({ plan, measurement, members, budget }: Reading, call: Call): Generator<undefined | Sample> {
  const field = fieldOf(call);
  const type = typeOf(field, measurement);
  if (type === undefined || !isField(field, measurement) || !measurement.fields.has(field.name)) return;
  const filters = members.flatMap((member) => filterFields(member, measurement));
  const fields = [...new Set([field.name, ...filters])];
  const { to, descending } = plan;
  // An inner query dates a bucket by its start, which may lie before the range that it has kept to.
  const from = members.some(({ series }) => hasRows(series)) ? TIME_MIN : plan.from;
  let rows = 0;
  for (const row of mergedRows(members, fields, { from, to, descending }, budget)) {
    const value = castValue(row.values[0] ?? null, type);
    if (value !== null) yield { time: row.time, value };
    if (++rows % ROWS_PER_TURN === 0) yield;
  }
}
