import { describe, expect, it } from 'vitest';
import { divide } from './refusal.ts';
import { StoreError } from './store-error.ts';

const line = (fields: string, time = 1) => ({ text: `reading,device=d ${fields} ${time}` });
const said = (words: string, numbered: StoreError['numbered'] = []) =>
  new StoreError(`400: ${words}`, 'split', { words, numbered });
const conflict = (dropped: number) =>
  said(
    'partial write: field type conflict: input field "value" on measurement "reading" is type integer, ' +
      `already exists as type float dropped=${dropped}`,
  );

describe('divide()', () => {
  it('condemns the line that stands alone', () => {
    const only = line('value=1i');
    expect(divide([only], said('partial write'))).toEqual({ refused: [[only, '400: partial write']], groups: [] });
  });

  it('condemns the lines that the store repeats, and asks about the others at once', () => {
    const [good, bad, tricky] = [line('value=1'), line('value='), line('text="\': x" '.trim())];
    const words = `partial write: unable to parse '${bad.text}': missing field value\nunable to parse '${tricky.text}': bad dropped=0`;
    expect(divide([good, bad, tricky, good], said(words))).toEqual({
      refused: [
        [bad, `unable to parse '${bad.text}': missing field value`],
        [tricky, `unable to parse '${tricky.text}': bad dropped=0`],
      ],
      groups: [[good, good]],
    });
  });

  it('condemns the lines that the store numbers, unless a text of several lines shifts its numbers', () => {
    const lines = [line('value=1'), line('value=2'), line('value=3')];
    const numbered = [
      { number: 2, reason: 'no' },
      { number: 9, reason: 'is not there' },
    ];
    expect(divide(lines, said('partial write of line protocol occurred', numbered))).toEqual({
      refused: [[lines[1], 'no']],
      groups: [[lines[0], lines[2]]],
    });
    const shifted = [line('text="a\nb"'), line('value=2')];
    expect(divide(shifted, said('x', numbered)).refused).toEqual([]);
  });

  it('sets lines of the complained type apart, and condemns them once they are alone and as many as were dropped', () => {
    const [a, b, c] = [line('value=1i'), line('value=2'), line('value=3i')];
    expect(divide([a, b, c], conflict(2))).toEqual({ refused: [], groups: [[a, c], [b]] });
    expect(divide([a, c], conflict(2)).refused.map(([each]) => each)).toEqual([a, c]);
    expect(divide([a, c], conflict(1))).toEqual({ refused: [], groups: [[a], [c]] });
  });

  it('takes no word for a line of another measurement, field or type', () => {
    const others = [{ text: 'other value=1i 1' }, line('q=1i'), line('value="1i"'), { text: 'nonsense' }];
    expect(divide(others, conflict(1)).groups).toEqual([others.slice(0, 2), others.slice(2)]);
  });

  it('cuts where too old ends', () => {
    const lines = [line('value=1', 30), line('value=2', 10), line('value=3', 40), line('value=4', 20)];
    const times = (groups: readonly (readonly { text: string }[])[]) =>
      groups.map((group) => group.map(({ text }) => text.split(' ').at(-1)));
    const { groups } = divide(lines, said('partial write: points beyond retention policy dropped=1'));
    expect(times(groups)).toEqual([['10'], ['20', '30', '40']]);
    expect(times(divide(lines, said('points beyond retention policy')).groups)).toEqual([
      ['10', '20'],
      ['30', '40'],
    ]);
    expect(divide(lines, said('points beyond retention policy dropped=4')).refused).toHaveLength(4);
  });

  it('halves where it is told nothing', () => {
    const lines = [line('value=1'), line('value=2'), line('value=3')];
    expect(divide(lines, said('no'))).toEqual({ refused: [], groups: [lines.slice(0, 2), lines.slice(2)] });
    expect(divide([], said('no'))).toEqual({ refused: [], groups: [] });
  });
});
