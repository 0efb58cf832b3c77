import { expect, test } from 'vitest';
import { sampleAlarm } from '../../testing.ts';
import { alarmsCsv } from './alarms-csv.ts';

test('alarmsCsv() has a cell for each column, and hostile texts in it as texts', () => {
  const alarm = { ...sampleAlarm({ summary: '=1,"<b>"', ackComment: '@x' }), id: 'a' };
  const [header = '', row = ''] = alarmsCsv([alarm]).split('\r\n');
  expect(header.split(',').slice(0, 2)).toEqual(['priority', 'state']);
  expect(row).toContain(`,"'=1,""<b>""",`);
  expect(row).toContain(",'@x,");
  expect(row).toContain('temperature = 82 °C (0 s)'.replace(' °', '\u00a0°'));
});
