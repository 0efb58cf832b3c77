import { expect, test } from 'vitest';
import { ALARM_OVERLAYS, ALARM_STATES, type AlarmState, type Priority } from '#domain/alarm.ts';
import { sampleAlarm } from '../../testing.ts';
import { countAlarms } from './counts.ts';
import { compareAlarms, isAside, isCalling, isOpen } from './order.ts';

const alarmOf = (id: string, priority: Priority, state: AlarmState, activeSince = 0, shadow = false) => ({
  ...sampleAlarm({ priority, state, activeSince, shadow }),
  id,
});
const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

test('compareAlarms() puts the urgent first, of those the newest', () => {
  const list = [
    alarmOf('low', 'low', 'UNACK', 9),
    alarmOf('old', 'critical', 'ACKED', 1),
    alarmOf('new', 'critical', 'UNACK', 2),
    alarmOf('high', 'high', 'RTNUN', 5),
  ];
  expect(idsOf(list.sort(compareAlarms))).toEqual(['new', 'old', 'high', 'low']);
});

test('compareAlarms() puts a critical alarm that is active above a newer one that has returned', () => {
  const list = [
    alarmOf('returned', 'critical', 'RTNUN', 9),
    alarmOf('acked', 'critical', 'ACKED', 5),
    alarmOf('active', 'critical', 'UNACK', 1),
  ];
  expect(idsOf(list.sort(compareAlarms))).toEqual(['active', 'acked', 'returned']);
});

test.each([
  [isOpen, ['UNACK', 'ACKED', 'RTNUN', 'LATCH']],
  [isCalling, ['UNACK', 'RTNUN']],
] as const)('%o is true of alarms that call, and of no normal one or one on trial', (passes, expected) => {
  const list = [
    ...ALARM_STATES.map((state) => alarmOf(state, 'high', state)),
    alarmOf('shadow', 'critical', 'UNACK', 0, true),
  ];
  expect(idsOf(list.filter(passes)).toSorted()).toEqual(expected.toSorted());
});

test('an alarm under an overlay is aside in every state, calls for nobody and counts nowhere', () => {
  const list = ALARM_STATES.flatMap((state) =>
    ALARM_OVERLAYS.map((overlay) => ({ ...alarmOf(`${state} ${overlay}`, 'critical', state), overlay })),
  );
  expect([list.filter(isOpen), list.filter(isCalling)]).toEqual([[], []]);
  expect(list.filter(isAside)).toHaveLength(18);
  expect(countAlarms(list)).toMatchObject({ aside: 18, byPriority: { critical: { open: 0, unacked: 0 } } });
  const shadow = alarmOf('shadow', 'critical', 'UNACK', 0, true);
  expect(isAside({ ...shadow, overlay: 'SHLVD' })).toBe(false);
});

test('countAlarms() counts each priority by itself, and those that wait for an acknowledgement', () => {
  const list = [
    alarmOf('a', 'critical', 'UNACK'),
    alarmOf('b', 'critical', 'ACKED'),
    alarmOf('c', 'low', 'RTNUN'),
    alarmOf('d', 'low', 'NORM'),
  ];
  expect(countAlarms(list).byPriority).toEqual({
    critical: { open: 2, unacked: 1 },
    high: { open: 0, unacked: 0 },
    medium: { open: 0, unacked: 0 },
    low: { open: 1, unacked: 1 },
  });
});
