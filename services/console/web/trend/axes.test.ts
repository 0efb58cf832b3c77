import { expect, test } from 'vitest';
import { axesOf, scaleRange } from './axes.ts';

test('axesOf() gives an axis to each unit, the first at the left, up to the bound; series of one unit share it', () => {
  const { axes, scales } = axesOf(['Cel', 'bar', 'Cel', null, '%'], 3);
  expect(axes).toEqual([
    { scale: 'y0', unit: 'Cel', isLeft: true, series: [0, 2] },
    { scale: 'y1', unit: 'bar', isLeft: false, series: [1] },
    { scale: 'y2', unit: null, isLeft: false, series: [3] },
  ]);
  expect(scales).toEqual(['y0', 'y1', 'y0', 'y2', 'y3']);
});

test.each([
  ['a margin around the values', [0, 100, []], [-8, 108]],
  ['a flat line in the middle', [50, 50, []], [45, 55]],
  ['a flat line at zero', [0, 0, []], [-1, 1]],
  ['a limit that is near', [60, 75, [80]], [58.4, 81.6]],
  ['no limit that is far: the values would be flat', [1, 2, [100]], [0.92, 2.08]],
  ['limits alone', [null, null, [10, 20]], [9.2, 20.8]],
  ['nothing', [null, null, []], [0, 1]],
] as const)('scaleRange() has %s', (_, [low, high, limits], [from, to]) => {
  const range = scaleRange(low, high, [...limits]);
  expect(range.map((value) => Number(value.toFixed(6)))).toEqual([from, to]);
});
