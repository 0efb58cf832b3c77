// Rows of a SELECT with functions, over one tag set.

import type { Call, Ref } from './ast.ts';
import { type CallSamples, computeCalls, type Reading } from './call-samples.ts';
import type { Column } from './columns.ts';
import { isField } from './condition.ts';
import { evaluate, visit } from './evaluate.ts';
import type { Picked } from './functions/accumulator.ts';
import { aggregateOf } from './functions/table.ts';
import { QueryError } from './query-error.ts';
import type { Cell } from './result.ts';

type AnswerRow = { readonly time: number; readonly calls: ReadonlyMap<Call, Picked | null> };

/** In the order of time; the first cell is the time. */
export function* aggregateRows(reading: Reading, columns: readonly Column[]): Generator<undefined, Cell[][]> {
  const { calls, refs } = partsOf(columns);
  checkMix(calls, refs);
  const samples = yield* computeCalls(reading, calls);
  if (samples === undefined) return [];
  const [lone] = calls;
  const rows = calls.length === 1 && lone !== undefined ? rowsOfOne(reading, lone, samples) : joined(calls, samples);
  return rows.map(({ time, calls: answers }) => {
    const selected = lone === undefined ? undefined : (answers.get(lone) ?? undefined);
    const row = {
      ref: (ref: Ref) => (selected === undefined ? null : besideSelected(reading, ref, selected)),
      call: (call: Call) => answers.get(call)?.value ?? null,
    };
    return [time, ...columns.map(({ expr }) => evaluate(expr, row))];
  });
}

function partsOf(columns: readonly Column[]): { calls: Call[]; refs: Ref[] } {
  const calls: Call[] = [];
  const refs: Ref[] = [];
  for (const { expr } of columns) {
    visit(
      expr,
      (call) => calls.push(call),
      (ref) => refs.push(ref),
    );
  }
  return { calls, refs };
}

function checkMix(calls: readonly Call[], refs: readonly Ref[]): void {
  const [lone] = calls;
  const many = calls.find((call) => aggregateOf(call)?.isMany === true);
  if (many !== undefined && calls.length > 1) {
    throw new QueryError(`function ${many.name}() cannot be combined with other functions`);
  }
  const isLoneSelector = calls.length === 1 && lone !== undefined && aggregateOf(lone)?.kind === 'selector';
  if (refs.length > 0 && !isLoneSelector) {
    throw new QueryError('mixing aggregate and non-aggregate queries is not supported');
  }
}

/** The one call's answers. Without buckets a selector's answer stands at its own time; top and bottom always do. */
function rowsOfOne({ plan }: Reading, call: Call, samples: CallSamples): AnswerRow[] {
  const aggregate = aggregateOf(call);
  const keepsTime = aggregate?.kind === 'selector' && (plan.window === undefined || aggregate.isMany === true);
  return (samples.get(call) ?? []).map(({ start, picked }) => ({
    time: keepsTime ? (picked?.time ?? start) : start,
    calls: new Map([[call, picked]]),
  }));
}

/** Several calls side by side, by time. */
function joined(calls: readonly Call[], samples: CallSamples): AnswerRow[] {
  const byTime = new Map<number, Map<Call, Picked | null>>();
  for (const call of calls) {
    for (const { start, picked } of samples.get(call) ?? []) {
      let row = byTime.get(start);
      if (row === undefined) {
        row = new Map();
        byTime.set(start, row);
      }
      row.set(call, picked);
    }
  }
  return [...byTime].sort(([a], [b]) => a - b).map(([time, row]) => ({ time, calls: row }));
}

/** Another field or tag of the moment and series that a selector chose. */
function besideSelected({ measurement, members }: Reading, ref: Ref, { time, member }: Picked): Cell {
  if (time === undefined || member === undefined) return null;
  const series = members[member]?.series;
  if (!isField(ref, measurement)) return series?.tags.get(ref.name) ?? null;
  for (const page of series?.pages(ref.name, { from: time, to: time, descending: false, expected: 1 }) ?? []) {
    return page.values[0] ?? null;
  }
  return null;
}
