// What two sets of rules made of the same history, against each other: alarms that only one of them raised, and alarms that
// both raised at different times. Two episodes of one alarm are the same one where they overlap.

import type { SetResult } from './backtest.ts';
import type { Episode } from './episodes.ts';

export type Moved = {
  readonly alarm: string;
  readonly before: Span;
  readonly after: Span;
  /** Positive: later than before; null where one of them never returned. */
  readonly beginsLaterMs: number;
  readonly endsLaterMs: number | null;
};

export type Span = { readonly from: number; readonly to: number | null; readonly priority: Episode['priority'] };

export type Comparison = {
  readonly same: number;
  readonly onlyBefore: readonly Episode[];
  readonly onlyAfter: readonly Episode[];
  readonly moved: readonly Moved[];
  /** Episodes of either that were too many to be compared one by one. */
  readonly left: number;
};

export function compareResults(before: SetResult, after: SetResult): Comparison {
  const ours = byAlarm(after.episodes);
  const theirs = byAlarm(before.episodes);
  const onlyBefore: Episode[] = [];
  const onlyAfter: Episode[] = [];
  const moved: Moved[] = [];
  let same = 0;
  for (const alarm of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [old, own] = [theirs.get(alarm) ?? [], ours.get(alarm) ?? []];
    let [i, j] = [0, 0];
    while (i < old.length || j < own.length) {
      const [a, b] = [old[i], own[j]];
      if (a !== undefined && b !== undefined && overlaps(a, b)) {
        if (isSame(a, b)) same++;
        else moved.push(movedOf(a, b));
        i++;
        j++;
      } else if (b === undefined || (a !== undefined && a.from < b.from)) {
        onlyBefore.push(a as Episode);
        i++;
      } else {
        onlyAfter.push(b);
        j++;
      }
    }
  }
  const byTime = (a: Episode, b: Episode) => a.from - b.from;
  return {
    ...{ same, moved, left: before.episodesLeft + after.episodesLeft },
    onlyBefore: onlyBefore.sort(byTime),
    onlyAfter: onlyAfter.sort(byTime),
  };
}

function byAlarm(episodes: readonly Episode[]): Map<string, Episode[]> {
  const found = new Map<string, Episode[]>();
  for (const episode of episodes) {
    const list = found.get(episode.alarm);
    if (list === undefined) found.set(episode.alarm, [episode]);
    else list.push(episode);
  }
  for (const list of found.values()) list.sort((a, b) => a.from - b.from);
  return found;
}

const endOf = ({ to }: Episode): number => to ?? Number.POSITIVE_INFINITY;

/** Touching counts: an alarm of no length has no inside. */
function overlaps(a: Episode, b: Episode): boolean {
  return a.from <= endOf(b) && b.from <= endOf(a);
}

function isSame(a: Episode, b: Episode): boolean {
  return a.from === b.from && a.to === b.to && a.priority === b.priority;
}

function movedOf(a: Episode, b: Episode): Moved {
  const span = ({ from, to, priority }: Episode): Span => ({ from, to, priority });
  return {
    alarm: b.alarm,
    before: span(a),
    after: span(b),
    beginsLaterMs: b.from - a.from,
    endsLaterMs: a.to === null || b.to === null ? null : b.to - a.to,
  };
}
