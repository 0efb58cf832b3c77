// Rows of a SELECT with functions, over one tag set: what its calls give, side by side by time.

import type { Call, Expr, Ref } from './ast.ts';
import { computeCalls, type Reading } from './call-samples.ts';
import type { Column } from './columns.ts';
import { isField } from './condition.ts';
import { evaluate, type Row, visit } from './evaluate.ts';
import { typeOf, typeOfRef } from './expression-type.ts';
import { gapOf, type Point } from './fill.ts';
import type { Picked } from './functions/accumulator.ts';
import type { Cell } from './result.ts';
import { castValue, shownTag } from './sample-rows.ts';

const ROWS_PER_TURN = 1_000;

/** A turn's rows at a time, in the order of the query; the first cell is the time. */
export function* aggregateRows(reading: Reading, columns: readonly Column[]): Generator<undefined | Cell[][]> {
  const calls: Call[] = [];
  for (const { expr } of columns) {
    visit(
      expr,
      (call) => calls.push(call),
      () => {},
    );
  }
  const points = yield* computeCalls(reading, calls);
  const row = new JoinedRow(reading, calls, points);
  let rows: Cell[][] = [];
  while (row.next()) {
    rows.push([row.time, ...columns.map(({ expr }) => shown(evaluate(expr, row)))]);
    if (rows.length < ROWS_PER_TURN) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

/** What is no number is shown as nothing. */
function shown(cell: Cell): Cell {
  return Number.isNaN(cell) ? null : cell;
}

type Lane = { readonly points: readonly Point[]; next: number; readonly gap: Cell | undefined; value: Cell };

/** Goes through the points of all calls at once, moment by moment, and is what expressions see of each. */
class JoinedRow implements Row {
  readonly #reading: Reading;
  readonly #lanes: ReadonlyMap<Call, Lane>;
  readonly #beside = new Map<Ref, Cell>();
  #selected: Picked | undefined;
  time = 0;

  constructor(reading: Reading, calls: readonly Call[], points: ReadonlyMap<Call, readonly Point[]>) {
    this.#reading = reading;
    const laneOf = (call: Call): Lane => {
      const type = typeOf(call, reading.measurement);
      const gap = type === undefined ? null : gapOf(reading.plan.fill, type);
      return { points: points.get(call) ?? [], next: 0, gap, value: null };
    };
    this.#lanes = new Map(calls.map((call) => [call, laneOf(call)]));
  }

  /** To the next moment at which any call gives something; false where there is none. */
  next(): boolean {
    const { descending } = this.#reading.plan;
    let time: number | undefined;
    for (const { points, next } of this.#lanes.values()) {
      const at = points[next]?.time;
      if (at !== undefined && (time === undefined || (descending ? at > time : at < time))) time = at;
    }
    if (time === undefined) return false;
    this.time = time;
    this.#selected = undefined;
    for (const lane of this.#lanes.values()) this.#advance(lane, time);
    return true;
  }

  #advance(lane: Lane, time: number): void {
    const point = lane.points[lane.next];
    const isHere = point?.time === time;
    if (isHere) lane.next++;
    if (isHere && point.value !== null) lane.value = point.value;
    else if (lane.gap !== undefined) lane.value = lane.gap;
    if (isHere) this.#selected = point.sample;
  }

  call(call: Call): Cell {
    return this.#lanes.get(call)?.value ?? null;
  }

  /** Another field or tag of the moment and series that a selector chose. */
  ref(ref: Ref): Cell {
    const { plan, measurement } = this.#reading;
    const found = this.#selected === undefined ? null : this.#valueBeside(ref, this.#selected);
    const gap = gapOf(plan.fill, typeOfRef(ref, measurement));
    const value = found ?? (gap === undefined ? (this.#beside.get(ref) ?? null) : gap);
    this.#beside.set(ref, value);
    return value;
  }

  #valueBeside(ref: Ref, { time, member }: Picked): Cell {
    if (time === undefined || member === undefined) return null;
    const { measurement, members } = this.#reading;
    const series = members[member]?.series;
    if (!isField(ref, measurement)) return shownTag(series, ref.name);
    const type = typeOfRef(ref, measurement);
    if (type === undefined) return null;
    for (const page of series?.pages(ref.name, { from: time, to: time, descending: false, expected: 1 }) ?? []) {
      return castValue(page.values[0] ?? null, type);
    }
    return null;
  }

  isInteger(expr: Expr): boolean {
    return typeOf(expr, this.#reading.measurement) === 'integer';
  }
}
