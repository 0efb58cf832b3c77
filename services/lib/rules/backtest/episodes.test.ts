import { describe, expect, it } from 'vitest';
import { EpisodeFold } from './episodes.ts';
import { entry, HOUR, MINUTE, returned, T0 } from './testing.ts';

function foldOf(entries: Parameters<EpisodeFold['take']>[0][], to = T0 + HOUR): EpisodeFold {
  const fold = new EpisodeFold(T0);
  for (const each of entries) fold.take(each);
  fold.finish(to);
  return fold;
}

describe('EpisodeFold', () => {
  it('measures what is over, and what is not over until the end', () => {
    const fold = foldOf([entry(T0 + MINUTE), returned(T0 + 3 * MINUTE), entry(T0 + 50 * MINUTE)]);
    expect(fold.episodes.map(({ from, to }) => [from - T0, to === null ? null : to - T0])).toEqual([
      [MINUTE, 3 * MINUTE],
      [50 * MINUTE, null],
    ]);
    expect(fold.rules.get('r')).toMatchObject({ activations: 2, inAlarmMs: 12 * MINUTE, longest: { ms: 10 * MINUTE } });
  });

  it('counts the time of what was active before, and not its activation', () => {
    const fold = foldOf([entry(T0 - HOUR), returned(T0 + MINUTE)]);
    expect(fold.rules.get('r')).toMatchObject({ activations: 0, inAlarmMs: MINUTE });
    expect(fold.episodes[0]?.from).toBe(T0);
  });

  it('leaves out what was over before', () => {
    const fold = foldOf([entry(T0 - HOUR), returned(T0 - MINUTE)]);
    expect([fold.episodes, fold.rules.size]).toEqual([[], 0]);
  });

  it('keeps the parts of each priority, and the highest of all', () => {
    const level = (at: number, priority: 'high' | 'low') => entry(at, { event: 'LEVEL', priority });
    const fold = foldOf([entry(T0), level(T0 + 1, 'high'), level(T0 + 2, 'low'), returned(T0 + 3)]);
    expect(fold.episodes[0]).toMatchObject({
      priority: 'high',
      parts: [
        { from: T0, priority: 'medium' },
        { from: T0 + 1, priority: 'high' },
        { from: T0 + 2, priority: 'low' },
      ],
    });
  });

  it('ends an episode whose return is missing with the next activation', () => {
    expect(foldOf([entry(T0), entry(T0 + MINUTE)]).episodes.map(({ to }) => to)).toEqual([T0 + MINUTE, null]);
  });

  it('passes over returns and levels of what was never active, and everything historical', () => {
    const entries = [returned(T0), entry(T0 + 1, { event: 'LEVEL' }), entry(T0 + 2, { historical: true })];
    expect(foldOf(entries).episodes).toEqual([]);
  });

  it('counts what it does not keep', () => {
    const many = Array.from({ length: 20_001 }, (_, i) => [entry(T0 + 2 * i), returned(T0 + 2 * i + 1)]).flat();
    const fold = foldOf(many);
    expect([fold.episodes.length, fold.left, fold.rules.get('r')?.activations]).toEqual([20_000, 1, 20_001]);
  });

  it('keeps an alarm that swings between levels for ever small', () => {
    const swing = Array.from({ length: 5_000 }, (_, i) =>
      entry(T0 + i, { event: i === 0 ? 'ACTIVE' : 'LEVEL', priority: i % 2 === 0 ? 'low' : 'high' }),
    );
    expect(foldOf(swing).episodes[0]?.parts.length).toBeLessThanOrEqual(500);
  });
});
