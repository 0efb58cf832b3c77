import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { createRandom } from '#domain/random.ts';
import type { Rejected } from '#domain/rejected.ts';
import { tempFolder } from '../../../../test/support/processes.ts';
import { PowerCutFiles } from '../segment-log/power-cut-files.ts';
import { readSegmentLog } from '../segment-log/read-segment-log.ts';
import { LOG_OWNERSHIP, logFolder, marksFolder, rejectedFolder } from './layout.ts';
import { decodeRejection } from './rejection.ts';
import { markReplayed, readReplays } from './replay-marks.ts';
import { keptIn, openTestRejectedLog, RECEIVED_AT, rejectionOf } from './testing.ts';

const texts = async (dataDir: string) => (await keptIn(dataDir)).map(({ payload }) => payload.toString());

test('what was put is there for whoever reads the folder, whole, while it goes on being written', async () => {
  using data = tempFolder();
  await using log = await openTestRejectedLog(data.path);
  const binary = Buffer.from([0, 10, 255, 10]);
  await log.put(rejectionOf('x'.repeat(200_000)));
  await Promise.all([log.put(rejectionOf(binary, { retained: true })), log.put(rejectionOf(''))]);
  const kept = await keptIn(data.path);
  expect(kept.map(({ payload }) => payload)).toEqual([Buffer.alloc(200_000, 'x'), binary, Buffer.alloc(0)]);
  expect(kept.map(({ retained }) => retained)).toEqual([false, true, false]);
  expect(new Set(kept.map(({ id }) => id)).size).toBe(3);
  expect(kept[0]?.id).toMatch(/^ingest-1-\d+$/);
});

test('ids stay the same over a restart, and the rejections of another service lie apart', async () => {
  using data = tempFolder();
  {
    await using log = await openTestRejectedLog(data.path);
    await log.put(rejectionOf('a'));
  }
  const [first] = await keptIn(data.path);
  await using log = await openTestRejectedLog(data.path);
  await using other = await openTestRejectedLog(data.path, { service: 'writer' });
  await log.put(rejectionOf('b'));
  await other.put(rejectionOf('c'));
  const kept = await keptIn(data.path);
  expect(kept.map(({ service, payload }) => [service, payload.toString()])).toEqual([
    ['ingest', 'a'],
    ['ingest', 'b'],
    ['writer', 'c'],
  ]);
  expect(kept[0]?.id).toBe(first?.id);
});

test('200 power cuts: what put() said is kept is there, in order and whole', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const files = new PowerCutFiles();
    const log = await openTestRejectedLog('/data', { files, publish: () => new Promise(() => {}) });
    const done: string[] = [];
    const sent = Array.from({ length: 30 }, (_, i) => `${i}:`.padEnd(Math.floor(random() * 3_000), 'p'));
    for (const text of sent) {
      const kept = log.put(rejectionOf(text)).then(() => done.push(text));
      if (random() < 0.3) await kept;
      if (random() < 0.02) break;
    }
    const left = files.cut(random);
    const promised = [...done];
    const found: string[] = [];
    for await (const { payload } of readSegmentLog(logFolder(rejectedFolder('/data', 'ingest')), {
      ...LOG_OWNERSHIP,
      files: left,
    }))
      found.push(decodeRejection(payload)?.payload.toString() ?? 'nothing');
    expect(found.slice(0, promised.length), `seed ${seed}`).toEqual(promised);
    expect(sent.slice(0, found.length), `seed ${seed}`).toEqual(found);
  }
});

test('a full disk makes put() wait, and it goes on by itself', async () => {
  const files = new PowerCutFiles();
  files.bytesFree = 0;
  await using log = await openTestRejectedLog('/data', { files });
  let isKept = false;
  const kept = log.put(rejectionOf('a')).then(() => {
    isKept = true;
  });
  await vi.waitFor(() => expect(log.problem()).toContain('the disk is full'));
  expect(isKept).toBe(false);
  files.bytesFree = Number.POSITIVE_INFINITY;
  await vi.waitFor(() => expect(isKept).toBe(true), { timeout: 5_000 });
  await kept;
  expect(log.problem()).toBeUndefined();
});

test('past its bytes the oldest go, and each is counted, also what an earlier life had written', async () => {
  using data = tempFolder();
  const bytesMax = 1_048_576;
  const payload = (i: number) => `${i}:`.padEnd(10_000, 'x');
  {
    await using log = await openTestRejectedLog(data.path, { bytesMax });
    for (let i = 0; i < 50; i++) await log.put(rejectionOf(payload(i)));
    expect(log.dropped).toBe(0);
  }
  await using log = await openTestRejectedLog(data.path, { bytesMax });
  for (let i = 50; i < 150; i++) await log.put(rejectionOf(payload(i)));
  await log.dropOld(RECEIVED_AT); // behind what is being dropped
  expect(log.bytes).toBeLessThanOrEqual(bytesMax);
  expect(log.bytes).toBeGreaterThan(bytesMax * 0.9);
  const left = await texts(data.path);
  expect(left.at(-1)).toBe(payload(149));
  expect(left).toHaveLength(150 - log.dropped);
  expect(left[0]).toBe(payload(log.dropped));
});

test('what is too old goes, also where the plant is too quiet to fill a segment', async () => {
  using data = tempFolder();
  await using log = await openTestRejectedLog(data.path, { keepMs: 1_000 });
  await log.put(rejectionOf('old'));
  await log.put(rejectionOf('newer', { receivedAt: RECEIVED_AT + 500 }));
  await log.dropOld(RECEIVED_AT + 1_500);
  expect(await texts(data.path)).toEqual(['old', 'newer']);
  await log.dropOld(RECEIVED_AT + 1_501);
  expect(await texts(data.path)).toEqual([]);
  expect(log.dropped).toBe(2);
  await log.put(rejectionOf('new', { receivedAt: RECEIVED_AT + 2_000 }));
  expect(await texts(data.path)).toEqual(['new']);
});

test('of a payload that is too large the beginning is kept, and how large it was', async () => {
  using data = tempFolder();
  await using log = await openTestRejectedLog(data.path, { payloadBytesMax: 5 });
  await log.put(rejectionOf('aaaa€'));
  expect(await keptIn(data.path)).toMatchObject([{ payload: Buffer.from('aaaa'), payloadBytes: 7 }]);
});

test('each refusal is told once it is kept; of a flood some are, and the rest is counted', async () => {
  using data = tempFolder();
  const told: [topic: string, message: Rejected, done: () => void][] = [];
  await using log = await openTestRejectedLog(data.path, {
    publish: (topic, payload) => new Promise((done) => told.push([topic, JSON.parse(payload), done])),
  });
  const refusals = [
    { reason: 'metric', message: 'first' },
    { reason: 'type', message: 'second' },
  ] as const;
  await log.put(rejectionOf('{}', { refusals }));
  expect(told.map(([topic, { message, payload }]) => [topic, message, payload])).toEqual([
    ['rejected/v1/metric', 'first', '{}'],
    ['rejected/v1/type', 'second', '{}'],
  ]);
  await Promise.all(Array.from({ length: 100 }, () => log.put(rejectionOf('{}'))));
  expect([told.length, log.untold]).toEqual([64, 38]);
  // A second later it may tell more, if the broker has taken what it was told; and not more than a second's worth.
  const at = (receivedAt: number) => rejectionOf('{}', { receivedAt });
  await log.put(at(RECEIVED_AT + 1_000));
  expect([told.length, log.untold]).toEqual([64, 39]);
  for (const [, , done] of told.splice(0)) done();
  await Promise.all(Array.from({ length: 100 }, () => log.put(at(RECEIVED_AT + 500))));
  expect([told.length, log.untold]).toEqual([64, 75]);
});

test('a mark says when it was sent again, and goes with its segment', async () => {
  using data = tempFolder();
  const folder = rejectedFolder(data.path, 'ingest');
  await using log = await openTestRejectedLog(data.path, { keepMs: 1_000 });
  for (const text of ['a', 'b', 'c']) await log.put(rejectionOf(text));
  const [a, b] = await keptIn(data.path);
  await markReplayed(
    folder,
    [a, b].map((each) => each?.place ?? { segment: 0, offset: 0 }),
    7,
  );
  await markReplayed(folder, [a?.place ?? { segment: 0, offset: 0 }], 9);
  expect((await keptIn(data.path)).map(({ replayedAt }) => replayedAt)).toEqual([9, 7, undefined]);
  await log.dropOld(RECEIVED_AT + 2_000);
  expect(readdirSync(marksFolder(folder))).toEqual([]);
});

test('a mark that was torn marks nothing, nor swallows the next', async () => {
  using data = tempFolder();
  const folder = rejectedFolder(data.path, 'ingest');
  await markReplayed(folder, [{ segment: 1, offset: 4_812 }], 7);
  writeFileSync(path.join(marksFolder(folder), '1'), '\n7 48');
  expect(await readReplays(folder, 1)).toEqual(new Map());
  await markReplayed(folder, [{ segment: 1, offset: 99 }], 8);
  expect([...(await readReplays(folder, 1))]).toContainEqual([99, 8]);
});

test('where there is no folder there are no rejections', async () => {
  using data = tempFolder();
  expect(await keptIn(data.path)).toEqual([]);
});
