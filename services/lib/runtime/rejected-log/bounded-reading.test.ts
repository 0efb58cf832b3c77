import { describe, expect, test } from 'vitest';
import { tempFolder } from '../../../../test/support/processes.ts';
import { type BoundedOptions, BoundedReading } from './bounded-reading.ts';
import { absentOf, findRejected, readRejected } from './read-rejected.ts';
import { parseReached, parseRejectionId } from './rejection-id.ts';
import { ALL_REJECTED } from './select-rejected.ts';
import { keptIn, openTestRejectedLog, RECEIVED_AT, rejectionOf } from './testing.ts';

const MINUTE = 60_000;

/** `ingest` at minutes 0, 2, 4 …, the writer at 1, 3, 5 …; over many segments of the smallest size where payloads are large. */
async function keep(dataDir: string, count: number, payloadBytes = 10): Promise<void> {
  await using ingest = await openTestRejectedLog(dataDir);
  await using writer = await openTestRejectedLog(dataDir, { service: 'writer' });
  for (let i = 0; i < count; i++) {
    const topic = i % 3 === 0 ? 'home/a' : 'home/b';
    const rejection = rejectionOf(`${i} `.padEnd(payloadBytes), { topic, receivedAt: RECEIVED_AT + i * MINUTE });
    await (i % 2 === 0 ? ingest : writer).put(rejection);
  }
}

const numberOf = (payload: Uint8Array) => Number.parseInt(Buffer.from(payload).toString(), 10);

async function numbersOf(reading: AsyncIterable<{ readonly payload: Uint8Array }>, max = Number.POSITIVE_INFINITY) {
  const numbers: number[] = [];
  for await (const { payload } of reading) if (numbers.push(numberOf(payload)) === max) break;
  return numbers;
}

/** Page by page, each going on where the one before ended. */
async function pagesOf(dataDir: string, options: Partial<BoundedOptions>, max?: number): Promise<number[][]> {
  const pages: number[][] = [];
  for (let next: string | null = ''; next !== null; ) {
    const beyond = parseReached(next) ?? new Map();
    const reading: BoundedReading = new BoundedReading(dataDir, { selection: ALL_REJECTED, beyond, ...options });
    pages.push(await numbersOf(reading, max));
    next = reading.next;
  }
  return pages;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('the newest come first, of all services together', async () => {
  using data = tempFolder();
  await keep(data.path, 9);
  expect(await numbersOf(readRejected(data.path, { order: 'newest first' }))).toEqual(upTo(9).reverse());
  expect(await numbersOf(readRejected(data.path, { order: 'newest first', services: ['writer'] }))).toEqual([
    7, 5, 3, 1,
  ]);
});

test('a clock that was set back neither hides nor repeats anything', async () => {
  using data = tempFolder();
  await using log = await openTestRejectedLog(data.path);
  await using other = await openTestRejectedLog(data.path, { service: 'writer' });
  for (const [i, minute] of [0, 9, 1, 2].entries())
    await log.put(rejectionOf(`${i}`, { receivedAt: RECEIVED_AT + minute * MINUTE }));
  await other.put(rejectionOf('4', { receivedAt: RECEIVED_AT + 1.5 * MINUTE }));
  expect(await numbersOf(readRejected(data.path, { order: 'newest first' }))).toEqual([3, 4, 2, 1, 0]);
});

describe('read page by page, in either order', () => {
  test.each([1, 2, 7, 100])('%i at a time, everything comes once', async (max) => {
    using data = tempFolder();
    await keep(data.path, 40, 20_000); // several segments
    const newest = await pagesOf(data.path, { order: 'newest first' }, max);
    expect(newest.flat()).toEqual(upTo(40).reverse());
    const oldest = await pagesOf(data.path, { order: 'oldest first' }, max);
    expect(oldest.flat()).toEqual([...upTo(40).filter((n) => n % 2 === 0), ...upTo(40).filter((n) => n % 2 === 1)]);
  });

  test('a reading ends when it has cost enough, also where nothing fits, and the next goes on', async () => {
    using data = tempFolder();
    await keep(data.path, 12);
    const selection = { ...ALL_REJECTED, topic: 'home/a' };
    // Four at a time are looked at.
    const pages = await pagesOf(data.path, { selection, order: 'newest first', bytesMax: 4 * 1_024 });
    expect(pages).toEqual([[9], [6], [3, 0]]);
    const none = await pagesOf(data.path, { selection: { ...ALL_REJECTED, topic: 'no/such' }, bytesMax: 5 * 1_024 });
    expect(none).toEqual([[], [], []]);
  });

  test('what comes meanwhile is not among what is still to come, but is there for who begins anew', async () => {
    using data = tempFolder();
    await keep(data.path, 4);
    const first = new BoundedReading(data.path, { selection: ALL_REJECTED, order: 'newest first' });
    expect(await numbersOf(first, 2)).toEqual([3, 2]);
    {
      await using log = await openTestRejectedLog(data.path);
      await log.put(rejectionOf('9', { receivedAt: RECEIVED_AT + 9 * MINUTE }));
    }
    const beyond = parseReached(first.next ?? '') ?? new Map();
    const second = new BoundedReading(data.path, { selection: ALL_REJECTED, order: 'newest first', beyond });
    expect(await numbersOf(second)).toEqual([1, 0]);
    expect(second.next).toBeNull();
    expect(await numbersOf(readRejected(data.path, { order: 'newest first' }), 1)).toEqual([9]);
  });
});

test('one is found by its id alone', async () => {
  using data = tempFolder();
  await keep(data.path, 40, 20_000);
  for (const each of await keptIn(data.path)) {
    const found = await findRejected(data.path, parseRejectionId(each.id) ?? each);
    expect(found && { ...found, payload: Buffer.from(found.payload) }).toEqual(each);
  }
});

test.each([...['ingest-1-0', 'ingest-1-1', 'ingest-9999999999-9999999999', 'writer-1-64', 'ingest-0-0']])(
  '%s, which is none, is not found',
  async (id) => {
    using data = tempFolder();
    await keep(data.path, 1);
    const place = parseRejectionId(id);
    expect(place && (await findRejected(data.path, place))).toBeUndefined();
  },
);

test.each([
  '',
  'ingest',
  'rules-1-1',
  'ingest-1',
  'ingest-1-1-1',
  'ingest--1-1',
  '../x-1-1',
  'ingest-1-99999999999',
  'x'.repeat(1e5),
])('the text %.20s is no id', (text) => {
  expect(parseRejectionId(text)).toBeUndefined();
  expect(parseReached(text)).toBeUndefined();
});

test('services that never kept anything here are named', async () => {
  using data = tempFolder();
  expect(await absentOf(data.path)).toEqual(['ingest', 'writer']);
  await using _ = await openTestRejectedLog(data.path, { service: 'writer' });
  expect(await absentOf(data.path)).toEqual(['ingest']);
  expect(await absentOf(data.path, ['writer'])).toEqual([]);
});

test.each(['oldest first', 'newest first'] as const)(
  'others have their turn while a segment is read, %s',
  async (order) => {
    using data = tempFolder();
    await keep(data.path, 6);
    const others = Promise.withResolvers<string>();
    let read = 0;
    for await (const _ of readRejected(data.path, { order, services: ['ingest'] })) {
      if (++read > 1) continue;
      setImmediate(() => others.resolve(`after ${read}`));
      const longUntil = performance.now() + 30; // as many records take
      while (performance.now() < longUntil);
    }
    expect(read).toBe(3);
    expect(await others.promise).toBe('after 1');
  },
);
