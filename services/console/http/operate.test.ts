// Operations on alarms, from the request to the broker: what goes out, and what is refused at once and why.

import { expect, test } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { topics } from '#domain/topic.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { readSignature } from '#runtime/signed-operation.ts';
import { OPERATIONS_MAX, type OperationTarget } from '../api/alarms.ts';
import { delivered, OPERATIONS_KEY, openTestConsole, PAGE, publishAlarm, START, sampleAlarm } from '../testing.ts';

const URL = '/api/alarms/operations';
const ID = 'lyon/tank-farm/tank-hot/tank-01';
const idOf = (instance: string) => `lyon/tank-farm/tank-hot/${instance}`;

type Opened = Awaited<ReturnType<typeof openTestConsole>>;

/** A console that knows these alarms, and who asks it. */
async function openWith(alarms: readonly Partial<AlarmMessage>[], bus = new MemoryBus()) {
  const opened = await openTestConsole({ bus });
  for (const alarm of alarms) await publishAlarm(bus, sampleAlarm(alarm));
  await delivered();
  const headers = { cookie: await opened.logIn(), ...PAGE };
  const post = (payload: object) => opened.app.inject({ method: 'POST', url: URL, payload, headers });
  return { ...opened, post };
}

const sentBy = ({ bus }: Pick<Opened, 'bus'>) => bus.sent.filter(({ topic }) => topic.startsWith('alarm-op/'));

const SHELVED = { overlay: 'SHLVD', shelvedUntil: START + 60_000 } as const;
const COMMAND = { cid: 'tank-hot/tank-01/3/close', command: 'valve.set', device: 'T1-inlet' };
const WAITING = { commands: [{ ...COMMAND, status: 'AWAITING_APPROVAL' }] } as const;

test.each<[string, { comment?: string; until?: number }, Partial<AlarmMessage>]>([
  ['ack', { comment: ' seen ' }, {}],
  ['ack', {}, { state: 'RTNUN', ...SHELVED }],
  ['reset', {}, { state: 'LATCH' }],
  ['shelve', { until: START + 3_600_000, comment: 'being repaired' }, {}],
  ['shelve', {}, { state: 'ACKED' }],
  ['shelve', { until: START + 1 }, { state: 'NORM', ...SHELVED }],
  ['unshelve', {}, SHELVED],
  ['unshelve', {}, { ...SHELVED, overlay: 'OOSRV' }],
  ['oos', {}, { overlay: 'DSUPR' }],
  ['in-service', {}, { overlay: 'OOSRV', state: 'NORM' }],
  ['in-service', {}, { overlay: 'OOSRV', state: 'NORM', episode: 0 }],
  ['approve', { comment: '  ' }, WAITING],
])("'%s' with %j of an alarm with %j goes out signed, in the name of the session", async (op, rest, changes) => {
  const { episode = 3 } = changes;
  const { post, bus } = await openWith([{ ...changes, episode }]);
  const { comment, ...end } = rest;
  const answer = await post({ op, comment, alarms: [{ id: ID, episode, ...end }] });
  expect([answer.statusCode, answer.json()]).toEqual([200, { results: [{ id: ID, ok: true }] }]);
  const topic = topics.alarmOperation(sampleAlarm());
  const published = bus.payloads(topic).map((text) => JSON.parse(text));
  const said = comment?.trim() ? { comment: comment.trim() } : {};
  expect(published).toEqual([
    { op, episode, by: 'operator', ...end, ...said, role: 'engineer', sentAt: START, sig: expect.any(String) },
  ]);
  expect(readSignature(topic, published[0], OPERATIONS_KEY)).toEqual({ isSigned: true, role: 'engineer' });
});

test.each<[string, Partial<AlarmMessage>, RegExp]>([
  ['reset', {}, /waits for no reset: it is UNACK/],
  ['reset', { state: 'ACKED' }, /waits for no reset: it is ACKED/],
  ['ack', { state: 'ACKED', ackedBy: 'eve' }, /ACKED \(by eve\)/],
  ['unshelve', {}, /is not shelved/],
  ['unshelve', { overlay: 'DSUPR' }, /is not shelved/],
  ['oos', { overlay: 'OOSRV' }, /is out of service already/],
  ['in-service', { ...SHELVED }, /is in service/],
  ['approve', {}, /no command that waits for an approval/],
  ['approve', { commands: [{ ...COMMAND, status: 'SENT' }] }, /no command that waits for an approval/],
])("'%s' of an alarm with %j is refused at once, in words", async (op, changes, words) => {
  const opened = await openWith([changes]);
  const answer = await opened.post({ op, alarms: [{ id: ID, episode: 1 }] });
  expect(answer.json().results).toEqual([{ id: ID, ok: false, status: 409, detail: expect.stringMatching(words) }]);
  expect(sentBy(opened)).toEqual([]);
});

test.each(['ack', 'reset', 'shelve', 'unshelve', 'oos', 'in-service', 'approve'])("'%s' needs a login", async (op) => {
  const opened = await openWith([{}]);
  const payload = { op, alarms: [{ id: ID, episode: 1 }] };
  const answer = await opened.app.inject({ method: 'POST', url: URL, payload, headers: PAGE });
  expect([answer.statusCode, sentBy(opened)]).toEqual([401, []]);
});

const TARGET: OperationTarget = { id: ID, episode: 1 };

test.each([
  ['that shelves into the past', { op: 'shelve', alarms: [{ ...TARGET, until: START }] }, 400],
  ['of an episode that is over', { op: 'ack', alarms: [{ ...TARGET, episode: 2 }] }, 409],
  ['of an alarm that is not', { op: 'ack', alarms: [{ ...TARGET, id: idOf('tank-99') }] }, 404],
])('an operation %s is refused, and nothing is sent', async (_, payload, status) => {
  const opened = await openWith([{}]);
  const answer = await opened.post(payload);
  expect([answer.statusCode, answer.json().results[0].status, sentBy(opened)]).toEqual([200, status, []]);
});

test.each([
  ['in another name', { op: 'ack', alarms: [TARGET], by: 'somebody' }],
  ['of no kind', { op: 'silence', alarms: [TARGET] }],
  ['of a prototype', { op: 'constructor', alarms: [TARGET] }],
  ['with a role of its own', { op: 'oos', alarms: [{ ...TARGET, role: 'admin' }] }],
  ['that shelves to no moment', { op: 'shelve', alarms: [{ ...TARGET, until: 1e300 }] }],
  ['that ends an acknowledgement', { op: 'ack', alarms: [{ ...TARGET, until: START + 1 }] }],
  ['of an episode before the first', { op: 'ack', alarms: [{ ...TARGET, episode: -1 }] }],
  ['of a topic that is not', { op: 'ack', alarms: [{ ...TARGET, id: idOf('#') }] }],
  ['of an injected level', { op: 'ack', alarms: [{ ...TARGET, id: `${ID}/b` }] }],
  ['with a comment too long', { op: 'ack', comment: 'x'.repeat(2_001), alarms: [TARGET] }],
  ['of nothing', { op: 'ack', alarms: [] }],
  ['of one alarm twice', { op: 'ack', alarms: [TARGET, { ...TARGET, episode: 2 }] }],
  [
    'of more than one request takes',
    { op: 'ack', alarms: Array.from({ length: OPERATIONS_MAX + 1 }, (_, i) => ({ id: idOf(`t${i}`), episode: 1 })) },
  ],
])('a request %s is refused as a whole', async (_, payload) => {
  const opened = await openWith([{}]);
  const answer = await opened.post(payload);
  expect([answer.statusCode, answer.json().status, sentBy(opened)]).toEqual([400, 400, []]);
});

test('every fault of a request is named with its place', async () => {
  const { post } = await openWith([]);
  const answer = await post({ op: 'x', alarms: [{ id: 'a/b', episode: 1 }] });
  expect(answer.json().errors).toEqual([
    { pointer: '/body/op', detail: 'must be one of ack, shelve, unshelve, reset, oos, in-service, approve' },
    { pointer: '/body/alarms/0/id', detail: 'must be site/area/rule/instance' },
  ]);
});

test('of many alarms each is answered by itself: what cannot be done to one is done to the others', async () => {
  const opened = await openWith([
    { instance: 'a', alarmId: 'a' },
    { instance: 'b', alarmId: 'b', state: 'ACKED', ackedBy: 'eve' },
    { instance: 'c', alarmId: 'c', episode: 7 },
    { instance: 'd', alarmId: 'd' },
  ]);
  const alarms = ['a', 'b', 'c', 'gone', 'd'].map((instance) => ({ id: idOf(instance), episode: 1 }));
  const answer = await opened.post({ op: 'ack', comment: 'flood', alarms });
  expect(answer.json().results).toEqual([
    { id: idOf('a'), ok: true },
    { id: idOf('b'), ok: false, status: 409, detail: expect.stringMatching(/by eve/) },
    { id: idOf('c'), ok: false, status: 409, detail: expect.stringMatching(/episode 7, not 1/) },
    { id: idOf('gone'), ok: false, status: 404, detail: expect.stringMatching(/no such alarm/) },
    { id: idOf('d'), ok: true },
  ]);
  const sent = sentBy(opened).map(({ topic, payload }) => [
    topic.split('/').at(-1),
    JSON.parse(String(payload)).comment,
  ]);
  expect(sent).toEqual([
    ['a', 'flood'],
    ['d', 'flood'],
  ]);
});

test('as many as one request takes go through in one, whatever their names and the comment', async () => {
  const instances = Array.from({ length: OPERATIONS_MAX }, (_, i) => `${'x'.repeat(60)}${i}`);
  const opened = await openTestConsole({ alarmsMax: OPERATIONS_MAX, wait: () => new Promise(() => {}) });
  for (const instance of instances) await publishAlarm(opened.bus, sampleAlarm({ instance, alarmId: instance }));
  await delivered();
  const alarms = instances.map((instance) => ({ id: idOf(instance), episode: 1 }));
  const payload = { op: 'ack', comment: '字'.repeat(2_000), alarms };
  const headers = { cookie: await opened.logIn(), ...PAGE };
  const answer = await opened.app.inject({ method: 'POST', url: URL, payload, headers });
  expect(answer.json().results.filter(({ ok }: { ok: boolean }) => ok)).toHaveLength(OPERATIONS_MAX);
  expect(sentBy(opened)).toHaveLength(OPERATIONS_MAX);
});

test('nothing is called done without the broker', async () => {
  class DeafBus extends MemoryBus {
    isDown = false;
    override problem() {
      return this.isDown ? 'nothing listens' : undefined;
    }
    override publish(topic: string, payload: string | Buffer, options?: { retain?: boolean }): Promise<void> {
      return topic.endsWith('/deaf') && topic.startsWith('alarm-op/')
        ? new Promise(() => {})
        : super.publish(topic, payload, options);
    }
  }
  const bus = new DeafBus();
  const late = { instance: 'deaf', alarmId: 'deaf' };
  const opened = await openTestConsole({ bus, wait: () => delivered() });
  for (const alarm of [{}, late]) await publishAlarm(bus, sampleAlarm(alarm));
  await delivered();
  const headers = { cookie: await opened.logIn(), ...PAGE };
  const payload = { op: 'ack', alarms: [TARGET, { ...TARGET, id: idOf('deaf') }] };
  const acknowledge = () => opened.app.inject({ method: 'POST', url: URL, payload, headers });
  expect((await acknowledge()).json().results).toEqual([
    { id: ID, ok: true },
    { id: idOf('deaf'), ok: false, status: 504, detail: expect.stringMatching(/may still be done/) },
  ]);
  bus.isDown = true;
  expect((await acknowledge()).json()).toMatchObject({
    status: 503,
    detail: expect.stringMatching(/Nothing was sent.*nothing listens/),
  });
});
