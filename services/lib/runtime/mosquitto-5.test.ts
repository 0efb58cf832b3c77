// What MQTT 5 gives the bus at a real broker: Debian's mosquitto 2, where it is installed.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import mqtt from 'mqtt';
import { describe, expect, test, vi } from 'vitest';
import { startEmbedded, startMosquitto } from '../../../test/support/brokers.ts';
import { findProgram, freePorts, type Running, tempFolder } from '../../../test/support/processes.ts';
import type { Bus, ConsumeOptions, Delivery } from './bus.ts';
import { silentLog } from './log.ts';
import { type MqttBusOptions, openMqttBus } from './mqtt-bus.ts';

const isMissing = findProgram('mosquitto') === undefined;
if (isMissing) process.stderr.write('mosquitto-5.test.ts: skipped, mosquitto is not installed\n');

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
const texts = (deliveries: readonly Delivery[]) => deliveries.map(({ payload }) => String(payload));

type Place = AsyncDisposable & { readonly port: number; readonly folder: string; readonly url: string };

/** A mosquitto with these lines in its settings. */
async function place(lines: (folder: string) => readonly string[] = () => []): Promise<Place> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(tempFolder()).path;
  const [port = 0] = await freePorts(1);
  stack.use(await startMosquitto(folder, port, lines(folder)));
  return { port, folder, url: `mqtt://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const open = (url: string, options: Partial<MqttBusOptions> = {}) =>
  openMqttBus({ url, clientId: 'publisher', ...options }, silentLog());

function consume(bus: Bus, options: Partial<ConsumeOptions>) {
  const got: Delivery[] = [];
  const onDelivery = (delivery: Delivery) => {
    got.push(delivery);
    delivery.ack();
  };
  const consumer = bus.consume({ clientId: 'worker', filters: ['a/#'], cleanSession: false, onDelivery, ...options });
  return { consumer, got };
}

describe.skipIf(isMissing)('mosquitto 2, in MQTT 5', () => {
  test('a foreign subscriber is told what a command is, how long it is good for, and where its answer belongs', async () => {
    await using broker = await place();
    await using bus = open(broker.url);
    const foreign = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    await using _ = { [Symbol.asyncDispose]: () => foreign.endAsync(true) };
    await foreign.subscribeAsync('plant/#', { qos: 1 });
    const heard = new Promise<mqtt.IPublishPacket>((resolve) =>
      foreign.on('message', (_t, _p, packet) => resolve(packet)),
    );
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const options = { expiryMs: 60_000, correlation: 'cid-1', responseTopic: 'plant/v1/s/a/d/ack', traceparent };
    await bus.publish('plant/v1/s/a/d/cmd', '{"cid":"cid-1"}', options);
    const { properties } = await heard;
    expect({ ...properties, userProperties: { ...properties?.userProperties } }).toMatchObject({
      payloadFormatIndicator: true,
      contentType: 'application/json',
      responseTopic: 'plant/v1/s/a/d/ack',
      userProperties: { schema: 'plant/v1/cmd', traceparent },
    });
    expect(String(properties?.correlationData)).toBe('cid-1');
    expect(properties?.messageExpiryInterval).toBeGreaterThan(50);
  });

  test('a command that expires while its device is away is not delivered when it is back; one that is good still is', async () => {
    await using broker = await place();
    await using bus = open(broker.url);
    const device = consume(bus, { clientId: 'device', filters: ['plant/v1/s/a/d/cmd'] });
    await device.consumer.ready;
    await device.consumer[Symbol.asyncDispose]();
    await bus.publish('plant/v1/s/a/d/cmd', 'short', { expiryMs: 1_000 });
    await bus.publish('plant/v1/s/a/d/cmd', 'long', { expiryMs: 600_000 });
    await new Promise((resolve) => setTimeout(resolve, 2_100)); // its expiry: the broker counts in whole seconds
    const back = consume(bus, { clientId: 'device', filters: ['plant/v1/s/a/d/cmd'] });
    await using _device = back.consumer;
    await soon(() => expect(back.got.length).toBeGreaterThan(0));
    await bus.publish('plant/v1/s/a/d/cmd', 'last');
    await soon(() => expect(texts(back.got)).toContain('last'));
    expect(texts(back.got)).toEqual(['long', 'last']);
  });

  test.each([0, 10, 64, 1_000])('64 topics of which it gives %i a number arrive under their own names', async (max) => {
    await using broker = await place(() => [`max_topic_alias ${max}`]);
    await using bus = open(broker.url);
    const { consumer, got } = consume(bus, { filters: ['points/v1/+'] });
    await using _ = consumer;
    await consumer.ready;
    const names = Array.from({ length: 320 }, (_, i) => `points/v1/${(i * 7) % 64}`);
    await Promise.all(names.map((name) => bus.publish(name, name, { isFrequent: true })));
    await soon(() => expect(got).toHaveLength(names.length));
    expect(got.map(({ topic }) => topic)).toEqual(names);
    expect(texts(got)).toEqual(names);
  });

  test('its limits are kept: one message at a time, small packets, QoS 1 at most', async () => {
    await using broker = await place(() => ['max_inflight_messages 1', 'max_packet_size 4000', 'max_qos 1']);
    await using bus = open(broker.url);
    const { consumer, got } = consume(bus, {});
    await using _ = consumer;
    await consumer.ready;
    const all = Array.from({ length: 300 }, (_, i) => String(i));
    await Promise.all(all.map((text) => bus.publish('a/b', text)));
    const tooLarge = bus.publish('a/b', 'x'.repeat(5_000)).catch((error: Error) => error.message);
    await bus.publish('a/b', 'y'.repeat(bus.payloadBytesMax()));
    await soon(() => expect(got).toHaveLength(301));
    expect(texts(got).slice(0, 300)).toEqual(all);
    expect(bus.problem()).toMatch(/^a message on a\/b has 50\d\d bytes and the broker takes 4000/);
    await bus[Symbol.asyncDispose]();
    expect(await tooLarge).toMatch(/closed/);
  });

  test('QoS 0 alone is not enough, and is told', async () => {
    await using broker = await place(() => ['max_qos 0']);
    await using bus = open(broker.url);
    await soon(() => expect(bus.problem()).toMatch(/QoS 0 only/));
    const { consumer } = consume(bus, {});
    await using _ = consumer;
    await soon(() => expect(consumer.problem()).toMatch(/QoS 0 only for a\/#/));
  });

  test('whoever shares gets each message once among them, and what is not shared each of them', async () => {
    await using broker = await place();
    await using bus = open(broker.url);
    const shared = { group: 'ingest', filters: ['tele/+'] };
    const members = ['one', 'two', 'three'].map((clientId) => consume(bus, { clientId, filters: ['meta/+'], shared }));
    await using stack = new AsyncDisposableStack();
    for (const { consumer } of members) stack.use(consumer);
    await Promise.all(members.map(({ consumer }) => consumer.ready));
    const sent = Array.from({ length: 300 }, (_, i) => String(i));
    await Promise.all(sent.map((text) => bus.publish('tele/d', text)));
    await bus.publish('meta/d', 'birth', { retain: true });
    await soon(() => expect(members.flatMap(({ got }) => got)).toHaveLength(303));
    const values = members.map(({ got }) => texts(got.filter(({ topic }) => topic === 'tele/d')));
    expect(values.flat().sort((a, b) => Number(a) - Number(b))).toEqual(sent);
    for (const own of values) {
      expect(own.length).toBeGreaterThan(0);
      expect(own).toEqual([...own].sort((a, b) => Number(a) - Number(b))); // in order for each of them
    }
    for (const { got } of members) expect(got.filter(({ topic }) => topic === 'meta/d')).toHaveLength(1);
  });

  // This one throws the first out without a word.
  test('two of one name are told that they may be', async () => {
    await using broker = await place();
    await using bus = open(broker.url);
    const first = consume(bus, {});
    await using _first = first.consumer;
    await first.consumer.ready;
    const second = consume(bus, {});
    await using _second = second.consumer;
    await second.consumer.ready;
    await soon(() => expect(first.consumer.problem()).toMatch(/does another client come as 'worker'/));
  });

  describe('rights', () => {
    async function guarded(): Promise<Place> {
      return place((folder) => {
        const [passwords, rights] = ['passwords', 'rights'].map((name) => path.join(folder, name));
        execFileSync('mosquitto_passwd', ['-b', '-c', passwords ?? '', 'ingest', 'right'], { stdio: 'pipe' });
        writeFileSync(rights ?? '', 'user ingest\ntopic read a/#\ntopic write b/#\n');
        return [
          'per_listener_settings false',
          'allow_anonymous false',
          `password_file ${passwords}`,
          `acl_file ${rights}`,
        ];
      });
    }

    test('a wrong password, none, and a topic that may not be written to are told with the name', async () => {
      await using broker = await guarded();
      await using nobody = open(broker.url, { clientId: 'nobody' });
      await using wrong = open(broker.url, { clientId: 'wrong', username: 'ingest', password: 'wrong' });
      await using right = open(broker.url, { clientId: 'right', username: 'ingest', password: 'right' });
      await soon(() =>
        expect(nobody.problem()).toMatch(/not authorized \(CONNACK 135\); set PENSTOCK_BROKER_USERNAME/),
      );
      await soon(() => expect(wrong.problem()).toMatch(/not authorized \(CONNACK 135\); let user 'ingest' in/));
      void right.publish('c/x', 'x').catch(() => {});
      await right.publish('b/x', 'x');
      await soon(() =>
        expect(right.problem()).toBe(
          "the broker refused a message on c/x: not authorized (PUBACK 135); let user 'ingest' write there",
        ),
      );
    });
  });
});

describe.skipIf(isMissing)('a broker that is replaced by one of another kind', () => {
  test('embedded (3.1.1) by mosquitto (5) and back: what is published goes through, and nothing is twice in work', async () => {
    using folder = tempFolder();
    const [port = 0, metricsPort = 0] = await freePorts(2);
    const embedded = () => startEmbedded({ dataDir: path.join(folder.path, 'data'), port, metricsPort });
    const mosquitto = () => startMosquitto(folder.path, port, []);
    await using bus = open(`mqtt://127.0.0.1:${port}`);
    const { consumer, got } = consume(bus, {});
    await using _ = consumer;
    const sent: string[] = [];
    const round = async (start: () => Promise<Running>) => {
      const early = Array.from({ length: 100 }, (_, i) => bus.publish('early', `${i}`)); // while none is there
      await using _broker = await start();
      await Promise.all(early);
      await soon(() => expect([bus.problem(), consumer.problem()]).toEqual([undefined, undefined]));
      const more = Array.from({ length: 100 }, (_, i) => String(sent.length + i));
      sent.push(...more);
      await Promise.all(more.map((text) => bus.publish('a/b', text)));
      await soon(() => expect(texts(got)).toEqual(sent));
    };
    for (const start of [embedded, mosquitto, embedded]) await round(start);
  }, 60_000);
});
