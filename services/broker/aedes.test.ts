import { connect as connectTcp, type Socket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { generate, type Packet, parser } from 'mqtt-packet';
import { afterEach, expect, test, vi } from 'vitest';
import type { Delivery } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { openMqttBus } from '#runtime/mqtt-bus.ts';
import { brokerSection } from '#runtime/sections.ts';
import { type Broker, openBroker } from './aedes.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

const limits = brokerSection.parse({});

async function open(): Promise<{ broker: Broker; metrics: Metrics; url: string }> {
  const metrics = new Metrics('broker');
  const broker = await openBroker({ host: '127.0.0.1', port: 0, limits, log: silentLog(), metrics });
  opened.push(broker);
  return { broker, metrics, url: `mqtt://127.0.0.1:${broker.port}` };
}

type Client = { readonly mqtt: MqttClient; readonly got: string[] };

async function join(url: string, options: IClientOptions = {}): Promise<Client> {
  const mqtt = await connectAsync(url, { reconnectPeriod: 0, ...options });
  const got: string[] = [];
  mqtt.on('message', (topic, payload, { retain }) => got.push(`${topic} ${payload}${retain ? ' retained' : ''}`));
  mqtt.on('error', () => {}); // a connection that the broker cuts
  opened.push({ [Symbol.asyncDispose]: () => mqtt.endAsync(true) });
  return { mqtt, got };
}

/** A socket that speaks packets and reads only when it is let. */
async function raw(broker: Broker, clientId: string): Promise<{ socket: Socket; received: Packet[] }> {
  const socket = connectTcp(broker.port, '127.0.0.1');
  opened.push({ [Symbol.asyncDispose]: async () => void socket.destroy() });
  const received: Packet[] = [];
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet: Packet) => received.push(packet));
  socket.on('data', (chunk) => packets.parse(chunk));
  socket.on('error', () => {});
  socket.write(
    generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 0 }),
  );
  await soon(() => expect(received.map(({ cmd }) => cmd)).toContain('connack'));
  return { socket, received };
}

test('QoS 0 and QoS 1, by filter', async () => {
  const { url } = await open();
  const [reader, writer] = [await join(url), await join(url)];
  await reader.mqtt.subscribeAsync('a/+', { qos: 1 });
  await writer.mqtt.publishAsync('a/1', 'x', { qos: 0 });
  await writer.mqtt.publishAsync('a/2', 'y', { qos: 1 });
  await writer.mqtt.publishAsync('b', 'z', { qos: 1 });
  await writer.mqtt.publishAsync('a/3', '', { qos: 1 });
  await soon(() => expect(reader.got).toEqual(['a/1 x', 'a/2 y', 'a/3 ']));
});

test('a retained message is there for who comes later, until it is cleared', async () => {
  const { url, broker } = await open();
  const writer = await join(url);
  await writer.mqtt.publishAsync('a/1', 'old', { qos: 1, retain: true });
  await writer.mqtt.publishAsync('a/1', 'new', { qos: 1, retain: true });
  await writer.mqtt.publishAsync('a/2', 'gone', { qos: 1, retain: true });
  await writer.mqtt.publishAsync('a/2', '', { qos: 1, retain: true });
  await broker.announce('a/3', 'the broker itself');
  const reader = await join(url);
  await reader.mqtt.subscribeAsync('a/#', { qos: 1 });
  await soon(() => expect(reader.got.toSorted()).toEqual(['a/1 new retained', 'a/3 the broker itself retained']));
});

test('the last will of a lost client is published, that of one that said goodbye is not', async () => {
  const { url } = await open();
  const reader = await join(url);
  await reader.mqtt.subscribeAsync('will/#', { qos: 1 });
  const will = (topic: string) => ({ will: { topic, payload: Buffer.from('down'), qos: 1, retain: true } as const });
  const polite = await join(url, will('will/polite'));
  const lost = await join(url, will('will/lost'));
  await polite.mqtt.endAsync();
  lost.mqtt.stream.destroy();
  await soon(() => expect(reader.got).toEqual(['will/lost down']));
});

test('a persistent session keeps QoS 1 messages while its client is away, in order', async () => {
  const { url } = await open();
  const first = await join(url, { clientId: 'keeper', clean: false });
  await first.mqtt.subscribeAsync('a', { qos: 1 });
  await first.mqtt.endAsync();
  const writer = await join(url);
  const expected = Array.from({ length: 200 }, (_, i) => `a ${i}`);
  for (const text of expected) await writer.mqtt.publishAsync('a', text.slice(2), { qos: 1 });
  const again = await join(url, { clientId: 'keeper', clean: false });
  await soon(() => expect(again.got).toEqual(expected));
});

test('a returning client gets its queue before what is published meanwhile', async () => {
  const { url } = await open();
  const clientId = 'keeper';
  const first = await join(url, { clientId, clean: false });
  await first.mqtt.subscribeAsync('a', { qos: 1 });
  await first.mqtt.endAsync();
  const writer = await join(url);
  let n = 0;
  const publish = () => writer.mqtt.publishAsync('a', String(n++), { qos: 1 });
  await Promise.all(Array.from({ length: 500 }, publish));
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) await publish();
  })();
  const got: number[] = [];
  const bus = openMqttBus({ url, clientId: 'publisher' }, silentLog());
  opened.push(bus);
  const onDelivery = ({ payload, ack }: Delivery) => {
    got.push(Number(payload));
    ack();
  };
  opened.push(bus.consume({ clientId, filters: ['a'], cleanSession: false, onDelivery }));
  await soon(() => expect(got.length).toBeGreaterThan(700));
  isWriting = false;
  await writing;
  await soon(() => expect(new Set(got).size).toBe(n));
  // Twice is allowed at QoS 1, and a repeat may come late; but what comes for the first time comes in order.
  expect([...new Set(got)]).toEqual(Array.from({ length: n }, (_, i) => i));
});

test('the consumer of the services gets again what it did not acknowledge, and nothing twice that it did', async () => {
  const { url } = await open();
  const bus = openMqttBus({ url, clientId: 'publisher' }, silentLog());
  opened.push(bus);
  const consume = (got: Delivery[]) =>
    bus.consume({ clientId: 'worker', filters: ['a'], cleanSession: false, onDelivery: (each) => got.push(each) });
  const texts = (got: readonly Delivery[]) => got.map(({ payload }) => String(payload));
  const first: Delivery[] = [];
  const before = consume(first);
  await before.ready;
  for (const text of ['1', '2', '3', '4']) await bus.publish('a', text);
  await soon(() => expect(texts(first)).toEqual(['1', '2', '3', '4']));
  first[0]?.ack();
  first[1]?.ack();
  first[3]?.ack(); // held behind 3
  await before[Symbol.asyncDispose]();
  await bus.publish('a', '5');
  const second: Delivery[] = [];
  const after = consume(second);
  opened.push(after);
  await soon(() => expect(texts(second)).toEqual(['3', '4', '5']));
  for (const each of second) each.ack();
}, 20_000);

test('nobody can publish below $, where aedes listens for orders to disconnect', async () => {
  const { url, metrics } = await open();
  const victim = await join(url, { clientId: 'victim' });
  await victim.mqtt.subscribeAsync('a', { qos: 1 });
  for (const qos of [0, 1] as const) {
    const attacker = await join(url, { clientId: 'attacker' });
    const isCut = new Promise<void>((resolve) => attacker.mqtt.once('close', resolve));
    attacker.mqtt.publish('$SYS/other/new/clients', 'victim', { qos });
    await isCut;
  }
  const will = { topic: '$SYS/other/new/clients', payload: Buffer.from('victim'), qos: 1, retain: false } as const;
  const attacker = await join(url, { clientId: 'attacker', will });
  const writer = await join(url);
  attacker.mqtt.stream.destroy();
  const clients = async () => (await metrics.text()).match(/^penstock_broker_clients\{.*\} (\d+)$/m)?.[1];
  await vi.waitFor(async () => expect(await clients()).toBe('2'), { timeout: 10_000, interval: 5 });
  await writer.mqtt.publishAsync('a', 'still here', { qos: 1 });
  await soon(() => expect(victim.got).toEqual(['a still here']));
  expect(victim.mqtt.connected).toBe(true);
});

test.each(['constructor', '__proto__', 'hasOwnProperty', 'toString'])('a client may be called %s', async (clientId) => {
  const { url } = await open();
  const odd = await join(url, { clientId, clean: false });
  await odd.mqtt.subscribeAsync([clientId, 'a/#'], { qos: 1 });
  await odd.mqtt.publishAsync(clientId, 'x', { qos: 1, retain: true });
  await soon(() => expect(odd.got).toEqual([`${clientId} x`]));
  await odd.mqtt.endAsync();
  const again = await join(url, { clientId, clean: false });
  await again.mqtt.publishAsync('a/b', 'y', { qos: 1 });
  await soon(() => expect(again.got).toEqual(['a/b y']));
  expect({}.constructor).toBe(Object);
});

test.each([
  ['too long', `a/${'x'.repeat(256)}`],
  ['too deep', Array.from({ length: 17 }, () => 'a').join('/')],
])('a topic %s costs its sender the connection and nobody else anything', async (_, topic) => {
  const { url } = await open();
  const good = await join(url);
  await good.mqtt.subscribeAsync('#', { qos: 1 });
  const bad = await join(url);
  const isCut = new Promise<void>((resolve) => bad.mqtt.once('close', resolve));
  bad.mqtt.publish(topic, 'x', { qos: 1 });
  await isCut;
  await good.mqtt.publishAsync('fine', 'x', { qos: 1 });
  await soon(() => expect(good.got).toEqual(['fine x']));
});

test('garbage ends its own connection only', async () => {
  const { broker, url } = await open();
  const good = await join(url);
  for (const bytes of [[0xff, 0xff, 0xff, 0xff, 0xff], [0x10, 0x02, 0x00], [0x30, 0x00], [0x00]]) {
    const socket = connectTcp(broker.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.end(Buffer.from(bytes));
    await new Promise((resolve) => socket.once('close', resolve));
  }
  await good.mqtt.subscribeAsync('a', { qos: 1 });
  await good.mqtt.publishAsync('a', 'x', { qos: 1 });
  await soon(() => expect(good.got).toEqual(['a x']));
});

test('a subscriber that stops reading is cut off, and the others hardly notice', async () => {
  const { broker, metrics, url } = await open();
  const frozen = await raw(broker, 'frozen');
  frozen.socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] }));
  await soon(() => expect(frozen.received.map(({ cmd }) => cmd)).toContain('suback'));
  frozen.socket.pause();
  const reader = await join(url);
  const writer = await join(url);
  await reader.mqtt.subscribeAsync('a', { qos: 0 });
  let heardAt = performance.now();
  let longestGap = 0;
  reader.mqtt.on('message', () => {
    longestGap = Math.max(longestGap, performance.now() - heardAt);
    heardAt = performance.now();
  });
  // 64 KiB at a time, until the frozen one has been noticed: its sockets and the mark of 4 MiB must fill first.
  const payload = Buffer.alloc(64 * 1024);
  const isCutOff = async () => (await metrics.text()).includes('reason="slow"');
  const startedAt = performance.now();
  while (!(await isCutOff()) && performance.now() - startedAt < 15_000) {
    await writer.mqtt.publishAsync('a', payload, { qos: 1 });
  }
  longestGap = Math.max(longestGap, performance.now() - heardAt);
  expect(await isCutOff()).toBe(true);
  // aedes' own settings are 55 s; ours wait two seconds for a drain.
  expect(longestGap).toBeLessThan(4_000);
}, 30_000);

test('closing ends every connection and frees the port', async () => {
  const { broker, url } = await open();
  const client = await join(url);
  const isCut = new Promise<void>((resolve) => client.mqtt.once('close', resolve));
  await broker[Symbol.asyncDispose]();
  await isCut;
  const again = await openBroker({
    host: '127.0.0.1',
    port: broker.port,
    limits,
    log: silentLog(),
    metrics: new Metrics('broker'),
  });
  await again[Symbol.asyncDispose]();
});

test('a taken port is an error with its code', async () => {
  const { broker } = await open();
  const options = { host: '127.0.0.1', port: broker.port, limits, log: silentLog(), metrics: new Metrics('broker') };
  await expect(openBroker(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
