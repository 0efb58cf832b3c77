import { describe, expect, test } from 'vitest';
import type { AlarmMessage, AlarmOperationName } from '#domain/alarm.ts';
import type { JournalRow } from '../../api/history.ts';
import { START, sampleAlarm } from '../../testing.ts';
import { progressOf, refusalIn, type Sending } from './sending.ts';

const viewOf = (changes: Partial<AlarmMessage> = {}) => ({ ...sampleAlarm(changes), id: 'a' });
const sent = (op: AlarmOperationName, before = viewOf()): Sending => ({ is: 'sent', op, before, at: START });
const command = (cid: string, status: 'AWAITING_APPROVAL' | 'QUEUED') =>
  ({ cid, command: 'valve.set', device: 'v', status }) as const;

describe('an operation that was sent', () => {
  test.each<[AlarmOperationName, Partial<AlarmMessage>, Partial<AlarmMessage>]>([
    ['ack', {}, { state: 'ACKED' }],
    ['ack', { state: 'RTNUN' }, { state: 'NORM' }],
    ['reset', { state: 'LATCH' }, { state: 'NORM' }],
    ['shelve', {}, { overlay: 'SHLVD', shelvedUntil: START + 1 }],
    ['shelve', { overlay: 'SHLVD', shelvedUntil: 1 }, { overlay: 'SHLVD', shelvedUntil: 2 }],
    ['unshelve', { overlay: 'SHLVD', shelvedUntil: 1 }, { overlay: null, shelvedUntil: null }],
    ['unshelve', { overlay: 'OOSRV', shelvedUntil: 1 }, { shelvedUntil: null }],
    ['oos', {}, { overlay: 'OOSRV' }],
    ['in-service', { overlay: 'OOSRV' }, { overlay: 'SHLVD', shelvedUntil: 1 }],
    ['approve', { commands: [command('a', 'AWAITING_APPROVAL')] }, { commands: [command('a', 'QUEUED')] }],
  ])("'%s' of %j is done once the alarm shows %j", (op, before, after) => {
    const sending = sent(op, viewOf(before));
    expect(progressOf(sending, viewOf({ ...before, seq: 2 }), START)).toBe('sent');
    expect(progressOf(sending, viewOf({ ...before, seq: 2, ...after }), START)).toBe('idle');
  });

  test('is not taken for done because the alarm said something else', () => {
    const louder = viewOf({ seq: 2, priority: 'critical' });
    expect(progressOf(sent('ack'), louder, START + 5_000)).toBe('sent');
    expect(progressOf(sent('ack'), louder, START + 5_001)).toBe('unanswered');
  });

  test('is told as not done for a minute, and no longer', () => {
    expect(progressOf(sent('reset', viewOf({ state: 'LATCH' })), viewOf({ state: 'LATCH' }), START + 60_000)).toBe(
      'unanswered',
    );
    expect(progressOf(sent('reset', viewOf({ state: 'LATCH' })), viewOf({ state: 'LATCH' }), START + 60_001)).toBe(
      'idle',
    );
  });

  test('is over with its episode', () => {
    expect(progressOf(sent('ack'), viewOf({ alarmId: 'anew', episode: 2 }), START + 9_000)).toBe('idle');
  });

  test('an approval is done although a command that came later waits', () => {
    const before = viewOf({ commands: [command('a', 'AWAITING_APPROVAL'), command('b', 'AWAITING_APPROVAL')] });
    const half = viewOf({ commands: [command('a', 'QUEUED'), command('b', 'AWAITING_APPROVAL')] });
    const later = viewOf({ commands: [command('b', 'QUEUED'), command('c', 'AWAITING_APPROVAL')] });
    expect(progressOf(sent('approve', before), half, START)).toBe('sent');
    expect(progressOf(sent('approve', before), later, START)).toBe('idle');
  });

  test('a page whose clock is set back waits on', () => {
    expect(progressOf(sent('ack'), viewOf(), START - 3_600_000)).toBe('sent');
  });
});

test('a failure stands until the alarm says anything new', () => {
  const failed: Sending = { is: 'failed', op: 'ack', before: viewOf(), why: 'no broker' };
  expect(progressOf(failed, viewOf(), START + 1e9)).toBe('failed');
  expect(progressOf(failed, viewOf({ seq: 2 }), START)).toBe('idle');
});

test('what is being sent is so for as long as the console takes, unless it is seen done before the answer', () => {
  const sending: Sending = { is: 'sending', op: 'ack', before: viewOf() };
  expect(progressOf(sending, viewOf(), START + 1e9)).toBe('sending');
  expect(progressOf(sending, viewOf({ seq: 2, state: 'ACKED' }), START)).toBe('idle');
  expect(progressOf({ is: 'idle' }, viewOf(), START)).toBe('idle');
});

describe('why an operation was refused', () => {
  const row = (changes: Partial<JournalRow>) =>
    ({ event: 'REFUSED', alarmId: 'hot/1', seq: 5, comment: 'shelve: too long', ...changes }) as JournalRow;
  const refusal = (...rows: readonly JournalRow[]) => refusalIn(rows, { alarmId: 'hot/1', sinceSeq: 4 });

  test('is what the journal of this alarm says since', () => {
    expect(refusal(row({}))).toBe('shelve: too long');
    expect(refusal(row({}), row({ seq: 6, comment: 'ack: episode 1 is over' }))).toBe('ack: episode 1 is over');
  });

  test('is not what was refused before, to another alarm, or what was done', () => {
    expect(refusal()).toBeNull();
    expect(refusal(row({ seq: 4 }), row({ alarmId: 'hot/2' }), row({ event: 'ACKED' }))).toBeNull();
  });
});
