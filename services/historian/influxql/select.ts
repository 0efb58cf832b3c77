// A SELECT, executed: sources found, tag sets formed, each computed, the answers in order. A generator that yields between
// pieces of work; its return value is the answer.

import { aggregateRows } from './aggregate-select.ts';
import type { Measurement, Select } from './ast.ts';
import type { Budget } from './budget.ts';
import { columnsOf } from './columns.ts';
import { type Plan, planSelect } from './plan.ts';
import { QueryError } from './query-error.ts';
import { rawRows } from './raw-select.ts';
import type { Cell, ResultSeries } from './result.ts';
import { type Store, type StoredMeasurement, TIME_MAX, TIME_MIN } from './store.ts';
import { asMeasurement } from './subquery.ts';
import { dimensionKeys, tagSetsOf } from './tag-sets.ts';

export type SelectContext = {
  readonly store: Store;
  readonly database: string | undefined;
  readonly policy: string | undefined;
  readonly nowUs: number;
  readonly budget: Budget;
};

type Bounds = { readonly from: number; readonly to: number };

export function* executeSelect(
  select: Select,
  context: SelectContext,
  bounds: Bounds = { from: TIME_MIN, to: TIME_MAX },
): Generator<undefined, ResultSeries[]> {
  const plan = planSelect(select, context.nowUs, bounds);
  const answers: ResultSeries[] = [];
  const sources = yield* sourcesOf(select, plan, context);
  for (const measurement of sources) answers.push(...(yield* measure(measurement, plan, context.budget)));
  const end = select.seriesLimit ? select.seriesOffset + select.seriesLimit : undefined;
  return answers.slice(select.seriesOffset, end);
}

function* sourcesOf(select: Select, plan: Plan, context: SelectContext): Generator<undefined, StoredMeasurement[]> {
  const found: StoredMeasurement[] = [];
  for (const source of select.sources) {
    if (source.kind === 'measurement') found.push(...resolve(source, context));
    else {
      // The inner answer must still be told apart by what the outer one groups by.
      const dimensions = [...source.select.dimensions, ...plan.dimensions];
      const bounds = { from: plan.from, to: plan.to };
      const inner = yield* executeSelect({ ...source.select, dimensions }, context, bounds);
      for (const [name, answers] of Map.groupBy(inner, (answer) => answer.name ?? '')) {
        found.push(asMeasurement(name, answers));
      }
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The measurements that a FROM names; none where they do not exist. */
function resolve(source: Measurement, { store, ...context }: SelectContext): StoredMeasurement[] {
  const database = source.database ?? context.database;
  if (database === undefined || database === '') throw new QueryError('database name required');
  const policies = store.policies(database);
  if (policies === undefined) throw new QueryError(`database not found: ${database}`);
  const wanted = source.policy ?? context.policy;
  const policy = policies.find(({ name, isDefault }) => (wanted === undefined ? isDefault : name === wanted));
  if (policy === undefined) throw new QueryError(`retention policy not found: ${wanted ?? 'default'}`);
  if (typeof source.name === 'string') {
    const measurement = store.measurement(database, policy.name, source.name);
    return measurement === undefined ? [] : [measurement];
  }
  const { matcher } = source.name;
  return [...store.measurements(database, policy.name)].filter(({ name }) => matcher.matches(name));
}

function* measure(measurement: StoredMeasurement, plan: Plan, budget: Budget): Generator<undefined, ResultSeries[]> {
  const keys = dimensionKeys(plan, measurement);
  const columns = columnsOf(plan.fields, measurement, new Set(keys));
  if (columns.length === 0) return [];
  const answers: ResultSeries[] = [];
  for (const { tags, members } of tagSetsOf(plan, measurement, keys)) {
    budget.spendSeries(members.length);
    const reading = { plan, measurement, members, budget };
    const values = plan.hasCalls
      ? pageOf(plan, yield* aggregateRows(reading, columns), budget)
      : yield* rawRows(reading, columns);
    if (values.length === 0) continue;
    const { name } = measurement;
    answers.push({
      name,
      ...(tags !== undefined && { tags }),
      columns: ['time', ...columns.map((column) => column.name)],
      values,
    });
    yield;
  }
  return answers;
}

function pageOf(plan: Plan, rows: Cell[][], budget: Budget): Cell[][] {
  if (plan.descending) rows.reverse();
  const page =
    plan.offset === 0 && plan.limit >= rows.length ? rows : rows.slice(plan.offset, plan.offset + plan.limit);
  budget.spendRows(page.length);
  return page;
}
