import { describe, expect, it } from 'vitest';
import { fits, shapesOf, xOf } from './lanes.ts';

const FRAME = { from: 1_000, to: 2_000, width: 500 };
const unack = (from: number, to: number) => ({
  ...{ from, to },
  state: 'UNACK' as const,
  priority: 'high' as const,
});

describe('xOf()', () => {
  it.each([
    [1_000, 0],
    [1_500, 250],
    [2_000, 500],
    [0, 0],
    [9_000, 500],
  ])('%i', (at, x) => expect(xOf(at, FRAME)).toBe(x));
  it('is 0 in a frame without length', () => expect(xOf(5, { from: 5, to: 5, width: 100 })).toBe(0));
});

describe('shapesOf()', () => {
  it('draws a span where it lies', () => {
    expect(shapesOf([unack(1_100, 1_300)], FRAME)).toEqual([
      { state: 'UNACK', priority: 'high', x: 50, width: 100, from: 1_100, to: 1_300, count: 1 },
    ]);
  });
  it('cuts what reaches beyond the frame, and leaves out what lies outside', () => {
    const shapes = shapesOf([unack(0, 500), unack(900, 1_100), unack(1_900, 5_000), unack(2_000, 2_100)], FRAME);
    expect(shapes.map(({ x, width }) => [x, width])).toEqual([
      [0, 50],
      [450, 50],
    ]);
  });
  it('shows what is too short to be seen, also at the very end', () => {
    expect(shapesOf([unack(1_999, 2_000)], FRAME)).toMatchObject([{ x: 498, width: 2 }]);
  });
  it('joins those of one kind that nobody could tell apart, and no others', () => {
    const spans = [unack(1_000, 1_001), unack(1_003, 1_004), { from: 1_004, to: 1_006, state: 'RTNUN' as const }];
    expect(shapesOf(spans, FRAME).map(({ state, count }) => [state, count])).toEqual([
      ['UNACK', 2],
      ['RTNUN', 1],
    ]);
  });
  it('is bounded by the width, however many spans there are', () => {
    const spans = Array.from({ length: 50_000 }, (_, i) => unack(1_000 + i / 50, 1_000 + i / 50 + 0.01));
    expect(shapesOf(spans, FRAME).length).toBeLessThan(500);
  });
  it('calls a span without a state gathering', () => {
    expect(shapesOf([{ from: 1_000, to: 1_500 }], FRAME)[0]?.state).toBe('GATHERING');
  });
});

it('fits() keeps a word inside its shape', () => {
  expect([fits('UNACK', { width: 43 }), fits('UNACK', { width: 42 })]).toEqual([true, false]);
});
