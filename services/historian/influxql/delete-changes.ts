// DELETE and DROP SERIES, resolved to the series that they mean: by measurement and tags, over all retention policies.

import type { ChangeStatement } from './ast.ts';
import { fieldRefs, splitCondition } from './condition.ts';
import { foldTags } from './fold-tags.ts';
import { QueryError } from './query-error.ts';
import { measurementsOf, policiesOf, SERIES_PER_TURN } from './scope.ts';
import { type Change, type SeriesAddress, type Store, TIME_MAX, TIME_MIN } from './store.ts';
import { UTC } from './time-text.ts';

type DeleteStatement = Extract<ChangeStatement, { kind: 'delete' | 'drop-series' }>;

/** Of one change: it crosses between threads and is logged as one record. */
const ADDRESSES_MAX = 10_000;

export function* deleteChanges(
  statement: DeleteStatement,
  database: string,
  store: Store,
  nowUs: number,
): Generator<undefined, Change[]> {
  policiesOf(store, database);
  const { from, to, filter } = splitCondition(statement.where, { nowUs, zone: UTC });
  const isBounded = from !== TIME_MIN || to !== TIME_MAX;
  if (statement.kind === 'drop-series' && isBounded) {
    throw new QueryError("DROP SERIES doesn't support time in WHERE clause");
  }
  const found: SeriesAddress[] = [];
  let seen = 0;
  for (const { policy, measurement } of measurementsOf(store, database, statement.sources)) {
    if (fieldRefs(filter, measurement).length > 0) {
      throw new QueryError('fields not supported in WHERE clause during deletion');
    }
    const fold = foldTags(filter, measurement);
    for (const { key, tags } of measurement.series()) {
      if (++seen % SERIES_PER_TURN === 0) yield;
      if (fold(tags) === true) {
        found.push({ policy: policy.name, measurement: measurement.name, key });
      }
    }
  }
  const changes: Change[] = [];
  for (let at = 0; at < found.length; at += ADDRESSES_MAX) {
    const series = found.slice(at, at + ADDRESSES_MAX);
    changes.push(
      statement.kind === 'delete'
        ? { kind: 'delete-samples', database, series, from, to }
        : { kind: 'drop-series', database, series },
    );
  }
  return changes;
}
