import { expect, test } from 'vitest';
import {
  ALARM_OPERATIONS,
  type AlarmOverlay,
  type AlarmState,
  alarmOverlay,
  alarmState,
  isAnnunciated,
  parseAlarmOperation,
} from './alarm.ts';

// All sixteen combinations, in binary order of active, unacked, latched, pending: ISA-18.2's states are a function of them.
const TABLE: readonly AlarmState[] = [
  ...(['NORM', 'PENDING', 'LATCH', 'LATCH'] as const),
  ...(['RTNUN', 'RTNUN', 'RTNUN', 'RTNUN'] as const),
  ...(['ACKED', 'ACKED', 'ACKED', 'ACKED'] as const),
  ...(['UNACK', 'UNACK', 'UNACK', 'UNACK'] as const),
];

test.each(TABLE.map((state, i) => ({ state, i })))('alarmState() of facts $i is $state', ({ state, i }) => {
  const facts = { active: (i & 8) > 0, unacked: (i & 4) > 0, latched: (i & 2) > 0, pending: (i & 1) > 0 };
  expect(alarmState(facts)).toBe(state);
  expect(isAnnunciated(state)).toBe(facts.active || facts.unacked || facts.latched);
});

// All eight combinations, in binary order of out of service, shelved, suppressed: what a person did is shown first.
const OVERLAYS: readonly (AlarmOverlay | null)[] = [
  ...([null, 'DSUPR', 'SHLVD', 'SHLVD'] as const),
  ...(['OOSRV', 'OOSRV', 'OOSRV', 'OOSRV'] as const),
];

test.each(OVERLAYS.map((overlay, i) => ({ overlay, i })))(
  'alarmOverlay() of facts $i is $overlay',
  ({ overlay, i }) => {
    const facts = { outOfService: (i & 4) > 0, suppressed: (i & 1) > 0 };
    expect(alarmOverlay({ ...facts, shelvedUntil: (i & 2) > 0 ? 1_800_000_000_000 : null })).toBe(overlay);
    // The moment itself says nothing of whether it is shelved: the engine ends a shelving, no reader's clock does.
    if ((i & 2) > 0) expect(alarmOverlay({ ...facts, shelvedUntil: 0 })).toBe(overlay);
  },
);

test('parseAlarmOperation() takes every operation and drops what it does not know', () => {
  for (const op of ALARM_OPERATIONS) {
    expect(parseAlarmOperation({ op, episode: 3, by: 'maria', comment: '', until: 1, seq: 9 })).toEqual({
      op,
      episode: 3,
      by: 'maria',
      comment: '',
      until: 1,
    });
  }
  expect(parseAlarmOperation({ op: 'ack', episode: 3, by: 'maria' })).toEqual({ op: 'ack', episode: 3, by: 'maria' });
});

const ack = { op: 'ack', episode: 1, by: 'maria' };
test.each([
  [null, 'an operation is a JSON object'],
  [[ack], 'an operation is a JSON object'],
  ['ack', 'an operation is a JSON object'],
  [{ ...ack, op: 'acknowledge' }, "'op' must be one of ack, shelve, unshelve, reset, oos, in-service, approve"],
  [{ ...ack, op: 'constructor' }, "'op' must be one of ack, shelve, unshelve, reset, oos, in-service, approve"],
  [{ ...ack, op: ['ack'] }, "'op' must be one of ack, shelve, unshelve, reset, oos, in-service, approve"],
  [{ ...ack, episode: '1' }, "'episode' must be the whole number that the alarm's message bears"],
  [{ ...ack, episode: 1.5 }, "'episode' must be the whole number that the alarm's message bears"],
  [{ ...ack, episode: 2 ** 53 }, "'episode' must be the whole number that the alarm's message bears"],
  [{ op: 'ack', by: 'maria' }, "'episode' must be the whole number that the alarm's message bears"],
  [{ ...ack, by: ' ' }, "'by' must name who does it (1 to 128 characters)"],
  [{ ...ack, by: 'x'.repeat(129) }, "'by' must name who does it (1 to 128 characters)"],
  [{ ...ack, by: undefined }, "'by' must name who does it (1 to 128 characters)"],
  [{ ...ack, comment: 5 }, "'comment' must be a text of at most 2,000 characters"],
  [{ ...ack, comment: 'x'.repeat(2_001) }, "'comment' must be a text of at most 2,000 characters"],
  [{ ...ack, until: 1.5 }, "'until' must be a moment in ms since the epoch"],
  [{ ...ack, until: 'tomorrow' }, "'until' must be a moment in ms since the epoch"],
])('parseAlarmOperation() refuses %j', (payload, reason) => {
  expect(parseAlarmOperation(payload)).toBe(reason);
});

test('parseAlarmOperation() does not take an operation from a prototype', () => {
  expect(parseAlarmOperation(JSON.parse('{"__proto__":{"op":"ack","episode":1,"by":"x"}}'))).toMatch(/^'op'/);
});
