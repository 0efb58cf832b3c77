import { expect, test } from 'vitest';
import { type CsvCell, formatCsvMoment, formatCsvRow } from './csv.ts';

test.each<[CsvCell, string]>([
  ['plain', 'plain'],
  ['', ''],
  [null, ''],
  [-5.5, '-5.5'],
  [true, 'true'],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['  =cmd|calc', "'  =cmd|calc"],
  ['=HYPERLINK("http://evil","x")', '"\'=HYPERLINK(""http://evil"",""x"")"'],
  ['a=b', 'a=b'],
  ['a\nb', '"a\nb"'],
  [1e21, '1e+21'],
])('formatCsvRow() writes %j as %j', (cell, expected) => {
  expect(formatCsvRow([cell, 1])).toBe(`${expected},1\r\n`);
});

test('formatCsvMoment() is UTC, and nothing for what is no moment', () => {
  expect([1_800_000_000_000, null, Number.NaN, 9e15].map(formatCsvMoment)).toEqual([
    '2027-01-15T08:00:00.000Z',
    '',
    '',
    '',
  ]);
});
