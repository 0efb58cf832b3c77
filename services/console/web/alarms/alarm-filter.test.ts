import { expect, test } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { START, sampleAlarm } from '../../testing.ts';
import { type AlarmFilter, formatFilter, NO_FILTER, parseFilter, passes } from './alarm-filter.ts';

const viewOf = (changes: Partial<AlarmMessage> = {}) => ({
  ...sampleAlarm(changes),
  id: 'lyon/tank-farm/tank-hot/tank-01',
});

test.each<[string, Partial<AlarmFilter>]>([
  ['', {}],
  ['show=unacked', { show: 'unacked' }],
  ['site=lyon&area=tank-farm', { site: 'lyon', area: 'tank-farm' }],
  ['priority=critical,low', { priorities: ['critical', 'low'] }],
  ['state=RTNUN', { states: ['RTNUN'] }],
  ['q=100%25+hot+%26+%3Cb%3E', { find: '100% hot & <b>' }],
  ['from=2027-01-15T08:00Z&to=2027-01-15T09:30Z', { from: START, to: START + 5_400_000 }],
])('the address %s is a filter, and the filter that address', (query, changes) => {
  const filter = { ...NO_FILTER, ...changes };
  expect(parseFilter(new URLSearchParams(query))).toEqual(filter);
  const given = Object.entries(formatFilter(filter)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  expect(new URLSearchParams(given).toString()).toBe(new URLSearchParams(query).toString());
});

test('words that mean nothing are no filter', () => {
  const query = 'show=constructor&priority=urgent,&state=NORM,x&from=yesterday&to=&nothing=1';
  expect(parseFilter(new URLSearchParams(query))).toEqual(NO_FILTER);
});

test.each<[Partial<AlarmFilter>, Partial<AlarmMessage>, boolean]>([
  [{}, {}, true],
  [{}, { overlay: 'SHLVD' }, false],
  [{ show: 'aside' }, { overlay: 'SHLVD' }, true],
  [{ show: 'unacked' }, { state: 'ACKED' }, false],
  [{ site: 'lyon', area: 'tank-farm' }, {}, true],
  [{ site: 'paris' }, {}, false],
  [{ area: 'boiler' }, {}, false],
  [{ priorities: ['critical', 'high'] }, {}, true],
  [{ priorities: ['low'] }, {}, false],
  [{ states: ['RTNUN', 'UNACK'] }, {}, true],
  [{ states: ['RTNUN'] }, {}, false],
  [{ find: '  TANK-01  cel ' }, {}, true],
  [{ find: 'team-a' }, { labels: { team: 'Team-A' } }, true],
  [{ find: 'tank-02' }, {}, false],
  [{ from: START }, {}, false],
  [{ from: START, to: START }, { state: 'RTNUN', clearedAt: START }, true],
  [{ to: START }, { state: 'RTNUN', clearedAt: START + 30_000 }, true],
  [{ to: START }, { state: 'RTNUN', clearedAt: START + 60_000 }, false],
  [{ to: START - 1 }, { state: 'RTNUN', clearedAt: START }, false],
  [{ from: START + 1 }, { state: 'RTNUN', clearedAt: START }, false],
])('with %j an alarm with %j passes: %s', (filter, alarm, expected) => {
  expect(passes({ ...NO_FILTER, ...filter })(viewOf(alarm))).toBe(expected);
});
