import { expect, test } from 'vitest';
import type { Changes, ValueView } from '../../api/live.ts';
import { sampleAlarm, sampleReject } from '../../testing.ts';
import { EMPTY_PLANT, folded, fromSnapshot, withAlarms, withChanges } from './plant-state.ts';

const VALUE: ValueView = {
  id: 7,
  site: 'lyon',
  area: 'tank-farm',
  device: 'tank-01',
  metric: 'temperature',
  value: 1,
  quality: 'good',
  measuredAt: 1,
  unit: 'Cel',
  staleAfterMs: 1_000,
  storedEveryMs: 0,
};
const QUIET: Changes = {
  now: 1,
  broker: null,
  added: [],
  changed: [],
  devices: [],
  services: [],
  rejected: [],
  dropped: { alarms: 0, series: 0, devices: 0 },
};
const rejectOf = (n: number) => ({ ...sampleReject(), n, meaning: '' });

test('a snapshot replaces everything', () => {
  const before = withChanges(EMPTY_PLANT, { ...QUIET, added: [VALUE], rejected: [rejectOf(1)] });
  const after = fromSnapshot({
    now: 2,
    alarms: [],
    values: [],
    devices: [],
    services: [],
    commands: [],
    rejected: [],
    dropped: before.dropped,
    broker: 'gone',
  });
  expect(after).toEqual({ ...EMPTY_PLANT, broker: 'gone' });
});

test('alarms come, change and go', () => {
  const alarm = { ...sampleAlarm(), id: 'a' };
  const one = withAlarms(EMPTY_PLANT, [{ id: 'a', alarm }]);
  expect(withAlarms(one, [{ id: 'a', alarm: { ...alarm, state: 'ACKED' } }]).alarms.get('a')?.state).toBe('ACKED');
  expect(withAlarms(one, [{ id: 'a', alarm: null }]).alarms.size).toBe(0);
  expect(one.alarms.size).toBe(1);
});

test('events are folded in their order: a snapshot ends what came before it, and an alarm is as it was told last', () => {
  const alarmOf = (id: string, state: 'UNACK' | 'ACKED') => ({ id, alarm: { ...sampleAlarm({ state }), id } });
  const snapshot = {
    ...EMPTY_PLANT,
    now: 1,
    alarms: [alarmOf('b', 'UNACK').alarm],
    values: [],
    devices: [],
    services: [],
    commands: [],
  };
  const state = folded(EMPTY_PLANT, [
    { event: 'alarms', data: [alarmOf('a', 'UNACK')] },
    { event: 'snapshot', data: snapshot },
    { event: 'alarms', data: [alarmOf('c', 'UNACK'), { id: 'b', alarm: null }] },
    { event: 'changes', data: { ...QUIET, broker: 'gone' } },
    { event: 'alarms', data: [alarmOf('c', 'ACKED')] },
  ]);
  expect([...state.alarms].map(([id, { state }]) => [id, state])).toEqual([['c', 'ACKED']]);
  expect(state.broker).toBe('gone');
});

test('a changed value keeps what its series was told with; one of an unknown series waits for the next snapshot', () => {
  const state = withChanges(EMPTY_PLANT, {
    ...QUIET,
    added: [VALUE],
    changed: [
      [7, 2, 'bad', 5],
      [8, 3, 'good', 5],
    ],
  });
  expect([...state.values.values()]).toEqual([{ ...VALUE, value: 2, quality: 'bad', measuredAt: 5 }]);
});

test('refused messages are kept newest first, up to the bound', () => {
  const first = withChanges(EMPTY_PLANT, {
    ...QUIET,
    rejected: Array.from({ length: 200 }, (_, i) => rejectOf(200 - i)),
  });
  const { rejected } = withChanges(first, { ...QUIET, rejected: [rejectOf(202), rejectOf(201)] });
  expect([rejected.length, rejected[0]?.n, rejected[2]?.n, rejected[199]?.n]).toEqual([200, 202, 200, 3]);
});

test('what did not change stays the same object, so that nothing is drawn again for it', () => {
  const state = withChanges(EMPTY_PLANT, QUIET);
  for (const part of ['alarms', 'values', 'devices', 'services', 'rejected'] as const)
    expect(state[part]).toBe(EMPTY_PLANT[part]);
});
