import { afterEach, expect, test, vi } from 'vitest';
import { FakeBroker, published } from '../../../test/support/fake-broker.ts';
import type { ConsumeOptions, Delivery } from './bus.ts';
import { silentLog } from './log.ts';
import { type MqttAddress, MqttConsumer } from './mqtt-consumer.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function openBroker(): Promise<FakeBroker> {
  const broker = await new FakeBroker().listen();
  opened.push(broker);
  return broker;
}

/** A consumer whose deliveries gather in `got`, unacknowledged. */
function consume(
  broker: FakeBroker,
  options: Partial<ConsumeOptions> = {},
  address: Partial<MqttAddress> = {},
): { consumer: MqttConsumer; got: Delivery[] } {
  const got: Delivery[] = [];
  const consumer = new MqttConsumer(
    { ...address, url: address.url ?? broker.url },
    {
      clientId: 'tester',
      filters: ['a/#', 'b'],
      cleanSession: false,
      onDelivery: (delivery) => got.push(delivery),
      ...options,
    },
    silentLog(),
  );
  opened.push(consumer);
  return { consumer, got };
}

const acks = (broker: FakeBroker, index = -1) =>
  (broker.connections.at(index)?.of('puback') ?? []).map((packet) => packet.messageId);
const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 8_000, interval: 5 });

test('it says who it is, keeps its session, and asks for every filter at QoS 1', async () => {
  const broker = await openBroker();
  const { consumer } = consume(broker, {}, { username: 'u', password: 'p' });
  expect(consumer.problem()).toBe('connecting');
  await consumer.ready;
  expect(consumer.problem()).toBeUndefined();
  expect(broker.last.of('connect')).toMatchObject([
    { clientId: 'tester', clean: false, protocolVersion: 4, username: 'u', password: Buffer.from('p') },
  ]);
  expect(broker.last.of('subscribe')[0]?.subscriptions.map(({ topic, qos }) => [topic, qos])).toEqual([
    ['a/#', 1],
    ['b', 1],
  ]);
});

test('acknowledgements wait for the first in line and leave in order of arrival', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker);
  await consumer.ready;
  const count = 500;
  broker.last.send(...Array.from({ length: count }, (_, i) => published('a/x', String(i), i + 1)));
  await soon(() => expect(got).toHaveLength(count));
  expect(consumer.inFlight).toBe(count);
  for (const delivery of got.slice(1).reverse()) delivery.ack();
  // A ping's answer proves that whatever had been written before has arrived.
  broker.last.send(published('a/x', 'probe'));
  await soon(() => expect(got).toHaveLength(count + 1));
  expect(acks(broker)).toEqual([]);
  got[0]?.ack();
  await soon(() => expect(acks(broker)).toHaveLength(count));
  expect(acks(broker)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(consumer.inFlight).toBe(1); // the probe
});

test('a second ack of the same message does nothing', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker);
  await consumer.ready;
  broker.last.send(published('a/x', '1', 1), published('a/x', '2', 2));
  await soon(() => expect(got).toHaveLength(2));
  got[0]?.ack();
  got[0]?.ack();
  await soon(() => expect(acks(broker)).toEqual([1]));
  expect(consumer.inFlight).toBe(1);
  got[0]?.ack();
  got[1]?.ack();
  await soon(() => expect(acks(broker)).toEqual([1, 2]));
  expect(consumer.inFlight).toBe(0);
});

test('QoS 0 gets no PUBACK and takes room in the window until it is done', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker);
  await consumer.ready;
  broker.last.send(published('a/x', '1'), published('a/x', '2'));
  await soon(() =>
    expect(got.map(({ qos, payload }) => [qos, String(payload)])).toEqual([
      [0, '1'],
      [0, '2'],
    ]),
  );
  expect(consumer.inFlight).toBe(2);
  for (const { ack } of got) ack();
  expect(consumer.inFlight).toBe(0);
  // A QoS 1 message after them is answered, and nothing before it.
  broker.last.send(published('a/x', '3', 9));
  await soon(() => expect(got).toHaveLength(3));
  got[2]?.ack();
  await soon(() => expect(acks(broker)).toEqual([9]));
});

test.each([
  ['messages', { window: 64 }],
  ['bytes', { windowBytes: 64 * 8_000 }],
])('a full window of %s stops reading, and reading goes on when half of it is done', async (_, limits) => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker, limits);
  await consumer.ready;
  const count = 2_000;
  const payload = 'x'.repeat(8_000);
  for (let i = 0; i < count; i++) broker.last.send(published('a/x', payload, i + 1));
  await soon(() => expect(consumer.inFlight).toBeGreaterThanOrEqual(64));
  // 16 MB do not fit into the sockets between us: the broker's bytes pile up as long as nothing is read.
  await soon(() => expect(broker.last.socket.writableLength).toBeGreaterThan(1_000_000));
  const stoppedAt = got.length;
  expect(stoppedAt).toBeLessThan(count / 2);
  let done = 0;
  await soon(() => {
    for (; done < got.length; done++) got[done]?.ack();
    expect(consumer.inFlight).toBeLessThan(128); // one chunk of the socket may run over the window
    expect(got).toHaveLength(count);
  });
  for (; done < got.length; done++) got[done]?.ack();
  await soon(() => expect(acks(broker)).toHaveLength(count));
});

test('after a cut connection what was not acknowledged comes again, and late acks of the old one go nowhere', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker);
  await consumer.ready;
  broker.last.send(published('a/x', 'first', 7), published('a/x', 'second', 8));
  await soon(() => expect(got).toHaveLength(2));
  broker.last.socket.destroy();
  await soon(() => expect(broker.connections).toHaveLength(2));
  await soon(() => expect(consumer.problem()).toBeUndefined());
  got[0]?.ack(); // the old connection's message 7
  broker.last.send(published('a/x', 'first', 7), published('a/x', 'second', 8));
  await soon(() => expect(got).toHaveLength(4));
  got[3]?.ack();
  broker.last.send(published('a/x', 'probe'));
  await soon(() => expect(got).toHaveLength(5));
  expect(acks(broker)).toEqual([]);
  got[2]?.ack();
  await soon(() => expect(acks(broker)).toEqual([7, 8]));
  got[1]?.ack();
  expect(consumer.inFlight).toBe(1); // the probe
  expect(acks(broker, 0)).toEqual([]);
});

test('a broker that takes connections and says nothing more is found out by ping', async () => {
  const broker = await openBroker();
  let isFrozen = false;
  broker.answer = () => (isFrozen ? [] : undefined);
  const { consumer } = consume(broker, {}, { keepaliveSeconds: 1 });
  await consumer.ready;
  await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(1));
  expect(broker.connections).toHaveLength(1); // an answered ping is a sign of life, without any message
  isFrozen = true;
  await soon(() => expect(consumer.problem()).toBe('no sign of life from the broker for 1 s'));
  isFrozen = false;
  await soon(() => expect(consumer.problem()).toBeUndefined());
  expect(broker.connections.length).toBeGreaterThan(1);
});

test('pings go on while the window is full, so that slow work does not cost the connection', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker, { window: 1 }, { keepaliveSeconds: 1 });
  await consumer.ready;
  broker.last.send(published('a/x', '1', 1));
  await soon(() => expect(got).toHaveLength(1));
  const before = broker.last.of('pingreq').length;
  await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(before + 4)); // longer than the keepalive
  expect(broker.connections).toHaveLength(1);
  expect(consumer.problem()).toBeUndefined();
  got[0]?.ack(); // else close() waits for it
});

test('a queue that fills the window before SUBACK does not make the broker look dead', async () => {
  const broker = await openBroker();
  broker.answer = (packet) =>
    packet.cmd === 'connect'
      ? [{ cmd: 'connack', returnCode: 0, sessionPresent: true }, published('a/x', 'kept', 1)]
      : undefined;
  const { consumer, got } = consume(broker, { window: 1 }, { keepaliveSeconds: 1 });
  await soon(() => expect(got).toHaveLength(1));
  await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(4));
  expect(broker.connections).toHaveLength(1);
  got[0]?.ack();
  await consumer.ready;
});

test('a refused filter is named, and asked for again', async () => {
  const broker = await openBroker();
  broker.answer = (packet) =>
    packet.cmd === 'subscribe' ? [{ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1, 128] }] : undefined;
  const { consumer } = consume(broker);
  await soon(() => expect(consumer.problem()).toBe('the broker refused to let us read b'));
  broker.answer = () => undefined;
  await consumer.ready;
  expect(consumer.problem()).toBeUndefined();
});

test('a refused login is said with its code', async () => {
  const broker = await openBroker();
  broker.answer = (packet) =>
    packet.cmd === 'connect' ? [{ cmd: 'connack', returnCode: 5, sessionPresent: false }] : undefined;
  const { consumer } = consume(broker);
  await soon(() => expect(consumer.problem()).toBe('the broker refused the login (CONNACK 5)'));
});

test('it waits for a broker that is not there yet, and says so', async () => {
  const placeholder = await new FakeBroker().listen();
  const { port, url } = placeholder;
  await placeholder[Symbol.asyncDispose]();
  const { consumer } = consume(placeholder, {}, { url });
  await soon(() => expect(consumer.problem()).toBe(`nothing listens at ${url}`));
  const broker = await new FakeBroker().listen(port);
  opened.push(broker);
  await consumer.ready;
});

test('garbage from the broker ends the connection, not the process', async () => {
  const broker = await openBroker();
  const { consumer } = consume(broker);
  await consumer.ready;
  broker.last.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
  await soon(() => expect(broker.connections).toHaveLength(2));
  await soon(() => expect(consumer.problem()).toBeUndefined());
});

test('reconnects are spread: no two consumers keep step, and a refusing broker is asked ever more rarely', async () => {
  const broker = await openBroker();
  const connectedAt: number[] = [];
  broker.answer = (packet, { socket }) => {
    if (packet.cmd !== 'connect') return undefined;
    connectedAt.push(performance.now());
    socket.destroy();
    return [];
  };
  consume(broker);
  await soon(() => expect(connectedAt.length).toBeGreaterThanOrEqual(5));
  const waits = connectedAt.slice(1).map((at, i) => at - (connectedAt[i] ?? 0));
  for (const [i, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(100 * 2 ** i * 0.5 - 5);
  expect((waits[3] ?? 0) > (waits[0] ?? 0)).toBe(true);
  expect(waits.every((wait, i) => Math.abs(wait - 100 * 2 ** i) < 0.5)).toBe(false);
});

test('close() takes no more, waits for the work in flight, acknowledges it and says goodbye', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker);
  await consumer.ready;
  broker.last.send(published('a/x', '1', 1), published('a/x', '2', 2));
  await soon(() => expect(got).toHaveLength(2));
  let isClosed = false;
  const closing = consumer[Symbol.asyncDispose]().then(() => {
    isClosed = true;
  });
  broker.last.send(published('a/x', 'too late', 3));
  got[1]?.ack();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isClosed).toBe(false);
  got[0]?.ack();
  await closing;
  await soon(() => expect(broker.last.of('disconnect')).toHaveLength(1));
  expect(acks(broker)).toEqual([1, 2]);
  expect(got.map(({ payload }) => String(payload))).toEqual(['1', '2']);
  expect(consumer.problem()).toBe('closed');
});

test('close() before the broker was ever reached ends at once', async () => {
  const placeholder = await new FakeBroker().listen();
  const { url } = placeholder;
  await placeholder[Symbol.asyncDispose]();
  const { consumer } = consume(placeholder, {}, { url });
  await soon(() => expect(consumer.problem()).toBe(`nothing listens at ${url}`));
  await consumer[Symbol.asyncDispose]();
});
