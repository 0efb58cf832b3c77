// What the SHOW statements share: how they are asked, and how they answer.

import type { Access } from './access.ts';
import type { KeyFilter, Scope } from './ast.ts';
import { PIECE_ROWS_MAX, type ResultSeries } from './result.ts';
import type { Store } from './store.ts';

export type ShowContext = {
  readonly store: Store;
  readonly access: Access;
  /** That of the request, unless the statement names its own. */
  readonly database: string | undefined;
  readonly nowUs: number;
};

export type Show = Generator<undefined, ResultSeries[]>;

export function* inPieces(series: ResultSeries): Generator<ResultSeries> {
  const { values } = series;
  let at = 0;
  for (; at + PIECE_ROWS_MAX < values.length; at += PIECE_ROWS_MAX) {
    yield { ...series, values: values.slice(at, at + PIECE_ROWS_MAX), isPartial: true };
  }
  yield at === 0 ? series : { ...series, values: values.slice(at) };
}

export function paged<T>(rows: readonly T[], { limit, offset }: Pick<Scope, 'limit' | 'offset'>): T[] {
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}

export function passes(filter: KeyFilter | undefined, key: string): boolean {
  if (filter === undefined) return true;
  if (filter.kind === 'in') return filter.keys.includes(key);
  if (filter.kind === 'not') return filter.key !== key;
  return filter.matcher.matches(key) !== filter.negated;
}
