// The broker as a process, killed without warning while clients are at work, again and again. They are real ones, with their
// own stores and reconnects; what they were told counts.

import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { startEmbedded, UNBOUND_CLIENTS } from '../../test/support/brokers.ts';
import { freePorts, type Running, tempFolder, until } from '../../test/support/processes.ts';
import { asService } from './access/test-gate.ts';

type Broker = {
  readonly url: string;
  readonly metricsPort: number;
  readonly dataDir: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function openBroker(): Promise<Broker> {
  const dataDir = opened.use(tempFolder()).path;
  const [port = 0, metricsPort = 0] = await freePorts(2);
  let running: Running | undefined;
  opened.defer(() => running?.[Symbol.asyncDispose]());
  const broker: Broker = {
    url: `mqtt://127.0.0.1:${port}`,
    metricsPort,
    dataDir,
    async start() {
      running = await startEmbedded({ dataDir, port, metricsPort, env: UNBOUND_CLIENTS });
    },
    kill: async () => running?.kill(),
    stop: async () => running?.[Symbol.asyncDispose](),
  };
  await broker.start();
  return broker;
}

async function join({ url }: Broker, clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { clientId, clean: false, reconnectPeriod: 50, ...options });
  client.on('error', () => {}); // the broker is away; it tries again
  opened.defer(() => client.endAsync(true));
  return client;
}

test('QoS 1 under load: what was acknowledged is read, in order, whenever the broker was killed', async () => {
  const broker = await openBroker();
  const reader = await join(broker, 'reader');
  await reader.subscribeAsync('a/#', { qos: 1 });
  const read = new Map<string, number[]>();
  reader.on('message', (topic, payload) => read.set(topic, [...(read.get(topic) ?? []), Number(payload)]));
  const acknowledged = new Map<string, number>();
  let isPublishing = true;
  const publishing = Array.from({ length: 5 }, async (_, device) => {
    const client = await join(broker, `device-${device}`);
    const topic = `a/${device}`;
    for (let n = 1; isPublishing; n++) {
      await client.publishAsync(topic, String(n), { qos: 1 });
      acknowledged.set(topic, n);
    }
  });
  const total = () => [...acknowledged.values()].reduce((sum, n) => sum + n, 0);
  for (let kills = 0; kills < 4; kills++) {
    const before = total();
    await until('some messages', () => total() > before + 300 || undefined);
    await broker.kill();
    await broker.start();
  }
  isPublishing = false;
  await Promise.all(publishing);
  await until(
    'all of them',
    () => [...acknowledged].every(([topic, n]) => read.get(topic)?.includes(n) === true) || undefined,
  );
  for (const [topic, last] of acknowledged) {
    // One may come twice, and late; but what comes for the first time comes in order, and nothing is left out.
    expect([...new Set(read.get(topic))], topic).toEqual(Array.from({ length: last }, (_, i) => i + 1));
  }
}, 60_000);

test('QoS 2 is exactly once, from device to reader, whenever the broker was killed', async () => {
  const broker = await openBroker();
  const reader = await join(broker, 'reader');
  await reader.subscribeAsync('a', { qos: 2 });
  const read: number[] = [];
  reader.on('message', (_topic, payload) => read.push(Number(payload)));
  const device = await join(broker, 'device');
  let sent = 0;
  let isPublishing = true;
  const publishing = (async () => {
    while (isPublishing) await device.publishAsync('a', String(++sent), { qos: 2 });
  })();
  for (let kills = 0; kills < 6; kills++) {
    const before = sent;
    await until('some messages', () => sent > before + 40 || undefined);
    await broker.kill();
    await broker.start();
  }
  isPublishing = false;
  await publishing;
  await until('the last one', () => read.includes(sent) || undefined);
  expect(read).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
}, 60_000);

test('a session that is away misses nothing over a kill: QoS 1, QoS 2 and retained, in order, and a will', async () => {
  const broker = await openBroker();
  const first = await join(broker, 'away');
  await first.subscribeAsync(['a/#', 'will/#'], { qos: 2 });
  await first.endAsync();
  const writer = await join(broker, 'writer');
  const expected: string[] = [];
  for (let n = 0; n < 110; n++) {
    const [qos, retain] = n < 50 ? ([1, false] as const) : n < 100 ? ([2, false] as const) : ([1, true] as const);
    await writer.publishAsync(`a/${n}`, `${n}`, { qos, retain });
    expected.push(`${n} q${qos}`);
  }
  const will = { topic: 'will/lost', payload: Buffer.from('down'), qos: 1, retain: true } as const;
  await join(broker, 'lost', { will, reconnectPeriod: 0 });
  await writer.endAsync();
  await broker.kill();
  await broker.start();
  const startedAt = performance.now();
  const again = await join(broker, 'writer');
  for (let n = 110; n < 160; n++) {
    await again.publishAsync(`a/${n}`, `${n}`, { qos: 1 });
    expected.push(`${n} q1`);
  }
  const heard: string[] = [];
  const wills: number[] = [];
  const back = mqtt.connect(broker.url, { clientId: 'away', clean: false, reconnectPeriod: 0 });
  opened.defer(() => back.endAsync(true));
  back.on('message', (topic, payload, { qos }) => {
    if (topic === 'will/lost') wills.push(performance.now() - startedAt);
    else heard.push(`${payload} q${qos}`);
  });
  const sessionPresent = await new Promise((resolve) =>
    back.once('connect', (packet) => resolve(packet.sessionPresent)),
  );
  expect(sessionPresent).toBe(true);
  await until('all messages', () => heard.length >= 160 || undefined);
  // mqtt.js shows a QoS 2 message when its handshake ends, so each level is in order by itself.
  for (const level of ['q1', 'q2'])
    expect(heard.filter((each) => each.endsWith(level))).toEqual(expected.filter((each) => each.endsWith(level)));
  await until('the will', () => wills.length > 0 || undefined);
  expect(wills[0]).toBeLessThan(5_000);
  const retained: string[] = [];
  const late = await join(broker, 'late', { clean: true });
  late.on('message', (topic) => retained.push(topic));
  await late.subscribeAsync(['a/#', 'will/#'], { qos: 0 });
  await until('what is retained', () => retained.length >= 11 || undefined);
  expect(retained.toSorted()).toEqual([...Array.from({ length: 10 }, (_, i) => `a/${100 + i}`), 'will/lost']);
}, 60_000);

test('a stop in order publishes no will of a client that it cuts and that comes back', async () => {
  const broker = await openBroker();
  const witness = await join(broker, 'witness');
  const heard: string[] = [];
  witness.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
  await witness.subscribeAsync('#', { qos: 1 });
  const will = { topic: 'service/v1/rules/rules', payload: Buffer.from('down'), qos: 1, retain: true } as const;
  const service = await join(broker, 'penstock-rules', {
    clean: true,
    will,
    ...asService('rules', readOrCreateSecret(broker.dataDir, 'token-key').value),
  });
  const isBack = new Promise<void>((resolve) => service.once('close', () => service.once('connect', () => resolve())));
  await broker.stop();
  await broker.start();
  await isBack;
  await until('the witness', () => witness.connected || undefined);
  // Lost only now: this will is published, and only this one.
  service.stream.destroy();
  await until('the will', () => heard.find((each) => each.startsWith('service/v1/rules')));
  await service.publishAsync('alarm/v1/a/b/end/x', 'x', { qos: 1 });
  await until('the end', () => heard.find((each) => each.startsWith('alarm/v1/a/b/end')));
  expect(heard.filter((each) => each === 'service/v1/rules/rules down')).toHaveLength(1);
}, 60_000);
