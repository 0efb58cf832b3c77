import { expect, test } from 'vitest';
import { START, sampleAlarm } from '../../testing.ts';
import { alarmsCsv } from '../alarms/alarms-csv.ts';
import { type CsvCell, csvMoment, formatCsv } from './csv.ts';

const cellOf = (cell: CsvCell) => formatCsv(['h'], [[cell]]).slice('\ufeffh\r\n'.length, -2);

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
])('formatCsv() writes %j as %j', (cell, expected) => {
  expect(cellOf(cell)).toBe(expected);
});

test('formatCsv() is a table of lines that end as RFC 4180 says, marked as UTF-8', () => {
  expect(
    formatCsv(
      ['a', 'ü'],
      [
        [1, 'x'],
        [null, 2],
      ],
    ),
  ).toBe('\ufeffa,ü\r\n1,x\r\n,2\r\n');
});

test('csvMoment() is UTC, and nothing for what is no moment', () => {
  expect([START, null, Number.NaN, 9e15].map(csvMoment)).toEqual(['2027-01-15T08:00:00.000Z', '', '', '']);
});

test('alarmsCsv() has a cell for each column, and hostile texts in it as texts', () => {
  const alarm = { ...sampleAlarm({ summary: '=1,"<b>"', ackComment: '@x' }), id: 'a' };
  const [header = '', row = ''] = alarmsCsv([alarm]).split('\r\n');
  expect(header.split(',').slice(0, 2)).toEqual(['\ufeffpriority', 'state']);
  expect(row).toContain(`,"'=1,""<b>""",`);
  expect(row).toContain(",'@x,");
  expect(row).toContain('temperature = 82 °C (0 s)'.replace(' °', '\u00a0°'));
});
