// A filter with a series' tags put in. Made ready once for a measurement, since it is asked of every series that there is.

import type { Expr } from './ast.ts';
import { fieldRefs } from './condition.ts';
import { evaluate, type Row } from './evaluate.ts';
import { QueryError } from './query-error.ts';
import type { StoredMeasurement } from './store.ts';

/**
 * true or false where the tags decide, else what remains to be asked of every sample. An absent tag compares as the empty
 * text.
 */
export type TagFold = (tags: ReadonlyMap<string, string>) => boolean | Expr;

export function foldTags(filter: Expr | undefined, measurement: StoredMeasurement): TagFold {
  if (filter === undefined) return () => true;
  if (filter.kind === 'binary' && (filter.op === 'AND' || filter.op === 'OR'))
    return joined(filter.op, filter, measurement);
  if (fieldRefs(filter, measurement).length > 0) return () => filter;
  return compared(filter) ?? ((tags) => evaluate(filter, rowOf(tags)) === true);
}

function joined(
  op: 'AND' | 'OR',
  { left, right }: { readonly left: Expr; readonly right: Expr },
  measurement: StoredMeasurement,
): TagFold {
  const foldLeft = foldTags(left, measurement);
  const foldRight = foldTags(right, measurement);
  const decisive = op === 'OR';
  return (tags) => {
    const left = foldLeft(tags);
    const right = foldRight(tags);
    if (left === decisive || right === decisive) return decisive;
    if (typeof left === 'boolean') return right;
    if (typeof right === 'boolean') return left;
    return { kind: 'binary', op, left, right };
  };
}

/** A tag beside a text, which is what nearly every filter is made of; undefined for anything else. */
function compared(filter: Expr): TagFold | undefined {
  if (filter.kind !== 'binary' || filter.left.kind !== 'ref' || filter.right.kind !== 'string') return undefined;
  const { name } = filter.left;
  const { value } = filter.right;
  if (filter.op === '=') return (tags) => (tags.get(name) ?? '') === value;
  if (filter.op === '!=') return (tags) => (tags.get(name) ?? '') !== value;
  return undefined;
}

function rowOf(tags: ReadonlyMap<string, string>): Row {
  return {
    ref: (ref) => tags.get(ref.name) ?? '',
    call: ({ name }) => {
      throw new QueryError(`${name}() cannot stand in a condition`);
    },
  };
}
