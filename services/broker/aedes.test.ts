import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, expect, test, vi } from 'vitest';
import { MemoryAudit } from '#runtime/audit-log/memory-audit.ts';
import type { Delivery } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { openMqttBus } from '#runtime/mqtt-bus.ts';
import { brokerSection } from '#runtime/sections.ts';
import { openTestGate } from './access/test-gate.ts';
import { type Broker, type BrokerOptions, openBroker } from './aedes.ts';
import { openTestStore } from './persistence/test-store.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

const limits = brokerSection.parse({});

async function parts(port = 0): Promise<BrokerOptions> {
  const store = await openTestStore();
  opened.push(store);
  const listeners = { plans: [{ kind: 'tcp', host: '127.0.0.1', port }] } as const;
  return {
    listeners,
    limits,
    store,
    gate: openTestGate(),
    audit: new MemoryAudit(),
    now: () => 0,
    log: silentLog(),
    metrics: new Metrics('broker'),
  };
}

async function open(): Promise<{ broker: Broker; metrics: Metrics; url: string }> {
  const metrics = new Metrics('broker');
  const broker = await openBroker({ ...(await parts()), metrics });
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
  const { url } = await open();
  const victim = await join(url, { clientId: 'victim' });
  await victim.mqtt.subscribeAsync('a', { qos: 1 });
  for (const qos of [0, 1] as const) {
    const attacker = await join(url, { clientId: 'attacker' });
    const isCut = new Promise<void>((resolve) => attacker.mqtt.once('close', resolve));
    attacker.mqtt.publish('$SYS/other/new/clients', 'victim', { qos });
    await isCut;
  }
  const will = { topic: '$SYS/other/new/clients', payload: Buffer.from('victim'), qos: 1, retain: false } as const;
  await expect(join(url, { clientId: 'attacker', will })).rejects.toThrow('Not authorized');
  const writer = await join(url);
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

test('closing ends every connection and frees the port', async () => {
  const { broker, url } = await open();
  const client = await join(url);
  const isCut = new Promise<void>((resolve) => client.mqtt.once('close', resolve));
  await broker[Symbol.asyncDispose]();
  await isCut;
  const again = await openBroker(await parts(broker.port));
  await again[Symbol.asyncDispose]();
});

test('a taken port is an error with its code', async () => {
  const { broker } = await open();
  await expect(openBroker(await parts(broker.port))).rejects.toThrow('set PENSTOCK_BROKER_PORT to a free port');
});
