// The alarms of a text, each with what became of it against the saved rule, and those that are no more, in the order of time.

import type { Moved } from '#rules/backtest/compare.ts';
import type { Episode } from '#rules/backtest/episodes.ts';
import type { BacktestView, ComparisonView } from '../../../api/rules.ts';

/** null: nothing was compared. */
export type Than = 'same' | 'added' | 'removed' | Moved | null;
export type EpisodeRow = { readonly episode: Episode; readonly than: Than };

const keyOf = (alarm: string, from: number) => `${from} ${alarm}`;

export function episodeRows({ result, comparison }: Pick<BacktestView, 'result' | 'comparison'>): EpisodeRow[] {
  if (comparison === null) return result.episodes.map((episode) => ({ episode, than: null }));
  const added = new Set(comparison.onlyText.map(({ alarm, from }) => keyOf(alarm, from)));
  const moved = new Map(comparison.moved.map((each) => [keyOf(each.alarm, each.after.from), each]));
  const rows = result.episodes.map((episode): EpisodeRow => {
    const key = keyOf(episode.alarm, episode.from);
    return { episode, than: added.has(key) ? 'added' : (moved.get(key) ?? 'same') };
  });
  const removed = comparison.onlySaved.map((episode): EpisodeRow => ({ episode, than: 'removed' }));
  return [...rows, ...removed].sort((a, b) => a.episode.from - b.episode.from);
}

/** How many of each; null where all are the same. */
export function differenceOf({ same, totals }: ComparisonView) {
  const { onlyText: text, onlySaved: saved, moved } = totals;
  return text + saved + moved === 0 ? null : { text, saved, moved, same };
}
