import { expect, it } from 'vitest';
import { rowsIn, seriesOf } from './grafana.ts';

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

it('counts rows that hold a value', () => {
  const columns = ['Time', 'device', 'last'];
  const values = [
    [1, 'tank-01', 20.5],
    [2, 'tank-01', null],
  ];
  const query = 'SELECT last("value") FROM "reading" GROUP BY time(1s), "device" fill(null)';
  expect(rowsIn([{ name: 'reading', columns, values }], query)).toBe(1);
  expect(rowsIn([{ name: 'reading', columns, values }], 'SELECT "device", last FROM "reading"')).toBe(2);
  expect(rowsIn([], query)).toBe(0);
});
