// Publishing to brokers of MQTT 5 that set limits, refuse, and send away, each in words of its own.

import type { IConnackPacket, Packet } from 'mqtt-packet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeBroker, type FakeConnection, usualAnswer } from '../../../test/support/fake-broker.ts';
import type { Bus, PublishOptions } from './bus.ts';
import { silentLog } from './log.ts';
import { type MqttBusOptions, openMqttBus } from './mqtt-bus.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 8_000, interval: 5 });

async function openBroker(port = 0): Promise<FakeBroker> {
  const broker = await new FakeBroker(5).listen(port);
  opened.push(broker);
  return broker;
}

function openBus(broker: { readonly url: string }, options: Partial<MqttBusOptions> = {}): Bus {
  const bus = openMqttBus({ url: broker.url, clientId: 'tester', ...options }, silentLog());
  opened.push(bus);
  return bus;
}

const welcome = (properties: IConnackPacket['properties']): Packet[] => [
  { cmd: 'connack', reasonCode: 0, sessionPresent: false, ...(properties && { properties }) },
];
const said = (connection: FakeConnection | undefined) =>
  (connection?.of('publish') ?? []).map(({ topic, payload }) => `${topic} ${payload}`);
/** Fails where the bus is closed first; a test that leaves messages behind is no bug. */
const publish = (bus: Bus, topic: string, payload: string, options?: PublishOptions) =>
  bus.publish(topic, payload, options).catch(() => {});

test('never more is under way than the broker takes, also when all of it goes again after a reconnect', async () => {
  const broker = await openBroker();
  let unacknowledged = 0;
  let most = 0;
  let isAnswering = false;
  broker.answer = (packet, connection) => {
    if (packet.cmd === 'connect') {
      unacknowledged = 0;
      return welcome({ receiveMaximum: isAnswering ? 1 : 3 });
    }
    if (packet.cmd !== 'publish') return undefined;
    most = Math.max(most, ++unacknowledged);
    if (!isAnswering) return [];
    setImmediate(() => {
      unacknowledged--;
      connection.send(...usualAnswer(packet));
    });
    return [];
  };
  const bus = openBus(broker);
  const texts = Array.from({ length: 50 }, (_, i) => `a ${i}`);
  const all = texts.map((_, i) => bus.publish('a', String(i)));
  await soon(() => expect(said(broker.last)).toHaveLength(3));
  expect(most).toBe(3);
  [most, isAnswering] = [0, true];
  broker.last.socket.destroy();
  await Promise.all(all);
  expect(most).toBe(1);
  expect(said(broker.last)).toEqual(texts);
});

test('a message that is too large for the broker waits aside and is told; the others go on, and it goes when it may', async () => {
  const broker = await openBroker();
  let maximumPacketSize = 2_000;
  broker.answer = (packet) => (packet.cmd === 'connect' ? welcome({ maximumPacketSize }) : undefined);
  const bus = openBus(broker);
  expect(bus.payloadBytesMax()).toBe(Number.POSITIVE_INFINITY);
  await bus.publish('a', 'small');
  expect(bus.payloadBytesMax()).toBeLessThan(1_000);
  await bus.publish('a', 'x'.repeat(bus.payloadBytesMax()));
  const large = bus.publish('points/v1/3', 'x'.repeat(3_000));
  await bus.publish('a', 'after');
  expect(said(broker.last).map((each) => each.slice(0, 7))).toEqual(['a small', 'a xxxxx', 'a after']);
  expect(bus.problem()).toMatch(
    /^a message on points\/v1\/3 has 30\d\d bytes and the broker takes 2000; raise its maximum packet size$/,
  );
  maximumPacketSize = 10_000;
  broker.last.socket.destroy();
  await large;
  expect(bus.problem()).toBeUndefined();
});

describe('a broker that cannot keep what Penstock promises is not used', () => {
  test.each([
    ['QoS 0 only', { maximumQoS: 0 }, /QoS 0 only.*let it take QoS 1/],
    ['no retained messages', { retainAvailable: false }, /keeps no retained messages.*let it keep them/],
  ])('%s', async (_, properties, words) => {
    const broker = await openBroker();
    broker.answer = (packet) => (packet.cmd === 'connect' ? welcome(properties) : undefined);
    const bus = openBus(broker);
    void publish(bus, 'a', 'x');
    await soon(() => expect(bus.problem()).toMatch(words));
    broker.answer = () => undefined;
    await soon(() => expect(said(broker.last)).toEqual(['a x']));
  });

  test('QoS 1 is all it needs', async () => {
    const broker = await openBroker();
    broker.answer = (packet) => (packet.cmd === 'connect' ? welcome({ maximumQoS: 1 }) : undefined);
    await openBus(broker).publish('a', 'x');
  });
});

test.each([128, 129, 130, 131, 133, 134, 135, 136, 137, 138, 140, 144, 149, 151, 153, 154, 155, 156, 157, 159])(
  'a login refused with %i is told in words, and tried again',
  async (reasonCode) => {
    const broker = await openBroker();
    broker.answer = (packet) =>
      packet.cmd === 'connect'
        ? [{ cmd: 'connack', reasonCode, sessionPresent: false, properties: { reasonString: 'so it is' } }]
        : undefined;
    const bus = openBus(broker, { username: 'u', password: 'p' });
    void publish(bus, 'a', 'x');
    await soon(() =>
      expect(bus.problem()).toMatch(
        new RegExp(`^the broker refused the login: .+ \\('so it is'\\) \\(CONNACK ${reasonCode}\\)`),
      ),
    );
    broker.answer = () => undefined;
    await soon(() => expect(said(broker.last)).toEqual(['a x']));
    expect(broker.last.version).toBe(5);
  },
);

test.each([
  [156, /^the broker ended the connection: we should use another server .*PENSTOCK_BROKER_URL to 'other:1883'/],
  [157, /the server has moved .*PENSTOCK_BROKER_URL to 'other:1883'/],
  [142, /another client has taken over our session .*it came as 'tester' too/],
  [135, /not authorized \(DISCONNECT 135\)/],
  [139, /it is shutting down \(DISCONNECT 139\)/],
] as const)('DISCONNECT %i is told in words', async (reasonCode, words) => {
  const broker = await openBroker();
  const bus = openBus(broker);
  await bus.publish('a', '0');
  broker.last.send({ cmd: 'disconnect', reasonCode, properties: { serverReference: 'other:1883' } });
  await soon(() => expect(bus.problem()).toMatch(words));
});

test('a broker that sends us to another server is not followed, and nothing that was under way is forgotten', async () => {
  const broker = await openBroker();
  const elsewhere = await openBroker();
  const bus = openBus(broker);
  await bus.publish('a', '0');
  broker.answer = (packet) => (packet.cmd === 'publish' ? [] : undefined);
  const all = ['1', '2'].map((text) => bus.publish('a', text));
  await soon(() => expect(said(broker.last)).toHaveLength(3));
  broker.answer = () => undefined;
  const serverReference = `127.0.0.1:${elsewhere.port}`;
  broker.last.send({ cmd: 'disconnect', reasonCode: 157, properties: { serverReference } });
  await Promise.all(all);
  expect(said(broker.last)).toEqual(['a 1', 'a 2']);
  expect(elsewhere.connections).toEqual([]); // our password would go with us
});

describe('topics that come again', () => {
  const shards = (bus: Bus, numbers: readonly number[]) =>
    Promise.all(numbers.map((shard) => bus.publish(`points/v1/${shard}`, 'x', { isFrequent: true })));
  const sent = ({ last }: FakeBroker) =>
    last.of('publish').map(({ topic, properties }) => `${topic}:${properties?.topicAlias ?? '-'}`);

  test('have no more numbers than the broker takes, and new ones on a new connection', async () => {
    const broker = await openBroker();
    broker.answer = (packet) => (packet.cmd === 'connect' ? welcome({ topicAliasMaximum: 2 }) : undefined);
    const bus = openBus(broker);
    await shards(bus, [7, 8, 9, 7, 9, 8]);
    await bus.publish('points/v1/7', 'x'); // whoever does not ask for it is not shortened
    const first = ['points/v1/7:1', 'points/v1/8:2', 'points/v1/9:-', ':1', 'points/v1/9:-', ':2', 'points/v1/7:-'];
    expect(sent(broker)).toEqual(first);
    broker.last.socket.destroy();
    await soon(() => expect(bus.problem()).toBeDefined());
    await shards(bus, [9, 9, 7]);
    expect(sent(broker)).toEqual(['points/v1/9:1', ':1', 'points/v1/7:2']);
  });

  test('keep their names at a broker that takes no numbers', async () => {
    const broker = await openBroker();
    await shards(openBus(broker), [7, 7]);
    expect(sent(broker)).toEqual(['points/v1/7:-', 'points/v1/7:-']);
  });

  test('get their names back where the broker does not know a number that it was told', async () => {
    const broker = await openBroker();
    broker.answer = (packet) => {
      if (packet.cmd === 'connect') return welcome({ topicAliasMaximum: 10 });
      return packet.cmd === 'publish' && packet.topic === '' ? [{ cmd: 'disconnect', reasonCode: 148 }] : undefined;
    };
    await shards(openBus(broker), [7, 7, 7]);
    expect(broker.connections).toHaveLength(2);
    expect(sent(broker).every((each) => each === 'points/v1/7:-')).toBe(true);
  });
});

test('a message that the broker refuses is told, holds up no other, and is offered until it is taken', async () => {
  const broker = await openBroker();
  let isAllowed = false;
  broker.answer = (packet) =>
    packet.cmd === 'publish' && packet.topic === 'points/v1/3' && !isAllowed
      ? [{ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 135, properties: { reasonString: 'no acl' } }]
      : undefined;
  const bus = openBus(broker, { username: 'ingest' });
  const settled: string[] = [];
  const refused = bus.publish('points/v1/3', 'x').then(() => settled.push('refused'));
  await bus.publish('a', 'other');
  expect(settled).toEqual([]);
  expect(bus.problem()).toBe(
    "the broker refused a message on points/v1/3: not authorized ('no acl') (PUBACK 135); let user 'ingest' write there",
  );
  await soon(() => expect(said(broker.last).filter((each) => each === 'points/v1/3 x')).toHaveLength(2)); // again by itself
  isAllowed = true;
  broker.last.socket.destroy();
  await refused;
  expect(bus.problem()).toBeUndefined();
});

test('PUBACK 16, that nobody reads it, is as good as any', async () => {
  const broker = await openBroker();
  broker.answer = (packet) =>
    packet.cmd === 'publish' ? [{ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 16 }] : undefined;
  await openBus(broker).publish('a', 'x');
});

test.each([4, 5] as const)(
  'what has expired before the broker was there is not sent, in MQTT version %i',
  async (version) => {
    const placeholder = await new FakeBroker().listen();
    const { port, url } = placeholder;
    await placeholder[Symbol.asyncDispose]();
    const bus = openBus({ url });
    const late = bus.publish('a', 'late', { expiryMs: 1 });
    const good = bus.publish('a', 'good', { expiryMs: 600_000, correlation: 'c', responseTopic: 'r' });
    await soon(() => expect(bus.problem()).toMatch(/^nothing listens/));
    const broker = await new FakeBroker(version).listen(port);
    opened.push(broker);
    await Promise.all([late, good]);
    expect(said(broker.last)).toEqual(['a good']);
    const [{ properties } = { properties: undefined }] = broker.last.of('publish');
    if (version === 4) expect(properties).toBeUndefined();
    else expect(properties).toMatchObject({ correlationData: Buffer.from('c'), responseTopic: 'r' });
    const seconds = properties?.messageExpiryInterval ?? 599;
    expect([seconds > 500, seconds <= 600]).toEqual([true, true]); // of the 600 s what is left of them
  },
);

describe('a broker that is replaced between two connections', () => {
  /** Holds every acknowledgement back. */
  const mute = (packet: Packet) => (packet.cmd === 'publish' ? [] : undefined);

  test.each([
    [5, 4],
    [4, 5],
  ] as const)(
    'one of version %i by one of version %i: what was under way goes to it, in its own language',
    async (before, after) => {
      const first = await new FakeBroker(before).listen();
      opened.push(first);
      const bus = openBus(first);
      await bus.publish('a', '0');
      first.answer = mute;
      const all = ['1', '2', '3'].map((text) => bus.publish('a', text));
      await soon(() => expect(said(first.last)).toHaveLength(4));
      const { port } = first;
      await first[Symbol.asyncDispose]();
      await soon(() => expect(bus.problem()).toMatch(/^nothing listens/));
      const second = await new FakeBroker(after).listen(port);
      opened.push(second);
      await Promise.all(all);
      expect(said(second.last)).toEqual(['a 1', 'a 2', 'a 3']);
      expect([first.last.version, second.last.version]).toEqual([before, after]);
    },
  );

  test('one that knows no version 5 is asked once while the answer is fresh', async () => {
    const broker = await new FakeBroker(4).listen();
    opened.push(broker);
    const bus = openBus(broker);
    for (let i = 0; i < 4; i++) {
      await bus.publish('a', String(i));
      broker.last.socket.destroy();
      await soon(() => expect(bus.problem()).toBeDefined());
    }
    await bus.publish('a', 'last');
    expect([broker.refusedCount, broker.connections.length]).toEqual([1, 5]);
  });

  test('one that closes without a word on version 5 is spoken to in 3.1.1', async () => {
    const broker = await new FakeBroker(4).listen();
    opened.push(broker);
    broker.refusal = 'wordless';
    await openBus(broker).publish('a', 'x');
    expect([broker.refusedCount, broker.last.version]).toEqual([2, 4]);
  });

  test('one that reads no version numbers, and lets version 5 in as if it were 3.1.1, is spoken to in 3.1.1', async () => {
    const broker = await openBroker();
    broker.answer = (packet, { socket, version }) => {
      if (packet.cmd !== 'connect' || version < 5) return undefined;
      socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00]));
      return [];
    };
    await openBus(broker).publish('a', 'x');
    expect(broker.last.version).toBe(4);
  });

  test('one of version 5 that says so with its own code is believed too', async () => {
    const broker = await openBroker();
    broker.answer = (packet, { version }) =>
      packet.cmd === 'connect' && version === 5
        ? [{ cmd: 'connack', reasonCode: 132, sessionPresent: false }]
        : undefined;
    await openBus(broker).publish('a', 'x');
    expect(broker.last.version).toBe(4);
  });
});

test('a broker that wants to hear from us more often does', async () => {
  const broker = await openBroker();
  broker.answer = (packet) => (packet.cmd === 'connect' ? welcome({ serverKeepAlive: 1 }) : undefined);
  openBus(broker, { keepaliveSeconds: 600 });
  await soon(() => expect(broker.last.of('pingreq').length).toBeGreaterThan(1));
});
