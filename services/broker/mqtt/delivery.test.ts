// What a subscriber is sent, and what it is not: filters, QoS, flags, order.

import { afterEach, expect, test } from 'vitest';
import { PacketClient, publish } from '../../../test/support/packet-client.ts';
import { openTestBroker, type TestBroker } from '../test-broker.ts';

let broker: TestBroker;
let opened: AsyncDisposableStack;
const open = async () => {
  opened = new AsyncDisposableStack();
  broker = opened.use(await openTestBroker());
};
afterEach(() => opened.disposeAsync());
const connect = async (clientId: string, options: { clean?: boolean } = {}) =>
  opened.use(await PacketClient.connect(broker.port, { clientId, ...options }));

test.each<readonly [filter: string, topics: readonly string[], others: readonly string[]]>([
  ['a/+', ['a/b', 'a/'], ['a', 'a/b/c', 'b/a']],
  ['a/#', ['a', 'a/b', 'a/b/c'], ['b', 'ab', 'A/b']],
  ['+/+', ['a/b', '/b', '/'], ['a', 'a/b/c']],
  ['+', ['a'], ['/a', 'a/b']],
  ['#', ['a', '/a', 'a/b/c'], []],
  ['a b/ü', ['a b/ü'], ['a b/u']],
])('%s is sent what it matches and nothing else', async (filter, topics, others) => {
  await open();
  const [reader, writer] = [await connect('reader'), await connect('writer')];
  expect(await reader.subscribe([filter, 1])).toEqual([1]);
  for (const topic of [...others, ...topics]) await writer.publish(topic, 'x');
  for (const topic of topics) {
    expect(await reader.heard()).toBe(`${topic} x q1`);
    reader.send({ cmd: 'puback', messageId: 1 });
  }
});

test('a message is sent at the lower of its own QoS and that of the subscription', async () => {
  await open();
  const writer = await connect('writer');
  for (const filter of ['a', '+']) {
    for (const granted of [0, 1, 2] as const) {
      const reader = await connect(`reader-${granted}`);
      expect(await reader.subscribe([filter, granted])).toEqual([granted]);
      for (const qos of [0, 1, 2] as const) await writer.publish('a', `${qos}`, { qos });
      const heard = [await reader.heard(), await reader.heard(), await reader.heard()];
      expect(heard.toSorted(), `${filter} at QoS ${granted}`).toEqual(
        [0, 1, 2].map((qos) => `a ${qos} q${Math.min(qos, granted)}`),
      );
      await reader.disconnect();
    }
  }
});

const OVERLAPS: readonly (readonly (readonly [filter: string, qos: 0 | 1 | 2])[])[] = [
  [
    ['a/b', 0],
    ['a/+', 1],
    ['#', 2],
  ],
  [
    ['#', 2],
    ['a/+', 1],
    ['a/b', 0],
  ],
  [
    ['a/+', 1],
    ['#', 2],
    ['a/b', 0],
  ],
  [
    ['a/#', 0],
    ['a/b', 1],
    ['+/b', 2],
  ],
];

test.each(OVERLAPS)('filters that overlap send a message once, at the highest QoS: %o %o %o', async (...filters) => {
  await open();
  for (const clean of [true, false]) {
    const reader = await connect(`reader-${clean}`, { clean });
    for (const filter of filters) await reader.subscribe(filter);
    const writer = await connect('writer');
    for (const [n, qos] of ([2, 1, 0, 2] as const).entries()) {
      await writer.publish('a/b', `${n}`, { qos });
      expect(await reader.heard()).toBe(`a/b ${n} q${qos}`);
    }
    await reader.disconnect();
  }
});

test('an absent session with filters that overlap is kept a message once', async () => {
  await open();
  const before = await connect('reader', { clean: false });
  await before.subscribe(['a/b', 1], ['a/+', 2], ['#', 1]);
  await before.disconnect();
  const writer = await connect('writer');
  await writer.publish('a/b', '1');
  await writer.publish('a/b', '2');
  const after = await connect('reader', { clean: false });
  expect([await after.heard(), await after.heard()]).toEqual(['a/b 1 q1', 'a/b 2 q1']);
  await writer.publish('a/b', '3');
  expect(await after.heard()).toBe('a/b 3 q1');
});

test('a message at QoS 1 or 2 that one at QoS 0 overtakes inside the broker still arrives', async () => {
  await open();
  const reader = await connect('reader');
  await reader.subscribe(['a', 2]);
  const writers = await Promise.all([0, 1, 2].map((qos) => connect(`writer-${qos}`)));
  const sent: string[] = [];
  for (let n = 1; n <= 200; n++) {
    for (const qos of [2, 1, 0] as const) {
      writers[qos]?.send(publish({ topic: 'a', payload: `${n}`, qos, messageId: n }));
      sent.push(`a ${n} q${qos}`);
    }
  }
  const heard = new Set<string>();
  while (heard.size < sent.length) heard.add(await reader.heard());
  expect([...heard].toSorted()).toEqual(sent.toSorted());
});

test("a publisher's DUP is its own affair", async () => {
  await open();
  const reader = await connect('reader');
  await reader.subscribe(['a', 1]);
  const writer = await connect('writer');
  writer.send(publish({ topic: 'a', payload: 'x', qos: 1, messageId: 7, dup: true }));
  await writer.next('puback');
  expect(await reader.heard()).toBe('a x q1');
});

test('messages of one publisher come in the order in which it sent them, at each QoS', async () => {
  await open();
  for (const qos of [0, 1, 2] as const) {
    for (const clean of [true, false]) {
      const reader = await connect(`reader-${qos}-${clean}`, { clean });
      await reader.subscribe(['a', qos]);
      const writer = await connect('writer');
      const payloads = Array.from({ length: 300 }, (_, n) => `${n}`);
      writer.send(...payloads.map((payload, n) => publish({ topic: 'a', payload, qos, messageId: n + 1 })));
      for (const payload of payloads) expect(await reader.heard()).toBe(`a ${payload} q${qos}`);
      await reader.disconnect();
    }
  }
});

test('after UNSUBSCRIBE nothing more is sent, and a second one is answered too', async () => {
  await open();
  const [reader, writer] = [await connect('reader'), await connect('writer')];
  await reader.subscribe(['a', 1], ['b', 1], ['end', 1]);
  for (const messageId of [5, 6]) {
    reader.send({ cmd: 'unsubscribe', messageId, unsubscriptions: ['a', 'never'] });
    expect((await reader.next('unsuback')).messageId).toBe(messageId);
  }
  for (const topic of ['a', 'b', 'a', 'end']) await writer.publish(topic, 'x');
  expect([await reader.heard(), await reader.heard()]).toEqual(['b x q1', 'end x q1']);
});

test('subscribing again replaces the QoS', async () => {
  await open();
  const [reader, writer] = [await connect('reader'), await connect('writer')];
  for (const qos of [1, 0, 2, 1] as const) {
    expect(await reader.subscribe(['a/+', qos])).toEqual([qos]);
    await writer.publish('a/b', `${qos}`);
    expect(await reader.heard()).toBe(`a/b ${qos} q${Math.min(qos, 1)}`);
  }
});

test('packet ids that are still in use are not given out again', async () => {
  await open();
  const reader = await connect('reader', { clean: false });
  await reader.subscribe(['a', 1]);
  const writer = await connect('writer');
  const ids = new Set<number>();
  // Twice around all ids, with two of them never acknowledged.
  const kept = new Set<number>();
  for (let n = 0; n < 70_000; n += 1_000) {
    writer.send(
      ...Array.from({ length: 1_000 }, (_, i) =>
        publish({ topic: 'a', payload: `${n + i}`, qos: 1, messageId: i + 1 }),
      ),
    );
    for (let i = 0; i < 1_000; i++) {
      const { messageId = 0 } = await reader.next('publish');
      expect(kept.has(messageId)).toBe(false);
      if (kept.size < 2) kept.add(messageId);
      else reader.send({ cmd: 'puback', messageId });
      ids.add(messageId);
      await writer.next('puback');
    }
  }
  expect(ids.size).toBeGreaterThan(65_000);
}, 60_000);
