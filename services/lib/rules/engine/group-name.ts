// The name of an instance from the values of its rule's groupBy, and back. Values are joined by a dot, and a dot inside one
// is doubled: otherwise `a.b` with `c` and `a` with `b.c` would share one alarm.

import { isName } from '#domain/name.ts';

/** undefined where the values make no valid name, or one that could not be read back. */
export function joinGroup(values: readonly string[]): string | undefined {
  const [only] = values;
  if (values.length === 1) return only !== undefined && isName(only) ? only : undefined;
  if (values.some((value) => value === '' || value.startsWith('.') || value.endsWith('.'))) return undefined;
  const name = values.map((value) => value.replaceAll('.', '..')).join('.');
  return isName(name) ? name : undefined;
}

/** The values that joinGroup() made the name of; `count` is the number of labels. */
export function splitGroup(name: string, count: number): string[] {
  if (count === 1) return [name];
  return name.split(/(?<!\.)\.(?!\.)/).map((value) => value.replaceAll('..', '.'));
}
