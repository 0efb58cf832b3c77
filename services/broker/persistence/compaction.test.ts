import { expect, test } from 'vitest';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { PublishedPacket } from './packets.ts';
import type { Store } from './store.ts';
import { FOLDER, openTestStore } from './test-store.ts';

const SEGMENT_BYTES = 4_000;
const SPARE_BYTES = 4 * SEGMENT_BYTES;

async function open(files = new PowerCutFiles()): Promise<Store> {
  const store = await openTestStore({ files, segmentBytesMax: SEGMENT_BYTES, payloadBytesMax: 0 });
  await store.persistence.setup({ id: store.brokerId, counter: 0 });
  return store;
}

async function publish(store: Store, topic: string, options: Partial<PublishedPacket> = {}): Promise<PublishedPacket> {
  const packet: PublishedPacket = { topic, payload: Buffer.alloc(100, topic), qos: 1, retain: false, ...options };
  await store.intake.accept(null, packet);
  await store.persistence.outgoingEnqueueCombi(await store.persistence.subscriptionsByTopic(topic), packet);
  return packet;
}

test('the log holds at most as much garbage as live data and the spare, however much goes through', async () => {
  await using store = await open();
  const { log, state } = store.ledger;
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'read', qos: 1 }]);
  for (let i = 0; i < 40; i++) await publish(store, `kept/${i}`, { retain: true });
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 10; i++) {
      const { brokerCounter = 0 } = await publish(store, 'read');
      await store.persistence.outgoingClearMessageId({ id: 'reader' }, { brokerCounter });
    }
    await store.compaction.poke();
    expect(log.bytes - state.liveBytes).toBeLessThan(Math.max(state.liveBytes, SPARE_BYTES) + SEGMENT_BYTES);
  }
  expect(store.compaction.segmentsDropped).toBeGreaterThan(20);
  const kept = await store.persistence.createRetainedStream('kept/#').toArray();
  expect(kept).toHaveLength(40);
});

test('a payload that is being read back while its segment goes is read from where it went', async () => {
  await using store = await open();
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a/#', qos: 1 }]);
  for (let i = 0; i < 30; i++) await publish(store, `a/${i}`);
  for (let i = 0; i < 200; i++) await publish(store, 'nobody');
  const stream = store.persistence.outgoingStream({ id: 'reader' });
  const [queue] = await Promise.all([stream.toArray(), store.compaction.poke()]);
  expect(store.compaction.segmentsDropped).toBeGreaterThan(0);
  expect((queue as PublishedPacket[]).map(({ topic, payload }) => `${topic} ${payload.length}`)).toEqual(
    Array.from({ length: 30 }, (_, i) => `a/${i} 100`),
  );
});

test('on a full disk nothing is dropped that was not copied', async () => {
  const files = new PowerCutFiles();
  const store = await open(files);
  for (let i = 0; i < 30; i++) await publish(store, `kept/${i}`, { retain: true });
  for (let i = 0; i < 200; i++) await publish(store, 'nobody');
  const before = store.ledger.log.segments.length;
  files.bytesFree = 0;
  void store.compaction.poke();
  await expect.poll(() => store.ledger.log.problem(), { timeout: 10_000 }).toMatch(/disk is full/);
  expect(store.ledger.log.segments.length).toBeGreaterThanOrEqual(before);
  expect(store.compaction.segmentsDropped).toBe(0);
  files.bytesFree = Number.POSITIVE_INFINITY;
  await expect.poll(() => store.compaction.segmentsDropped, { timeout: 10_000 }).toBeGreaterThan(0);
  await store[Symbol.asyncDispose]();
  await using again = await open(files);
  expect(await again.persistence.createRetainedStream('kept/#').toArray()).toHaveLength(30);
});

test('a message whose record rots while it is in memory is saved when its segment goes', async () => {
  const files = new PowerCutFiles();
  const damages: unknown[] = [];
  const options = { files, segmentBytesMax: SEGMENT_BYTES, onDamage: (damage: unknown) => void damages.push(damage) };
  const store = await openTestStore(options);
  await store.persistence.setup({ id: store.brokerId, counter: 0 });
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a/#', qos: 1 }]);
  for (let i = 0; i < 5; i++) await publish(store, `a/${i}`, { retain: i === 2, payload: Buffer.from(`text ${i}`) });
  const bytes = files.bytesOf(`${FOLDER}/0000000001.log`);
  const at = bytes.indexOf('text 2');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  for (let i = 0; i < 300; i++) await publish(store, 'nobody');
  await store.compaction.poke();
  expect(damages).toHaveLength(1);
  await store[Symbol.asyncDispose]();
  await using again = await openTestStore(options);
  expect(again.ledger.log.segments[0]?.number).toBeGreaterThan(1);
  const queue = (await again.persistence.outgoingStream({ id: 'reader' }).toArray()) as PublishedPacket[];
  expect(queue.map(({ payload }) => String(payload))).toEqual([0, 1, 2, 3, 4].map((i) => `text ${i}`));
  expect(await again.persistence.createRetainedStream('#').toArray()).toMatchObject([{ topic: 'a/2' }]);
});
