// Where the keyboard is in a list that moves under it, and which rows a range holds. Pure.

import type { AlarmView } from '../../api/live.ts';
import { episodeOf } from './order.ts';
import type { Alarms } from './ordered-alarms.ts';

export type Place = { readonly id: string | null; readonly index: number };
export const NOWHERE: Place = { id: null, index: 0 };

/** Where that row stands now. Where it has left, whatever stands at its place: the next one, or the last of all. */
export function placeIn(list: readonly AlarmView[], { id, index }: Place): Place {
  const at = list[index]?.id === id ? index : list.findIndex((alarm) => alarm.id === id);
  if (at !== -1) return { id, index: at };
  const near = Math.max(0, Math.min(index, list.length - 1));
  return { id: list[near]?.id ?? null, index: near };
}

/** What is ticked, by id: the episode that it was ticked in. Whoever ticks an alarm means what he sees, not what comes after it. */
export type Ticks = ReadonlyMap<string, string>;

export function ticksOf(list: readonly AlarmView[]): Ticks {
  return new Map(list.map((alarm) => [alarm.id, episodeOf(alarm)]));
}

export function isTicked(ticks: Ticks, alarm: AlarmView): boolean {
  return ticks.get(alarm.id) === episodeOf(alarm);
}

/** Without those whose alarm is gone, or has come anew; the same object where there are none. */
export function standing(ticks: Ticks, alarms: Alarms): Ticks {
  const kept = [...ticks.keys()].flatMap((id) => alarms.get(id) ?? []).filter((alarm) => isTicked(ticks, alarm));
  return kept.length === ticks.size ? ticks : ticksOf(kept);
}

/** What was chosen, and every row between the two; one that is not in the list any more ends it. */
export function withRange(
  chosen: Ticks,
  list: readonly AlarmView[],
  { from, to }: { readonly from: string; readonly to: string },
): Ticks {
  const [a, b] = [from, to].map((id) => list.findIndex((alarm) => alarm.id === id)) as [number, number];
  if (b === -1) return chosen;
  const begin = a === -1 ? b : Math.min(a, b);
  return new Map([...chosen, ...ticksOf(list.slice(begin, Math.max(a, b) + 1))]);
}
