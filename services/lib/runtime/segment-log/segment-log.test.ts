import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HEADER_BYTES } from './header.ts';
import { PowerCutFiles } from './power-cut-files.ts';
import { readSegmentLog } from './read-segment-log.ts';
import { segmentFile } from './segment-folder.ts';
import { FOLDER, openTestLog, textsOf } from './test-log.ts';

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `record ${from + i}`);
const file = (segment: number) => segmentFile(FOLDER, segment);

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const PENDING = Symbol();
  for (let i = 0; i < 50; i++) await turn();
  return (await Promise.race([promise, Promise.resolve(PENDING)])) === PENDING;
}

test('records come back in order over a restart, each at its position', async () => {
  const files = new PowerCutFiles();
  const first = await openTestLog(files);
  const positions = numbered(100).map((text) => first.log.append(Buffer.from(text)));
  await first.log.commit();
  await first.log[Symbol.asyncDispose]();
  const { log, damages } = await openTestLog(files);
  expect(await textsOf(log.records())).toEqual(numbered(100));
  expect(log.segments.length).toBeGreaterThan(1);
  for (const [i, position] of positions.entries()) expect((await log.read(position))?.toString()).toBe(`record ${i}`);
  expect(log.bytes).toBe(positions.reduce((sum, { bytes }) => sum + bytes, 0) + log.segments.length * HEADER_BYTES);
  expect(await textsOf(log.records(2))).toEqual(numbered(100).slice(positions.filter((p) => p.segment < 2).length));
  expect(damages).toEqual([]);
});

test('parts are one payload, and an empty payload is a record', async () => {
  const { log } = await openTestLog(new PowerCutFiles());
  log.append([Buffer.from('to'), new Uint8Array(0), Buffer.from('gether')]);
  log.append(new Uint8Array(0));
  await log.commit();
  expect(await textsOf(log.records())).toEqual(['together', '']);
});

test('everything appended while a group is written shares the next sync', async () => {
  const { log } = await openTestLog(new PowerCutFiles(), { segmentBytesMax: 1_000_000 });
  log.append(Buffer.from('first'));
  const first = log.commit();
  await turn();
  await turn(); // the first group is under way
  const later = numbered(500).map((text) => {
    log.append(Buffer.from(text));
    return log.commit();
  });
  await Promise.all([first, ...later]);
  expect(log.counted).toMatchObject({ groups: 2, records: 501, syncs: 3 }); // the header has one of its own
  expect(log.backlogBytes).toBe(0);
});

test('a record is read before it is on disk, and its bytes are a copy', async () => {
  const { log } = await openTestLog(new PowerCutFiles());
  const payload = Buffer.from('early');
  const position = log.append(payload);
  payload.fill(0);
  const found = await log.read(position);
  expect(log.segments).toEqual([]);
  await log.commit();
  log.append(Buffer.from('later'));
  await log.commit();
  expect(found?.toString()).toBe('early');
});

test('a record larger than a segment has one of its own', async () => {
  const { log } = await openTestLog(new PowerCutFiles());
  const large = 'x'.repeat(10_000);
  for (const text of ['before', large, 'after']) log.append(Buffer.from(text));
  await log.commit();
  expect(await textsOf(log.records())).toEqual(['before', large, 'after']);
  expect(log.segments.map(({ number }) => number)).toEqual([1, 2, 3]);
});

test('records that nobody waits for are written when they are many, and at the end', async () => {
  const files = new PowerCutFiles();
  const { log } = await openTestLog(files, { segmentBytesMax: 10_000_000 });
  log.append(Buffer.alloc(2_000_000));
  while (log.backlogBytes > 0) await turn();
  log.append(Buffer.from('last'));
  await log[Symbol.asyncDispose]();
  expect((await textsOf((await openTestLog(files)).log.records())).at(-1)).toBe('last');
});

describe('segments', () => {
  test('a dropped one is gone, also after a power cut; the others are not', async () => {
    const files = new PowerCutFiles();
    const { log, fatal } = await openTestLog(files);
    const positions = numbered(200).map((text) => log.append(Buffer.from(text)));
    await log.commit();
    await Promise.all([log.drop(2), log.drop(2)]);
    await log.drop(2);
    expect(fatal).toEqual([]);
    const kept = numbered(200).filter((_, i) => positions[i]?.segment !== 2);
    expect(await textsOf((await openTestLog(files.cut(() => 0))).log.records())).toEqual(kept);
  });

  test('the one that is written to is not dropped, and roll begins another', async () => {
    const { log } = await openTestLog(new PowerCutFiles());
    log.append(Buffer.from('old'));
    await log.commit();
    await expect(log.drop(1)).rejects.toThrow('segment 1 is still written to');
    log.roll();
    log.roll();
    await log.drop(1);
    expect(log.append(Buffer.from('new'))).toMatchObject({ segment: 2, offset: HEADER_BYTES });
    await log.commit();
    expect(await textsOf(log.records())).toEqual(['new']);
  });

  test('one that is dropped before it was written is written first, and nobody waits for ever', async () => {
    const { log } = await openTestLog(new PowerCutFiles());
    log.append(Buffer.from('old'));
    const committed = log.commit();
    log.roll();
    await log.drop(1);
    await committed;
    expect(log.segments).toEqual([]);
  });

  test.each([
    ['another kind', { kind: 'other', version: 1 }, /is a log of 'test', not of 'other'; it was not touched/],
    ['a newer version', { kind: 'test', version: 0 }, /records of version 1, of a newer release; this one reads 0/],
  ])('a folder of %s is refused, and left as it is', async (_, owner, words) => {
    const files = new PowerCutFiles();
    const { log } = await openTestLog(files);
    log.append(Buffer.from('x'));
    await log.commit();
    const torn = Buffer.concat([files.bytesOf(file(1)), Buffer.from('torn')]);
    await (await files.open(file(1), 'write')).write(torn, 0);
    await expect(openTestLog(files, owner)).rejects.toThrow(words);
    await expect(textsOf(readSegmentLog(FOLDER, { files, ...owner }))).rejects.toThrow(words);
    expect(files.bytesOf(file(1))).toEqual(torn);
  });

  test('a newer version of the owner reads the old records, and its own go to a segment of their own', async () => {
    const files = new PowerCutFiles();
    const old = await openTestLog(files);
    old.log.append(Buffer.from('old'));
    await old.log[Symbol.asyncDispose]();
    const { log } = await openTestLog(files, { version: 2 });
    log.append(Buffer.from('new'));
    await log.commit();
    expect(await textsOf(log.records())).toEqual(['old', 'new']);
    expect(log.segments.map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe('a disk that takes no more', () => {
  test('nothing is acknowledged until there is room, and then everything is, at the promised positions', async () => {
    const files = new PowerCutFiles();
    const { log, fatal } = await openTestLog(files, { segmentBytesMax: 1_000_000 });
    log.append(Buffer.from('before'));
    await log.commit();
    files.bytesFree = 50; // a part of the group fits
    const positions = numbered(20).map((text) => log.append(Buffer.from(text)));
    const committed = log.commit();
    expect(await isPending(committed)).toBe(true);
    expect(log.problem()).toMatch(/^the disk is full \(ENOSPC\): 4\d\d bytes wait to be written to \/log$/);
    expect(await textsOf(readSegmentLog(FOLDER, { files, kind: 'test', version: 1 }))).toEqual(['before']);
    positions.push(log.append(Buffer.from('record 20')));
    files.bytesFree = 10_000;
    await Promise.all([committed, log.commit()]);
    expect(log.problem()).toBeUndefined();
    expect(await textsOf(log.records())).toEqual(['before', ...numbered(21)]);
    for (const [i, position] of positions.entries()) expect((await log.read(position))?.toString()).toBe(`record ${i}`);
    expect(fatal).toEqual([]);
  });

  test.each(['open', 'write', 'sync'] as const)('also where the %s says so, in a new segment', async (does) => {
    const files = new PowerCutFiles();
    const { log, fatal } = await openTestLog(files);
    let failures = 3;
    files.fault = (call) => (call.does === does && failures-- > 0 ? 'EDQUOT' : undefined);
    log.append(Buffer.from('x'));
    await log.commit();
    expect(await textsOf((await openTestLog(files.cut(() => 1))).log.records())).toEqual(['x']);
    expect([failures < 0, fatal]).toEqual([true, []]);
  });

  test('the end does not wait for room', async () => {
    const files = new PowerCutFiles();
    const { log } = await openTestLog(files, { fullRetryMs: 3_600_000 });
    files.bytesFree = 10;
    log.append(Buffer.from('x'));
    const committed = log.commit();
    while (log.problem() === undefined) await turn();
    await log[Symbol.asyncDispose]();
    expect(await isPending(committed)).toBe(true);
  });
});

describe('a disk that fails', () => {
  test.each([
    ['write', 'EIO'],
    ['sync', 'EIO'],
    ['sync folder', 'EIO'],
    ['open', 'EROFS'],
  ] as const)('%s with %s: the owner is told once, and no commit resolves any more', async (does, code) => {
    const files = new PowerCutFiles();
    const { log, fatal } = await openTestLog(files);
    files.fault = (call) => (call.does === does ? code : undefined);
    log.append(Buffer.from('lost'));
    const committed = log.commit();
    while (fatal.length === 0) await turn();
    files.fault = () => undefined; // the next sync would succeed, and say nothing of what is really on the disk
    log.append(Buffer.from('after'));
    expect(await isPending(committed)).toBe(true);
    expect(await isPending(log.commit())).toBe(true);
    expect(fatal.map((error) => (error as NodeJS.ErrnoException).code)).toEqual([code]);
    await log[Symbol.asyncDispose]();
  });
});

test('a tool reads what is whole while the owner writes, and changes nothing', async () => {
  const files = new PowerCutFiles();
  const { log } = await openTestLog(files);
  for (const text of numbered(200)) log.append(Buffer.from(text));
  await log.commit();
  const open = await files.open(file(log.segments.at(-1)?.number ?? 0), 'write');
  const end = await open.size();
  await open.write(Buffer.from('half a rec'), end); // as a reader may meet it
  const records = readSegmentLog(FOLDER, { files, kind: 'test', version: 1 })[Symbol.asyncIterator]();
  const seen = [(await records.next()).value?.payload.toString()];
  await log.drop(2); // under the reader's eyes
  for (let next = await records.next(); next.done !== true; next = await records.next())
    seen.push(next.value.payload.toString());
  expect(seen[0]).toBe('record 0');
  expect(seen.at(-1)).toBe('record 199');
  expect(seen.length).toBeLessThan(200);
  expect(await open.size()).toBe(end + 10);
  expect(await textsOf(readSegmentLog('/nowhere', { files, kind: 'test', version: 1 }))).toEqual([]);
});
