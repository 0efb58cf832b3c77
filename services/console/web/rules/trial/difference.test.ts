import { expect, it } from 'vitest';
import type { Episode } from '#rules/backtest/episodes.ts';
import type { BacktestView, ComparisonView } from '../../../api/rules.ts';
import { differenceOf, episodeRows } from './difference.ts';

const episode = (from: number, to: number | null = from + 5): Episode => ({
  ...{ alarm: 'r/s/a/t1', rule: 'r', from, to, priority: 'high', isSuppressed: false, summary: '' },
  parts: [{ from, priority: 'high' }],
});
const span = (from: number, to: number | null) => ({ from, to, priority: 'high' as const });
const moved = {
  ...{ alarm: 'r/s/a/t1', before: span(18, 25), after: span(20, 25) },
  ...{ beginsLaterMs: 2, endsLaterMs: 0 },
};
const COMPARISON: ComparisonView = {
  ...{ same: 1, onlySaved: [episode(5)], onlyText: [episode(30)], moved: [moved], left: 0 },
  totals: { onlySaved: 1, onlyText: 1, moved: 1 },
};
const result = { episodes: [episode(10), episode(20), episode(30)] } as unknown as BacktestView['result'];

it('episodeRows() says of each alarm what became of it, and keeps those that are no more', () => {
  expect(episodeRows({ result, comparison: COMPARISON }).map(({ episode: { from }, than }) => [from, than])).toEqual([
    [5, 'removed'],
    [10, 'same'],
    [20, moved],
    [30, 'added'],
  ]);
});

it('episodeRows() compares with nothing where nothing was compared', () => {
  expect(episodeRows({ result, comparison: null }).map(({ than }) => than)).toEqual([null, null, null]);
});

it('differenceOf() counts all, not only those that are listed', () => {
  const totals = { onlySaved: 900, onlyText: 0, moved: 1 };
  expect(differenceOf({ ...COMPARISON, totals })).toEqual({ saved: 900, text: 0, moved: 1, same: 1 });
  expect(differenceOf({ ...COMPARISON, totals: { onlySaved: 0, onlyText: 0, moved: 0 } })).toBeNull();
});
