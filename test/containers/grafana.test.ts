import { expect, it } from 'vitest';
import { seriesOf } from './grafana.ts';

it('turns columns into rows', () => {
  const fields = [{ name: 'Time' }, { name: 'mean' }];
  expect(
    seriesOf({
      schema: { name: 'reading', fields },
      data: {
        values: [
          [1, 2],
          [20.5, null],
        ],
      },
    }),
  ).toEqual({
    name: 'reading',
    columns: ['Time', 'mean'],
    values: [
      [1, 20.5],
      [2, null],
    ],
  });
});

it('puts a key before the values of a list, as the store does', () => {
  const frame = { schema: { fields: [{ name: 'Value' }] }, data: { values: [['lyon', 'home']] } };
  expect(seriesOf(frame).values).toEqual([
    ['', 'lyon'],
    ['', 'home'],
  ]);
});

it('has no rows where there are none', () => {
  expect(seriesOf({ schema: { fields: [] }, data: { values: [] } }).values).toEqual([]);
});
