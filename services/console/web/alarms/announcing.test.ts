import { expect, test } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { sampleAlarm } from '../../testing.ts';
import { announcementOf, newAlarms } from './announcing.ts';

const viewOf = (id: string, changes: Partial<AlarmMessage> = {}) => ({ ...sampleAlarm(changes), id });
const tableOf = (...list: ReturnType<typeof viewOf>[]) => new Map(list.map((alarm) => [alarm.id, alarm]));

test.each([
  ['one that was not there', undefined, {}, true],
  ['one that comes again', { state: 'RTNUN' }, { episode: 2 }, true],
  ['one that comes again before anybody has seen it gone', {}, { episode: 2 }, true],
  ['one whose shelving ended', { overlay: 'SHLVD' }, {}, true],
  ['one that said something else', { seq: 1 }, { seq: 2 }, false],
  ['one that is acknowledged', {}, { state: 'ACKED' }, false],
  ['one that is shelved', {}, { overlay: 'SHLVD' }, false],
  ['one on trial', undefined, { shadow: true }, false],
] as const)('%s is news: %j then %j', (_, before, after, isNews) => {
  const was = before === undefined ? tableOf() : tableOf(viewOf('a', before));
  expect(newAlarms(was, tableOf(viewOf('a', after)))).toHaveLength(isNews ? 1 : 0);
});

test('a few alarms are named, the most urgent first; a flood is counted', () => {
  const flood = ['low', 'critical', 'high', 'medium'].map((priority) =>
    viewOf(priority, { priority: priority as 'low', summary: `the ${priority} one` }),
  );
  expect(announcementOf(newAlarms(tableOf(), tableOf(...flood.slice(0, 2))))).toEqual({
    text: 'New Critical alarm: the critical one. New Low alarm: the low one',
    isUrgent: true,
  });
  expect(announcementOf(newAlarms(tableOf(), tableOf(...flood)))).toEqual({
    text: '4 new alarms, the most urgent Critical',
    isUrgent: true,
  });
  expect(announcementOf(flood.slice(0, 1))?.isUrgent).toBe(false);
  expect(announcementOf([])).toBeUndefined();
});

test('a text of any length is cut', () => {
  expect(announcementOf([viewOf('a', { summary: 'x'.repeat(10_000) })])?.text.length).toBeLessThan(300);
});
