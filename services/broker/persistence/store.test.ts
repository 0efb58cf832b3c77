import { expect, test } from 'vitest';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { Damage } from '#runtime/segment-log/segment-folder.ts';
import type { PublishedPacket } from './packets.ts';
import type { Store, StoreOptions } from './store.ts';
import { FOLDER, openTestStore } from './test-store.ts';

async function open(files: PowerCutFiles, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openTestStore({ files, ...options });
  await store.persistence.setup({ id: store.brokerId, counter: 0 });
  return store;
}

const packetOf = (topic: string, text: string, options: Partial<PublishedPacket> = {}): PublishedPacket => ({
  topic,
  payload: Buffer.from(text),
  qos: 1,
  retain: false,
  ...options,
});

async function payloads(store: Store, id: string): Promise<string[]> {
  const packets = (await store.persistence.outgoingStream({ id }).toArray()) as PublishedPacket[];
  return packets.map(({ payload }) => String(payload));
}

test('every start has a name of its own, in ascending order, and knows how the one before ended', async () => {
  const files = new PowerCutFiles();
  const first = await open(files);
  expect([first.brokerId, first.wasStopped]).toEqual(['penstock-0000000001', false]);
  await first[Symbol.asyncDispose]();
  const second = await open(files);
  expect([second.brokerId, second.wasStopped]).toEqual(['penstock-0000000002', true]);
  await second.ledger.commit(); // before that nobody has seen it
  const third = await open(files.cut(() => 0.5));
  expect([third.brokerId, third.wasStopped]).toEqual(['penstock-0000000003', false]);
  await third[Symbol.asyncDispose]();
});

test('a queue beyond the memory for payloads lies on disk, and comes back whole and in order, also after a restart', async () => {
  const files = new PowerCutFiles();
  const options = { payloadBytesMax: 10_000 };
  const store = await open(files, options);
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  const expected = Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat(1_000)}`);
  for (const text of expected) {
    const packet = packetOf('a', text);
    await store.intake.accept(null, packet);
    await store.persistence.outgoingEnqueueCombi(await store.persistence.subscriptionsByTopic('a'), packet);
  }
  expect(store.ledger.state.payloads.bytes).toBeLessThan(12_000);
  expect(await payloads(store, 'reader')).toEqual(expected);
  await store[Symbol.asyncDispose]();
  await using again = await open(files, options);
  expect(again.ledger.state.payloads.bytes).toBeLessThan(12_000);
  expect(await payloads(again, 'reader')).toEqual(expected);
});

test('one payload is written once, however many wait for it', async () => {
  const files = new PowerCutFiles();
  await using store = await open(files, { segmentBytesMax: 10_000_000 });
  for (let i = 0; i < 100; i++) await store.persistence.addSubscriptions({ id: `r${i}` }, [{ topic: 'a', qos: 1 }]);
  const before = store.ledger.log.bytes;
  await store.intake.accept(null, packetOf('a', 'x'.repeat(50_000)));
  expect(store.ledger.log.bytes - before).toBeLessThan(52_000);
  expect(await payloads(store, 'r99')).toEqual(['x'.repeat(50_000)]);
});

test('a damaged record costs itself: it is told, and what lies around it is there', async () => {
  const files = new PowerCutFiles();
  const store = await open(files);
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  for (const text of ['one', 'two!', 'three']) await store.intake.accept(null, packetOf('a', text));
  await store[Symbol.asyncDispose]();
  const bytes = files.bytesOf(`${FOLDER}/0000000001.log`);
  const at = bytes.indexOf('two!');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const damages: Damage[] = [];
  await using again = await open(files, { onDamage: (damage) => damages.push(damage) });
  expect(damages).toMatchObject([{ kind: 'damaged', segment: 1 }]);
  expect(await payloads(again, 'reader')).toEqual(['one', 'three']);
});

test('a payload that rots on disk while it is away costs itself, and is counted', async () => {
  const files = new PowerCutFiles();
  const damages: Damage[] = [];
  await using store = await open(files, { payloadBytesMax: 0, onDamage: (damage) => damages.push(damage) });
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  for (const text of ['one', 'two!', 'three']) {
    const packet = packetOf('a', text);
    await store.intake.accept(null, packet);
    await store.persistence.outgoingEnqueueCombi([], packet);
  }
  const bytes = files.bytesOf(`${FOLDER}/0000000001.log`);
  const at = bytes.indexOf('two!');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  expect(await payloads(store, 'reader')).toEqual(['one', 'three']);
  expect(store.ledger.lostMessages).toBe(1);
  expect(damages).toHaveLength(1);
  expect(await payloads(store, 'reader')).toEqual(['one', 'three']);
});

test('a full disk acknowledges nothing, says why, and goes on by itself when there is room', async () => {
  const files = new PowerCutFiles();
  await using store = await open(files);
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  files.bytesFree = 100;
  let acknowledged = 0;
  const accepted = Array.from({ length: 20 }, (_, n) =>
    store.intake.accept(null, packetOf('a', `${n}`)).then(() => acknowledged++),
  );
  await expect.poll(() => store.ledger.log.problem(), { timeout: 10_000 }).toMatch(/the disk is full \(ENOSPC\)/);
  expect(acknowledged).toBe(0);
  // Nobody is shown what may yet be lost.
  expect(await payloads(store, 'reader')).toEqual([]);
  files.bytesFree = Number.POSITIVE_INFINITY;
  await Promise.all(accepted);
  expect(store.ledger.log.problem()).toBeUndefined();
  expect(await payloads(store, 'reader')).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
});

test('a disk that is full at the start is said, and the start is counted when there is room', async () => {
  const files = new PowerCutFiles();
  files.bytesFree = 10;
  const first = await open(files);
  await expect.poll(() => first.ledger.log.problem(), { timeout: 10_000 }).toMatch(/the disk is full/);
  files.bytesFree = Number.POSITIVE_INFINITY;
  await first.intake.accept(null, packetOf('a', 'x'));
  await first[Symbol.asyncDispose]();
  await using second = await open(files);
  expect(second.brokerId).toBe('penstock-0000000002');
});

test('after a failed sync nothing is acknowledged, and the owner is told', async () => {
  const files = new PowerCutFiles();
  const fatal: Error[] = [];
  const store = await open(files, { onFatal: (error) => fatal.push(error) });
  files.fault = ({ does }) => (does === 'sync' ? 'EIO' : undefined);
  let isAcknowledged = false;
  void store.intake.accept(null, packetOf('a', 'x', { retain: true })).then(() => {
    isAcknowledged = true;
  });
  await expect.poll(() => fatal.length).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isAcknowledged).toBe(false);
});

test('a will survives the takeover of its client by a connection with another', async () => {
  await using store = await open(new PowerCutFiles());
  const [old, next] = [
    { id: 'device', closed: false },
    { id: 'device', closed: false },
  ];
  await store.persistence.putWill(old, packetOf('will', 'old'));
  await store.persistence.delWill(next);
  await store.persistence.putWill(next, packetOf('will', 'next'));
  // aedes closes the old one now, and names only its client.
  old.closed = true;
  await store.persistence.delWill({ id: 'device', brokerId: store.brokerId });
  expect(String((await store.persistence.getWill({ id: 'device' }))?.payload)).toBe('next');
  next.closed = true;
  await store.persistence.delWill({ id: 'device', brokerId: store.brokerId });
  expect(await store.persistence.getWill({ id: 'device' })).toBeUndefined();
});

test('aedes is never given a will of this start, even where it has forgotten that the start is its own', async () => {
  await using store = await open(new PowerCutFiles());
  await store.persistence.putWill({ id: 'device' }, packetOf('will', 'down'));
  expect(await store.persistence.streamWill({}).toArray()).toEqual([]);
  expect(await store.persistence.streamWill().toArray()).toHaveLength(1);
});

test('a client that sends QoS 2 and never releases is refused before it takes the memory', async () => {
  await using store = await open(new PowerCutFiles());
  for (const clean of [true, false]) {
    const flooder = { id: `flooder ${clean}`, clean, closed: false };
    const send = (messageId: number) => store.intake.accept(flooder, packetOf('a', 'x', { qos: 2, messageId }));
    for (let messageId = 1; messageId <= 1_000; messageId++) void send(messageId);
    expect(await send(1_001)).toMatch(/more than 1000 QoS 2 messages/);
    expect(await send(1_000)).toBeUndefined();
  }
});

test('messages age while the broker runs, and not while it is down, whatever its clock said before', async () => {
  const files = new PowerCutFiles();
  const clients = { messages: 1_000, bytes: 1e9, ageMs: 1_000 };
  const dropped: string[] = [];
  const onDropped = (reason: string) => void dropped.push(reason);
  let elapsed = 5_000;
  const options = { clients, onDropped, elapsedMs: () => elapsed };
  const first = await open(files, options);
  await first.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  await first.intake.accept(null, packetOf('a', 'x'));
  elapsed += 600;
  await first[Symbol.asyncDispose]();
  elapsed = 0;
  await using second = await open(files, options);
  elapsed += 300;
  second.limits.dropAged(second.now());
  expect(dropped).toEqual([]);
  elapsed += 200;
  second.limits.dropAged(second.now());
  expect(dropped).toEqual(['age']);
});
