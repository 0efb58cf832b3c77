import { expect, test } from 'vitest';
import { ALARM_OVERLAYS, ALARM_STATES, type AlarmState, type Priority } from '#domain/alarm.ts';
import { sampleAlarm } from '../../testing.ts';
import { FILTER_NAMES, isAside, isOpen, sortedAlarms } from './order.ts';

const alarmOf = (id: string, priority: Priority, state: AlarmState, activeSince = 0, shadow = false) => ({
  ...sampleAlarm({ priority, state, activeSince, shadow }),
  id,
});

test('sortedAlarms() puts the urgent first, of those the newest', () => {
  const list = [
    alarmOf('low', 'low', 'UNACK', 9),
    alarmOf('old', 'critical', 'ACKED', 1),
    alarmOf('new', 'critical', 'UNACK', 2),
    alarmOf('high', 'high', 'RTNUN', 5),
  ];
  expect(sortedAlarms(list, 'open').map((alarm) => alarm.id)).toEqual(['new', 'old', 'high', 'low']);
});

test('sortedAlarms() puts a critical alarm that is active above a newer one that has returned', () => {
  const list = [
    alarmOf('returned', 'critical', 'RTNUN', 9),
    alarmOf('acked', 'critical', 'ACKED', 5),
    alarmOf('active', 'critical', 'UNACK', 1),
  ];
  expect(sortedAlarms(list, 'open').map((alarm) => alarm.id)).toEqual(['active', 'acked', 'returned']);
});

test.each([
  ['open', ['UNACK', 'ACKED', 'RTNUN', 'LATCH']],
  ['unacked', ['UNACK', 'RTNUN']],
] as const)("sortedAlarms() with the filter '%s'", (filter, expected) => {
  const states = ['NORM', 'PENDING', 'UNACK', 'ACKED', 'RTNUN', 'LATCH'] as const;
  const list = [
    ...states.map((state) => alarmOf(state, 'high', state)),
    alarmOf('shadow', 'critical', 'UNACK', 0, true),
  ];
  const found = sortedAlarms(list, filter).map((alarm) => alarm.id);
  expect(found.toSorted()).toEqual(expected.toSorted());
});

test('no filter promises normal alarms, which the page is never told of', () => {
  const normal = [alarmOf('normal', 'critical', 'NORM')];
  expect(FILTER_NAMES.map((name) => [name, sortedAlarms(normal, name).length])).toEqual([
    ['open', 0],
    ['unacked', 0],
    ['aside', 0],
  ]);
});

test('an alarm under an overlay is aside in every state, calls for nobody and counts nowhere', () => {
  const list = ALARM_STATES.flatMap((state) =>
    ALARM_OVERLAYS.map((overlay) => ({ ...alarmOf(`${state} ${overlay}`, 'critical', state), overlay })),
  );
  expect(list.filter(isOpen)).toEqual([]);
  expect(sortedAlarms(list, 'unacked')).toEqual([]);
  expect(sortedAlarms(list, 'aside')).toHaveLength(18);
  const shadow = alarmOf('shadow', 'critical', 'UNACK', 0, true);
  expect(isAside({ ...shadow, overlay: 'SHLVD' })).toBe(false);
});
