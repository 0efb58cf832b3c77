import { expect, test } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { START, sampleAlarm } from '../../testing.ts';
import { respondTime } from './respond.ts';

const TEN_MINUTES = { rationalisation: { timeToRespond: '10m' } };

test.each<[string, Partial<AlarmMessage>, number, number | undefined]>([
  ['runs from the activation', TEN_MINUTES, 60_000, 540_000],
  ['runs on after the acknowledgement', { ...TEN_MINUTES, state: 'ACKED' }, 60_000, 540_000],
  ['is over', TEN_MINUTES, 600_001, -1],
  ['does not run for what has returned', { ...TEN_MINUTES, state: 'RTNUN' }, 0, undefined],
  ['does not run for what is shelved', { ...TEN_MINUTES, overlay: 'SHLVD' }, 0, undefined],
  ['does not run where the rule names no time', {}, 0, undefined],
  ['does not run for a time that is none', { rationalisation: { timeToRespond: 'soon' } }, 0, undefined],
  ['does not run for a time of nothing', { rationalisation: { timeToRespond: '0s' } }, 0, undefined],
])('the time to respond %s', (_, changes, afterMs, leftMs) => {
  expect(respondTime(sampleAlarm(changes), START + afterMs)?.leftMs).toBe(leftMs);
});
