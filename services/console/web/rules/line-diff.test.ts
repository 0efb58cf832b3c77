import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffLine, diffLines, hunksOf } from './line-diff.ts';

const written = (lines: readonly DiffLine[]) =>
  lines.map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);

describe('diffLines()', () => {
  it.each([
    ['', '', []],
    ['a\n', 'a\n', [' a']],
    ['', 'a\nb\n', ['+a', '+b']],
    ['a\nb\n', '', ['-a', '-b']],
    ['a\nb\nc\n', 'a\nx\nc\n', [' a', '-b', '+x', ' c']],
    ['a\nb\n', 'b\na\n', ['-a', ' b', '+a']],
    ['a\nb\nc\nd\n', 'a\nc\nd\ne\n', [' a', '-b', ' c', ' d', '+e']],
  ])('%j to %j', (before, after, lines) => {
    expect(written(diffLines(before, after))).toEqual(lines);
  });

  it('numbers the lines of both texts', () => {
    expect(diffLines('a\nb\n', 'a\nx\nb\n').map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [null, 2],
      [2, 3],
    ]);
  });

  it('gives both texts back, and keeps every line that stayed in its place', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '  }'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const lines = diffLines(a.map((x) => `${x}\n`).join(''), b.map((x) => `${x}\n`).join(''));
        expect(lines.filter(({ kind }) => kind !== 'added').map((line) => line.text)).toEqual(a);
        expect(lines.filter(({ kind }) => kind !== 'removed').map((line) => line.text)).toEqual(b);
      }),
    );
  });

  it('of texts too large for the table it tells the middle as replaced', () => {
    const many = (word: string) => Array.from({ length: 3_000 }, (_, i) => `${word}${i}`).join('\n');
    const lines = diffLines(`first\n${many('a')}\nlast`, `first\n${many('b')}\nlast`);
    expect([lines.length, lines[0]?.kind, lines[1]?.kind, lines.at(-1)?.kind]).toEqual([
      6_002,
      'same',
      'removed',
      'same',
    ]);
  });
});

describe('hunksOf()', () => {
  const text = (changed: readonly number[]) =>
    Array.from({ length: 40 }, (_, i) => (changed.includes(i) ? `x${i}` : `${i}`)).join('\n');
  it('keeps three lines around a difference, and joins what is near', () => {
    const hunks = hunksOf(diffLines(text([]), text([5, 9, 30])));
    expect(hunks.map((hunk) => [hunk[0]?.before, hunk.at(-1)?.before])).toEqual([
      [3, 13],
      [28, 34],
    ]);
  });
  it('is empty where nothing differs', () => {
    expect(hunksOf(diffLines('a\nb', 'a\nb'))).toEqual([]);
  });
});
