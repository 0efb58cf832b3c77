import { expect, test } from 'vitest';
import { ALARM_OPERATIONS, ALARM_STATES, type AlarmMessage, type AlarmOperationName } from './alarm.ts';
import { waitingCommands, whyNot } from './alarm-operations.ts';
import { COMMAND_STATUSES } from './command.ts';

const alarm: AlarmMessage = {
  ...{ alarmId: 'a', seq: 1, rule: 'r', rev: '1', name: 'R', site: 's', area: 'a', instance: 'i' },
  ...{
    state: 'NORM',
    overlay: null,
    shelvedUntil: null,
    shelvingMsMax: 60_000,
    priority: 'high',
    firstOut: false,
    episode: 1,
  },
  ...{ quality: 'GOOD', activeSince: 0, clearedAt: null, changedAt: 0, ackedBy: null, ackComment: null },
  ...{ inputs: {}, summary: '', reason: '', labels: {}, commands: [], shadow: false },
};
const offered = (changes: Partial<AlarmMessage>): AlarmOperationName[] =>
  ALARM_OPERATIONS.filter((op) => whyNot(op, { ...alarm, ...changes }) === undefined);

test.each(ALARM_STATES)('in state %s an alarm can be acknowledged, or reset, or neither', (state) => {
  const own = { UNACK: ['ack'], RTNUN: ['ack'], LATCH: ['reset'], NORM: [], PENDING: [], ACKED: [] }[state];
  expect(offered({ state }).filter((op) => op === 'ack' || op === 'reset')).toEqual(own);
});

test('what was done to an alarm can be undone, and only that', () => {
  const undoing = (changes: Partial<AlarmMessage>) =>
    offered(changes).filter((op) => ['unshelve', 'oos', 'in-service'].includes(op));
  expect(undoing({})).toEqual(['oos']);
  expect(undoing({ overlay: 'DSUPR' })).toEqual(['oos']);
  expect(undoing({ overlay: 'SHLVD', shelvedUntil: 0 })).toEqual(['unshelve', 'oos']);
  expect(undoing({ overlay: 'OOSRV' })).toEqual(['in-service']);
  expect(undoing({ overlay: 'OOSRV', shelvedUntil: 9 })).toEqual(['unshelve', 'in-service']);
});

test('shelving is offered unless the rule forbids it', () => {
  expect(offered({ shelvingMsMax: 1 })).toContain('shelve');
  expect(offered({ shelvingMsMax: 0 })).not.toContain('shelve');
});

test('a command can be approved only while it waits for that', () => {
  const commands = COMMAND_STATUSES.map((status) => ({ cid: status, command: 'valve.set', device: 'v', status }));
  expect(waitingCommands({ ...alarm, commands }).map(({ cid }) => cid)).toEqual(['AWAITING_APPROVAL']);
  expect(offered({ commands })).toContain('approve');
  expect(offered({ commands: commands.filter(({ cid }) => cid !== 'AWAITING_APPROVAL') })).not.toContain('approve');
});

test('whyNot() ends a sentence, and says by whom where somebody was first', () => {
  for (const op of ALARM_OPERATIONS) expect(whyNot(op, alarm) ?? 'is open').toMatch(/^(?:is|has|waits)\b.*[^.]$/s);
  expect(whyNot('ack', { ...alarm, state: 'ACKED', ackedBy: 'eve' })).toBe(
    'waits for no acknowledgement: it is ACKED (by eve)',
  );
});
