// Each limit, at what aedes by itself lets pass, and what is told of it.

import { afterEach, expect, test } from 'vitest';
import { startBareAedes } from '../../../test/support/brokers.ts';
import { PacketClient, publish } from '../../../test/support/packet-client.ts';
import { freePorts } from '../../../test/support/processes.ts';
import { asService } from '../access/test-gate.ts';
import { LimitedBroker } from './test-limited-broker.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});
const open = async (...limits: Parameters<typeof LimitedBroker.open>) =>
  opened.use(await LimitedBroker.open(...limits));
const openBare = async () => {
  const [port = 0] = await freePorts(1);
  opened.use(await startBareAedes(port));
  return opened.use(await PacketClient.connect(port, { clientId: 'a' }));
};
const REFUSED = 128;
const filters = (count: number) => Array.from({ length: count }, (_, n) => [`f/${n}`, 1] as const);
const over = (broker: LimitedBroker, limit: string) => broker.counted(`broker_over_limit_total{limit="${limit}"`);

test('aedes grants as many filters as one asks for', async () => {
  const client = await openBare();
  expect((await client.subscribe(...filters(20_000))).every((granted) => granted === 1)).toBe(true);
}, 30_000);

test('a client has so many subscriptions, whether they come at once or one by one', async () => {
  const broker = await open({ subscriptionsPerClientMax: 5 });
  const client = await broker.connect({ clientId: 'a', clean: false });
  expect(await client.subscribe(...filters(8))).toEqual([1, 1, 1, 1, 1, REFUSED, REFUSED, REFUSED]);
  expect(await over(broker, 'subscriptions')).toBe(3);
  expect(await client.subscribe(['f/0', 0])).toEqual([0]); // one that it has
  expect(await client.subscribe(['another', 0])).toEqual([REFUSED]);
  client.send({ cmd: 'unsubscribe', messageId: 7, unsubscriptions: ['f/0'] });
  await client.next('unsuback');
  expect(await client.subscribe(['another', 1])).toEqual([1]);
  // Nor are those that were refused kept for the next connection.
  await client.disconnect();
  const again = await broker.connect({ clientId: 'a', clean: false });
  await again.publish('f/7', 'refused', { qos: 0 });
  await again.publish('another', 'granted', { qos: 0 });
  expect(await again.heard()).toBe('another granted q0');
  expect(await again.subscribe(['f/7', 1])).toEqual([REFUSED]);
});

test('a service has as many subscriptions as it needs', async () => {
  const broker = await open({ subscriptionsPerClientMax: 5 });
  const ingest = await broker.connect({ clientId: 'penstock-ingest-in', ...asService('ingest') });
  expect((await ingest.subscribe(...filters(20))).every((granted) => granted === 1)).toBe(true);
});

test.each(['subscribe', 'unsubscribe'] as const)(
  'too many filters in one packet (%s) end the connection',
  async (cmd) => {
    const broker = await open({ filtersPerPacketMax: 10 });
    const good = await broker.connect({ clientId: 'good' });
    expect(await good.subscribe(...filters(10))).toHaveLength(10);
    const bad = await broker.connect({ clientId: 'bad', clean: false });
    const topics = filters(11).map(([topic]) => topic);
    if (cmd === 'unsubscribe') bad.send({ cmd, messageId: 1, unsubscriptions: topics });
    else bad.send({ cmd, messageId: 1, subscriptions: topics.map((topic) => ({ topic, qos: 1 })) });
    await bad.closed;
    expect(await over(broker, 'filters')).toBe(1);
    expect(broker.store.ledger.state.session('bad')?.subscriptions.has('f/0')).toBe(false);
    await good.publish('f/1', 'still here', { qos: 0 });
    expect(await good.heard()).toBe('f/1 still here q0');
  },
);

const LONG: readonly (readonly [what: string, topic: string])[] = [
  ['of too many bytes', 'é'.repeat(129)],
  ['of too many levels', Array.from({ length: 17 }, () => 'a').join('/')],
];

test.each(LONG)('a topic %s is refused to whoever publishes, subscribes, or leaves it as a will', async (_, topic) => {
  const broker = await open();
  const publisher = await broker.connect({ clientId: 'publisher' });
  publisher.send(publish({ topic, qos: 1, messageId: 1 }));
  await publisher.closed;
  const subscriber = await broker.connect({ clientId: 'subscriber' });
  expect(await subscriber.subscribe([topic, 1], ['a', 1])).toEqual([REFUSED, 1]);
  const will = { topic, payload: Buffer.from('down'), qos: 1, retain: true } as const;
  await expect(broker.connect({ clientId: 'mortal', will })).rejects.toThrow('refused with 5');
  expect(await over(broker, 'topic')).toBe(3);
});

test('what a user keeps retained is counted by user, and bounded', async () => {
  const broker = await open({ retainedPerUserMax: 3 });
  const of = (name: string) => broker.store.ledger.state.shares.of(name).messages;
  const own = (channel: string) => `plant/v1/lyon/hall/d1/${channel}`;
  let device = await broker.connectDevice(1);
  for (const channel of ['status', 'meta', 'cfg/reported', 'status'])
    await device.publish(own(channel), channel, { retain: true });
  expect(of('lyon/hall/d1')).toBe(3);
  device.send(publish({ topic: own('event'), payload: 'x', qos: 1, messageId: 1, retain: true }));
  await device.closed;
  expect(await over(broker, 'retained')).toBe(1);
  // It is not its connection's, nor forgotten with the broker's own end.
  await broker.restart();
  device = await broker.connectDevice(1, { clientId: 'by another id' });
  device.send(publish({ topic: own('event'), payload: 'x', qos: 0, retain: true }));
  await device.closed;
  device = await broker.connectDevice(1);
  await device.publish(own('event'), 'not retained');
  await device.publish(own('meta'), '', { retain: true });
  await device.publish(own('event'), 'in its place', { retain: true });
  const other = await broker.connectDevice(2);
  await other.publish('plant/v1/lyon/hall/d2/status', 'x', { retain: true });
  expect([of('lyon/hall/d1'), of('lyon/hall/d2')]).toEqual([3, 1]);
});

test('without a login it is the client id that keeps; a service keeps what it has to', async () => {
  const broker = await open({ retainedPerUserMax: 1, retainedBytesPerUserMax: 100 });
  const first = await broker.connect({ clientId: 'first' });
  await first.publish('a', 'x', { retain: true });
  const second = await broker.connect({ clientId: 'second' });
  await second.publish('b', 'x', { retain: true });
  await second.publish('a', 'taken over', { retain: false });
  second.send(publish({ topic: 'b', payload: 'x'.repeat(100), qos: 1, messageId: 1, retain: true }));
  await second.closed;
  const rules = await broker.connect({ clientId: 'penstock-rules', ...asService('rules') });
  for (let n = 0; n < 5; n++) await rules.publish(`alarm/v1/lyon/hall/high/d${n}`, 'x'.repeat(100), { retain: true });
  const { state } = broker.store.ledger;
  expect([state.shares.of(':first').messages, state.shares.of(':second').bytes]).toEqual([1, 2]);
  expect(state.retained.size).toBe(7);
});

test('so many sessions are kept in all, and of one user', async () => {
  const broker = await open({ sessionsMax: 4, sessionsPerUserMax: 2 });
  const kept = { clean: false } as const;
  for (const clientId of ['lyon/hall/d1', 'second']) await broker.connectDevice(1, { clientId, ...kept });
  await expect(broker.connectDevice(1, { clientId: 'third', ...kept })).rejects.toThrow('refused with 3');
  await broker.connectDevice(1, { clientId: 'third', clean: true });
  await broker.connectDevice(1, kept); // the one that it has
  for (const clientId of ['x', 'y']) await broker.connect({ clientId, ...kept });
  await expect(broker.connect({ clientId: 'z', ...kept })).rejects.toThrow('refused with 3');
  await broker.connect({ clientId: 'penstock-ingest-in', ...kept, ...asService('ingest') });
  expect(await over(broker, 'sessions')).toBe(2);
  // Counted after a restart as before, and there is room where a session has ended.
  await broker.restart();
  await expect(broker.connectDevice(1, { clientId: 'third', ...kept })).rejects.toThrow('refused with 3');
  await broker.connectDevice(1, { clientId: 'second', clean: true });
  await broker.connectDevice(1, { clientId: 'third', clean: true });
  await expect(broker.connect({ clientId: 'z', ...kept })).rejects.toThrow('refused with 3');
  await broker.connect({ clientId: 'x', clean: true });
  await broker.connectDevice(1, { clientId: 'third', ...kept });
});

const FILL = 'x'.repeat(1_000);
const DAY_MS = 86_400_000;

test('a session is kept for so long after its client was there last, whatever happens to the broker', async () => {
  const broker = await open({ sessionExpiry: 7 * DAY_MS });
  const state = () => broker.store.ledger.state;
  const kept = { clean: false } as const;
  await (await broker.connect({ clientId: 'gone', ...kept })).vanish();
  const stays = await broker.connect({ clientId: 'stays', ...kept });
  await (await broker.connect({ clientId: 'penstock-writer', ...kept, ...asService('writer') })).vanish();
  for (let day = 0; day < 6; day++) await broker.pass(DAY_MS);
  expect(state().session('gone')).toBeDefined();
  await (await broker.connect({ clientId: 'visitor', ...kept })).vanish();
  await stays.vanish(); // it was there until now
  await broker.restart();
  await broker.pass(2 * DAY_MS);
  expect([...state().sessions.keys()].sort()).toEqual(['penstock-writer', 'stays', 'visitor']);
  expect(await broker.counted('broker_sessions_expired_total')).toBe(1);
  await broker.restart();
  await broker.pass(6 * DAY_MS);
  expect([...state().sessions.keys()]).toEqual(['penstock-writer']);
});

test('a client that sends too fast is read slower: nothing of it is lost, its ping is answered, and it is not cut off', async () => {
  const broker = await open({ messagesPerSecondMax: 500 });
  const reader = await broker.connect({ clientId: 'reader' });
  await reader.subscribe(['a', 0]);
  const fast = await broker.connect({ clientId: 'fast', keepalive: 1 });
  const total = 1_500;
  const startedAt = performance.now();
  const burst = Array.from({ length: total }, (_, n) => publish({ topic: 'a', payload: `${n} ${FILL}`, qos: 0 }));
  fast.send(...burst, { cmd: 'pingreq' });
  await fast.next('pingresp');
  // One second's allowance and a piece of the socket were there at once; the rest came at the rate.
  expect(performance.now() - startedAt).toBeGreaterThan(1_000);
  expect(await over(broker, 'rate')).toBeGreaterThan(0);
  for (let n = 0; n < total; n++) expect(await reader.heard()).toBe(`a ${n} ${FILL} q0`);
}, 20_000);

test('bytes are bounded as messages are; a service is bound by neither', async () => {
  const broker = await open({ messagesPerSecondMax: 0, bytesPerSecondMax: 100_000 });
  const burst = Array.from({ length: 10 }, (_, n) =>
    publish({ topic: 'points/v1/1', payload: 'x'.repeat(20_000), qos: 1, messageId: n + 1 }),
  );
  const ingest = await broker.connect({ clientId: 'penstock-ingest-out', ...asService('ingest') });
  ingest.send(...burst);
  for (let n = 0; n < burst.length; n++) await ingest.next('puback');
  expect(await over(broker, 'rate')).toBe(0);
  const device = await broker.connect({ clientId: 'fast' });
  device.send(...burst.map((each) => ({ ...each, topic: 'a' })));
  for (let n = 0; n < burst.length; n++) await device.next('puback');
  expect(await over(broker, 'rate')).toBeGreaterThan(0);
});
