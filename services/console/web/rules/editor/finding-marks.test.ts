import { describe, expect, it } from 'vitest';
import { fixOf, spanOf } from './finding-marks.ts';

const TEXT = '{\n  "id": "tank",\n  "levle": 8\n}\n';
const said = (text: string, { from, to }: { from: number; to: number }) => text.slice(from, to);

describe('spanOf()', () => {
  it('covers the word', () => {
    expect(said(TEXT, spanOf(TEXT, { line: 3, column: 3, endColumn: 10 }))).toBe('"levle"');
  });
  it('covers one sign where there is no word', () => {
    expect(said(TEXT, spanOf(TEXT, { line: 1, column: 1 }))).toBe('{');
  });
  it.each([
    [{ line: 99, column: 1 }, TEXT.length],
    [{ line: 2, column: 999 }, 17],
    [{ line: 1, column: 0 }, 0],
  ])('keeps %o inside the text', (place, from) => {
    expect(spanOf(TEXT, place).from).toBe(from);
  });
  it('is a point in an empty text', () => {
    expect(spanOf('', { line: 1, column: 1 })).toEqual({ from: 0, to: 0 });
  });
});

describe('fixOf()', () => {
  it('keeps the quotes', () => {
    const { from, to, insert } = fixOf(TEXT, spanOf(TEXT, { line: 3, column: 3, endColumn: 10 }), 'level');
    expect(TEXT.slice(0, from) + insert + TEXT.slice(to)).toContain('"level": 8');
  });
  it('escapes what would end the text', () => {
    expect(fixOf('"a"', { from: 0, to: 3 }, 'x"y').insert).toBe('x\\"y');
  });
  it('replaces a bare word', () => {
    expect(fixOf('tru', { from: 0, to: 3 }, 'true')).toEqual({ from: 0, to: 3, insert: 'true' });
  });
});
