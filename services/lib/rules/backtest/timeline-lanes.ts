// What a timeline shows: its lanes, and in each lane bars that are at least as wide as an eye can see. Bars of one priority
// that would lie closer than that become one, so that a year of chattering is as small a picture as a quiet day.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import type { Episode } from './episodes.ts';

export type Lane = { readonly alarm: string; readonly set: string; readonly episodes: readonly Episode[] };

export type Bar = {
  readonly x: number;
  width: number;
  priority: Priority;
  isSuppressed: boolean;
  isOpen: boolean;
  /** Nothing in it is wide enough to be seen as wide as it is. */
  isThin: boolean;
  title: string;
};

const WIDTH_MIN = 2;
const TITLE_CHARACTERS = 300;
const MORE = ' … and more';

/** Lanes in the order of rule and instance; those with the least time in alarm are left where there are too many. */
export function lanesOf(
  sets: readonly { readonly name: string; readonly episodes: readonly Episode[] }[],
  max: number,
): { readonly lanes: Lane[]; readonly left: number } {
  const lanes = new Map<string, Lane & { readonly episodes: Episode[] }>();
  for (const { name, episodes } of sets) {
    for (const episode of episodes) {
      const key = JSON.stringify([episode.alarm, name]);
      const lane = lanes.get(key) ?? { alarm: episode.alarm, set: sets.length > 1 ? name : '', episodes: [] };
      lanes.set(key, lane);
      lane.episodes.push(episode);
    }
  }
  const inAlarmMs = ({ episodes }: Lane) =>
    episodes.reduce((sum, { from, to }) => sum + (to ?? Number.MAX_SAFE_INTEGER) - from, 0);
  const order = new Map(sets.map(({ name }, i) => [name, i]));
  const kept = [...lanes.values()].sort((a, b) => inAlarmMs(b) - inAlarmMs(a)).slice(0, max);
  kept.sort((a, b) => compare(a.alarm, b.alarm) || (order.get(a.set) ?? 0) - (order.get(b.set) ?? 0));
  return { lanes: kept, left: lanes.size - kept.length };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Picture = { readonly scale: (at: number) => number; readonly range: { readonly to: number } };

/** From left to right; no more than a few per pixel of the picture. */
export function barsOf(episodes: readonly Episode[], { scale, range }: Picture): Bar[] {
  const bars: Bar[] = [];
  for (const episode of episodes) {
    for (const [i, part] of episode.parts.entries()) {
      const next = episode.parts[i + 1];
      const x = scale(part.from);
      const width = scale(next?.from ?? episode.to ?? range.to) - x;
      const bar: Bar = {
        x,
        width: Math.max(WIDTH_MIN, width),
        priority: part.priority,
        isSuppressed: episode.isSuppressed,
        isOpen: next === undefined && episode.to === null,
        isThin: width < WIDTH_MIN,
        title: titleOf(episode, part.priority),
      };
      const last = bars.at(-1);
      if (last !== undefined && isMergeable(last, bar)) merge(last, bar);
      else bars.push(bar);
    }
  }
  return bars;
}

/** What nobody could tell apart: bars of one kind without a visible gap, and thin ones that would hide each other. */
function isMergeable(last: Bar, bar: Bar): boolean {
  if (bar.x - (last.x + last.width) >= 1) return false;
  if (last.isThin && bar.isThin) return true;
  return last.priority === bar.priority && last.isSuppressed === bar.isSuppressed;
}

/** The more urgent one shows. */
function merge(last: Bar, bar: Bar): void {
  last.width = Math.max(last.width, bar.x + bar.width - last.x);
  last.isOpen = bar.isOpen;
  last.isSuppressed &&= bar.isSuppressed;
  last.isThin &&= bar.isThin;
  if (PRIORITIES.indexOf(bar.priority) < PRIORITIES.indexOf(last.priority)) last.priority = bar.priority;
  if (!last.title.endsWith(MORE)) last.title += MORE;
}

function titleOf({ from, to, summary, alarm }: Episode, priority: Priority): string {
  const end = to === null ? 'did not return' : `to ${new Date(to).toISOString()}`;
  return `${alarm}, ${priority}: ${new Date(from).toISOString()} ${end}. ${summary}`.slice(0, TITLE_CHARACTERS);
}
