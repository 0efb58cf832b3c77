// A SELECT, executed: sources found, tag sets formed, each computed, the answers in order and in pieces. A generator that
// yields undefined between pieces of work and otherwise a piece of the answer.

import { aggregateRows } from './aggregate-select.ts';
import type { Select } from './ast.ts';
import type { Budget } from './budget.ts';
import { readRange } from './call-samples.ts';
import { isTopOrBottom } from './check-fields.ts';
import { type Column, columnsOf } from './columns.ts';
import { isField } from './condition.ts';
import { typeOf } from './expression-type.ts';
import { type Plan, planSelect } from './plan.ts';
import { rawRows } from './raw-select.ts';
import { type Cell, PIECE_ROWS_MAX, type ResultSeries } from './result.ts';
import { knownOf, merged, type Place, resolve } from './sources.ts';
import type { FieldType, StoredMeasurement } from './store.ts';
import { asMeasurement } from './subquery.ts';
import { dimensionKeys, tagSetsOf } from './tag-sets.ts';

export type SelectContext = Place & { readonly nowUs: number; readonly budget: Budget };

/** Pieces of one series come one after another; all but its last are partial. @throws QueryError */
export function executeSelect(select: Select, context: SelectContext): Generator<undefined | ResultSeries> {
  return answer(planSelect(select, context.nowUs), select, context);
}

function* answer(plan: Plan, select: Select, context: SelectContext): Generator<undefined | ResultSeries> {
  const measurements = yield* sourcesOf(select, plan, context);
  const layout = layoutOf(plan, measurements);
  if (plan.descending) measurements.reverse();
  for (const measurement of measurements) yield* measure(measurement, plan, layout, context.budget);
}

type Layout = {
  readonly columns: readonly Column[];
  readonly types: ReadonlyMap<string, FieldType>;
  readonly tagColumns: ReadonlySet<string>;
  readonly keys: readonly string[];
};

/** All measurements of a query have the same columns. */
function layoutOf(plan: Plan, measurements: readonly StoredMeasurement[]): Layout {
  const known = knownOf(measurements);
  const keys = dimensionKeys(plan.dimensions, known.tagKeys());
  // Where the query groups by all tags or those that match, none is left for a wildcard.
  const hasMany = plan.dimensions.some(({ kind }) => kind !== 'tag');
  const columns = columnsOf(plan.fields, known, hasMany ? [] : known.tagKeys().filter((key) => !keys.includes(key)));
  const types = new Map<string, FieldType>();
  for (const { name, expr } of columns) {
    const type = typeOf(expr, known);
    if (type !== undefined) types.set(name, type);
  }
  const isTag = ({ expr }: Column) => expr.kind === 'ref' && !isField(expr, known);
  const tagColumns = new Set(columns.filter(isTag).map(({ name }) => name));
  return { columns, types, tagColumns, keys };
}

function* sourcesOf(select: Select, plan: Plan, context: SelectContext): Generator<undefined, StoredMeasurement[]> {
  const found: StoredMeasurement[] = [];
  for (const source of select.sources) {
    if (source.kind === 'measurement') found.push(...resolve(source, context));
    else found.push(...(yield* inner(source.select, plan, context)));
  }
  return merged(found);
}

/** An inner query's answer, told apart also by what the outer one groups by; held in memory as far as the caps let it. */
function* inner(select: Select, outer: Plan, context: SelectContext): Generator<undefined, StoredMeasurement[]> {
  const plan = planSelect(select, context.nowUs, { ...outer, ...readRange(outer) });
  const measurements = yield* sourcesOf(select, plan, context);
  const layout = layoutOf(plan, measurements);
  const keys = [...new Set([...layout.keys, ...groupedBy(outer)])].sort();
  const found: StoredMeasurement[] = [];
  for (const measurement of measurements) {
    const pieces: ResultSeries[] = [];
    for (const piece of measure(measurement, plan, { ...layout, keys }, context.budget)) {
      if (piece === undefined) yield;
      else pieces.push(piece);
    }
    if (pieces.length > 0)
      found.push(asMeasurement(measurement.name, joined(pieces), { ...layout, descending: plan.descending }));
  }
  return found;
}

/** The tags by which a query tells series apart by name: its own, and those of top() and bottom(). */
function groupedBy({ dimensions, fields }: Plan): string[] {
  const own = dimensions.flatMap((dimension) => (dimension.kind === 'tag' ? [dimension.name] : []));
  const tops = fields.flatMap(({ expr }) =>
    expr.kind === 'call' && isTopOrBottom(expr) ? expr.args.slice(1, -1) : [],
  );
  return [...own, ...tops.flatMap((ref) => (ref.kind === 'ref' ? [ref.name] : []))];
}

/** Whole series of pieces. */
export function joined(pieces: readonly ResultSeries[]): ResultSeries[] {
  const whole: ResultSeries[] = [];
  let values: (readonly Cell[])[] | undefined;
  for (const { isPartial, ...piece } of pieces) {
    if (values === undefined) {
      values = [...piece.values];
      whole.push({ ...piece, values });
    } else for (const row of piece.values) values.push(row);
    if (isPartial === undefined) values = undefined;
  }
  return whole;
}

function* measure(
  measurement: StoredMeasurement,
  plan: Plan,
  { columns, keys }: Layout,
  budget: Budget,
): Generator<undefined | ResultSeries> {
  if (columns.length === 0) return;
  const names = ['time', ...columns.map(({ name }) => name)];
  for (const { tags, members } of tagSetsOf(plan, measurement, keys)) {
    budget.spendSeries(members.length);
    const reading = { plan, measurement, members, budget };
    const head = { name: measurement.name, ...(tags !== undefined && { tags }), columns: names };
    const rows = plan.hasCalls ? aggregateRows(reading, columns) : rawRows(reading, columns);
    yield* inPieces(head, rows, budget);
    yield;
  }
}

/** A piece is held back until the next row is there, so that the last one of a series is known to be it. */
function* inPieces(
  head: Omit<ResultSeries, 'values'>,
  turns: Iterable<undefined | Cell[][]>,
  budget: Budget,
): Generator<undefined | ResultSeries> {
  let values: Cell[][] = [];
  for (const rows of turns) {
    yield;
    if (rows === undefined) continue;
    if (values.length + rows.length > PIECE_ROWS_MAX) {
      yield { ...head, values, isPartial: true };
      values = rows;
      budget.spendRows(rows.length);
      continue;
    }
    for (const row of rows) {
      budget.spendRows(1);
      values.push(row);
    }
  }
  if (values.length > 0) yield { ...head, values };
}
