// Where the keyboard is in a list that moves under it, and which rows a range holds. Pure.

import type { AlarmView } from '../../api/live.ts';

export type Place = { readonly id: string | null; readonly index: number };
export const NOWHERE: Place = { id: null, index: 0 };

/** Where that row stands now. Where it has left, whatever stands at its place: the next one, or the last of all. */
export function placeIn(list: readonly AlarmView[], { id, index }: Place): Place {
  const at = list[index]?.id === id ? index : list.findIndex((alarm) => alarm.id === id);
  if (at !== -1) return { id, index: at };
  const near = Math.max(0, Math.min(index, list.length - 1));
  return { id: list[near]?.id ?? null, index: near };
}

/** What was chosen, and every row between the two; one that is not in the list any more ends it. */
export function withRange(
  chosen: ReadonlySet<string>,
  list: readonly AlarmView[],
  { from, to }: { readonly from: string; readonly to: string },
): ReadonlySet<string> {
  const [a, b] = [from, to].map((id) => list.findIndex((alarm) => alarm.id === id)) as [number, number];
  if (b === -1) return chosen;
  const begin = a === -1 ? b : Math.min(a, b);
  return new Set([...chosen, ...list.slice(begin, Math.max(a, b) + 1).map(({ id }) => id)]);
}
