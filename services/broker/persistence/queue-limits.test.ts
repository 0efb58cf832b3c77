import { expect, test } from 'vitest';
import { silentLog } from '#runtime/log.ts';
import type { PublishedPacket } from './packets.ts';
import type { Store, StoreOptions } from './store.ts';
import { openTestStore } from './test-store.ts';

async function open(options: Partial<StoreOptions>): Promise<Store & { readonly dropped: string[] }> {
  const dropped: string[] = [];
  const store = await openTestStore({ onDropped: (reason) => dropped.push(reason), ...options });
  await store.persistence.setup({ id: store.brokerId, counter: 0 });
  return Object.assign(store, { dropped });
}

const publisher = (id: string) => ({ id, clean: true, closed: false });

async function publish(store: Store, text: string, by = publisher('p'), topic = 'a'): Promise<void> {
  const packet: PublishedPacket = { topic, payload: Buffer.from(text), qos: 1, retain: false };
  await store.intake.accept(by, packet);
}

async function queueOf(store: Store, id: string): Promise<string[]> {
  const packets = (await store.persistence.outgoingStream({ id }).toArray()) as PublishedPacket[];
  return packets.map(({ payload }) => String(payload));
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
const MANY = { messages: 1_000, bytes: 1e9 };

test('an ordinary client keeps its newest messages, and the drops are counted', async () => {
  await using store = await open({ clients: { messages: 10, bytes: 1e9, ageMs: 1e9 } });
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  for (const text of numbers(1, 25)) await publish(store, text);
  expect(await queueOf(store, 'reader')).toEqual(numbers(16, 25));
  expect(store.dropped).toEqual(Array.from({ length: 15 }, () => 'messages'));
});

test('bytes are counted with what a place in a queue costs', async () => {
  await using store = await open({ clients: { messages: 1e9, bytes: 10_000, ageMs: 1e9 } });
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  for (let i = 0; i < 100; i++) await publish(store, '.'.repeat(700));
  expect(await queueOf(store, 'reader')).toHaveLength(10);
  expect(new Set(store.dropped)).toEqual(new Set(['bytes']));
});

test('what is too old goes, also where nothing new comes', async () => {
  let now = 1_000;
  await using store = await open({ elapsedMs: () => now, clients: { ...MANY, ageMs: 500 } });
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  await publish(store, 'old');
  now = 1_400;
  await publish(store, 'new');
  now = 1_600;
  store.limits.dropAged(store.now());
  expect(await queueOf(store, 'reader')).toEqual(['new']);
  expect(store.dropped).toEqual(['age']);
});

test('the log speaks once a minute of a client, with how many it was', async () => {
  let now = 0;
  const lines: object[] = [];
  const log = Object.assign(silentLog(), { warn: (fields: object) => lines.push(fields) });
  await using store = await open({ elapsedMs: () => now, log, clients: { messages: 1, bytes: 1e9, ageMs: 1e9 } });
  await store.persistence.addSubscriptions({ id: 'reader' }, [{ topic: 'a', qos: 1 }]);
  for (const text of numbers(1, 11)) await publish(store, text);
  expect(lines).toEqual([{ clientId: 'reader', dropped: 1 }]);
  now = 60_000;
  store.limits.dropAged(store.now());
  expect(lines).toEqual([
    { clientId: 'reader', dropped: 1 },
    { clientId: 'reader', dropped: 9 },
  ]);
});

test("a service's full queue drops nothing: publishers wait in order, others go on, and all come when there is room", async () => {
  await using store = await open({ services: { messages: 3, bytes: 1e9 } });
  const service = { id: 'penstock-ingest-in' };
  await store.persistence.addSubscriptions(service, [{ topic: 'a', qos: 1 }]);
  for (const text of numbers(1, 3)) await publish(store, text);
  const done: string[] = [];
  const one = publisher('one');
  const waiting = numbers(4, 8).map((text) => publish(store, text, one).then(() => done.push(text)));
  // Of the same publisher it waits too, whatever its topic: PUBACKs go out in order.
  const behind = publish(store, 'behind', one, 'b').then(() => done.push('behind'));
  await publish(store, 'x', publisher('two'), 'b');
  expect(done).toEqual([]);
  expect(store.intake.waiting).toBe(6);
  expect(store.limits.fullQueues()).toEqual(['penstock-ingest-in']);
  const got: string[] = [];
  while (got.length < 8) {
    const [first] = (await store.persistence.outgoingStream(service).toArray()) as PublishedPacket[];
    if (first !== undefined) {
      got.push(String(first.payload));
      await store.persistence.outgoingClearMessageId(service, { brokerCounter: first.brokerCounter ?? 0 });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([...waiting, behind]);
  expect(got).toEqual(numbers(1, 8));
  expect(done).toEqual([...numbers(4, 8), 'behind']);
  expect(store.dropped).toEqual([]);
  expect(store.limits.fullQueues()).toEqual([]);
});

test('who waits and is lost is not published: it was never acknowledged', async () => {
  await using store = await open({ services: { messages: 1, bytes: 1e9 } });
  const service = { id: 'penstock-ingest-in' };
  await store.persistence.addSubscriptions(service, [{ topic: 'a', qos: 1 }]);
  await publish(store, '1');
  const lost = { id: 'lost', clean: true, closed: false };
  const packet: PublishedPacket = { topic: 'a', payload: Buffer.from('2'), qos: 1, retain: false };
  const refused = store.intake.accept(lost, packet);
  lost.closed = true;
  store.intake.letOn();
  expect(await refused).toMatch(/closed/);
  expect(await queueOf(store, service.id)).toEqual(['1']);
});
