// Consuming from brokers of MQTT 5: windows, groups, refusals in words, and a session that outlives a change of version.

import type { IConnackPacket, Packet } from 'mqtt-packet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeBroker, published, usualAnswer } from '../../../test/support/fake-broker.ts';
import type { ConsumeOptions, Delivery } from './bus.ts';
import { silentLog } from './log.ts';
import type { MqttAddress } from './mqtt-connection.ts';
import { MqttConsumer } from './mqtt-consumer.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 8_000, interval: 5 });
const texts = (deliveries: readonly Delivery[]) => deliveries.map(({ payload }) => String(payload));

async function openBroker(version: 4 | 5 = 5, port = 0): Promise<FakeBroker> {
  const broker = await new FakeBroker(version).listen(port);
  opened.push(broker);
  return broker;
}

function consume(broker: FakeBroker, options: Partial<ConsumeOptions> = {}, address: Partial<MqttAddress> = {}) {
  const got: Delivery[] = [];
  const sessions: string[] = [];
  const consumer = new MqttConsumer(
    { url: broker.url, ...address },
    {
      clientId: 'tester',
      filters: ['a/#'],
      cleanSession: false,
      onSession: (kind) => sessions.push(kind),
      onDelivery: (delivery) => got.push(delivery),
      ...options,
    },
    silentLog(),
  );
  opened.push(consumer);
  return { consumer, got, sessions };
}

const welcome = (properties: IConnackPacket['properties'], sessionPresent = false): Packet[] => [
  { cmd: 'connack', reasonCode: 0, sessionPresent, ...(properties && { properties }) },
];
const suback = (granted: number[], reasonString?: string) => (packet: Packet) =>
  packet.cmd === 'subscribe'
    ? [
        {
          cmd: 'suback' as const,
          messageId: packet.messageId ?? 0,
          granted,
          ...(reasonString && { properties: { reasonString } }),
        },
      ]
    : undefined;

test.each([
  [{}, { clean: false, properties: { receiveMaximum: 20_000, sessionExpiryInterval: 0xffff_ffff } }],
  [{ window: 70 }, { clean: false, properties: { receiveMaximum: 70, sessionExpiryInterval: 0xffff_ffff } }],
  [{ window: 1e9 }, { clean: false, properties: { receiveMaximum: 65_535, sessionExpiryInterval: 0xffff_ffff } }],
  [{ cleanSession: true }, { clean: true, properties: { receiveMaximum: 20_000 } }],
])('the broker is told the window, and to keep a session for good: %o', async (options, expected) => {
  const broker = await openBroker();
  await consume(broker, options).consumer.ready;
  const { clean, properties } = broker.last.of('connect')[0] ?? {};
  expect({ clean, properties }).toEqual(expected);
});

test('a full window at a broker that keeps to it is no reason to leave, or to stop reading', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker, { window: 3 }, { keepaliveSeconds: 1 });
  await consumer.ready;
  broker.last.send(...[1, 2, 3].map((id) => published('a/x', String(id), id)));
  await soon(() => expect(got).toHaveLength(3));
  const before = broker.last.of('pingreq').length;
  // Longer than the 500 ms after which a reader that has stopped would leave, and than the keepalive.
  await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(before + 4));
  expect([consumer.problem(), broker.connections.length, consumer.inFlight]).toEqual([undefined, 1, 3]);
  got[0]?.ack();
  await soon(() => expect(broker.last.of('puback')).toHaveLength(1));
  broker.last.send(published('a/x', '4', 4));
  await soon(() => expect(texts(got)).toEqual(['1', '2', '3', '4']));
  for (const { ack } of got) ack();
});

test('the trace of a message comes with it, and only where it is one', async () => {
  const broker = await openBroker();
  const { consumer, got } = consume(broker);
  await consumer.ready;
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const of = (id: number, userProperties: Record<string, string>) => ({
    ...published('a/x', String(id), id),
    properties: { userProperties },
  });
  broker.last.send(of(1, { traceparent }), of(2, { traceparent: 'nonsense' }), of(3, { schema: 'x' }));
  await soon(() => expect(got).toHaveLength(3));
  expect(got.map((each) => each.traceparent)).toEqual([traceparent, undefined, undefined]);
  for (const { ack } of got) ack();
});

describe('a refused filter is told in words, and asked for again', () => {
  test.each([
    [128, /a\/#: it does not say why \('hm'\) \(SUBACK 128\)$/],
    [131, /for reasons of its own/],
    [135, /not authorized \('hm'\) \(SUBACK 135\); let user 'ingest' read it$/],
    [143, /it does not take this filter/],
    [145, /the packet id is in use/],
    [151, /a quota is used up/],
    [158, /it has no shared subscriptions .*; unset PENSTOCK_INGEST_SHARE/],
    [161, /it has no subscription identifiers/],
    [162, /it has no wildcard subscriptions/],
  ])('%i', async (code, words) => {
    const broker = await openBroker();
    broker.answer = suback([code], 'hm');
    const { consumer } = consume(broker, {}, { username: 'ingest' });
    await soon(() => expect(consumer.problem()).toMatch(words));
    broker.answer = () => undefined;
    await consumer.ready;
    expect(consumer.problem()).toBeUndefined();
  });
});

test('who has taken over our session is not taken over from at once: the two would fight for ever', async () => {
  const broker = await openBroker();
  const { consumer } = consume(broker);
  await consumer.ready;
  const connectedAt = performance.now();
  broker.last.send({ cmd: 'disconnect', reasonCode: 142 });
  await soon(() => expect(consumer.problem()).toMatch(/taken over our session .*'tester' too/));
  await soon(() => expect(broker.connections).toHaveLength(2));
  expect(performance.now() - connectedAt).toBeGreaterThan(3_000);
});

describe('shared out among a group', () => {
  const shared = { group: 'ingest', filters: ['plant/+/tele', '#'] };

  test('filters are asked for under its name, beside those that are not', async () => {
    const broker = await openBroker();
    await consume(broker, { shared }).consumer.ready;
    const asked = broker.last.of('subscribe')[0]?.subscriptions.map(({ topic, qos }) => [topic, qos]);
    expect(asked).toEqual([
      ['a/#', 1],
      ['$share/ingest/plant/+/tele', 1],
      ['$share/ingest/#', 1],
    ]);
  });

  test.each<[what: string, version: 4 | 5, answer: (packet: Packet) => Packet[] | undefined, words: RegExp]>([
    ['speaks 3.1.1', 4, () => undefined, /PENSTOCK_INGEST_SHARE=ingest.*speaks MQTT 3\.1\.1, which has none; unset it/],
    [
      'says that it has none',
      5,
      (packet) => (packet.cmd === 'connect' ? welcome({ sharedSubscriptionAvailable: false }) : undefined),
      /PENSTOCK_INGEST_SHARE=ingest.*says that it has none/,
    ],
    ['refuses them', 5, suback([1, 158, 158]), /\$share\/ingest\/plant\/\+\/tele.*no shared subscriptions/],
  ])('a broker that %s is not read from, in no other way either', async (_, version, answer, words) => {
    const broker = await openBroker(version);
    broker.answer = answer;
    const { consumer, got } = consume(broker, { shared });
    await soon(() => expect(consumer.problem()).toMatch(words));
    const asked = broker.connections.flatMap((each) => each.of('subscribe')).flatMap((each) => each.subscriptions);
    expect(asked.every(({ topic }) => topic === 'a/#' || topic.startsWith('$share/'))).toBe(true);
    expect(got).toEqual([]);
  });
});

test.each([
  [5, 4],
  [4, 5],
] as const)(
  'a broker of version %i that gives its sessions to one of version %i: what is in work is not worked on twice',
  async (before, after) => {
    const first = await openBroker(before);
    const { consumer, got, sessions } = consume(first);
    await consumer.ready;
    first.last.send(published('a/x', 'one', 1), published('a/x', 'two', 2));
    await soon(() => expect(got).toHaveLength(2));
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await soon(() => expect(consumer.problem()).toMatch(/^nothing listens/));
    got[1]?.ack();
    const second = await openBroker(after, port);
    second.answer = (packet, { version }) => {
      if (packet.cmd !== 'connect') return undefined;
      const kept = ['one', 'two', 'three'].map((text, i) => published('a/x', text, 100 + i));
      return [
        ...(version === 5 ? welcome({}, true) : [{ ...usualAnswer(packet)[0], sessionPresent: true }]),
        ...kept,
      ] as Packet[];
    };
    await soon(() => expect(texts(got)).toEqual(['one', 'two', 'three']));
    expect([second.last.version, sessions]).toEqual([after, ['new', 'resumed']]);
    got[0]?.ack();
    got[2]?.ack();
    await soon(() => expect(second.last.of('puback').map(({ messageId }) => messageId)).toEqual([100, 101, 102]));
  },
);
