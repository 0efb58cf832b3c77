import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../../../test/support/processes.ts';
import { chain, entryOf, formatHead, NO_RECORD, parseHead, sha256 } from './audit-record.ts';
import { headFile, logFolder } from './layout.ts';
import { bytesIn, eventOf, firstSegmentFile, forgedSegment, openTestAudit, recordsIn } from './testing.ts';
import { verifyAudit } from './verify-audit.ts';

let data: ReturnType<typeof tempFolder>;
/** The records of a journal: start, ten publishes, stop. */
let written: Buffer[];
beforeEach(async () => {
  data = tempFolder();
  const audit = await openTestAudit(data.path);
  for (let i = 0; i < 10; i++) await audit.append(eventOf({ outcome: `allowed ${i}` }));
  await audit[Symbol.asyncDispose]();
  written = await bytesIn(data.path);
});
afterEach(() => data[Symbol.dispose]());

const at = (i: number) => written[i] as Buffer;
const changed = (i: number) => Buffer.from(at(i).toString().replace('"user":"ann"', '"user":"bob"'));
const forge = (payloads: readonly Buffer[]) => writeFileSync(firstSegmentFile(data.path), forgedSegment(payloads));
const without = (i: number) => written.toSpliced(i, 1);
/** The offset of a record in the segment, as the forged one has it. */
const offsetOf = (payloads: readonly Buffer[], i: number) => forgedSegment(payloads.slice(0, i)).length;

describe('verifyAudit()', () => {
  it('is content with what was written, also where its bytes were copied as they are', async () => {
    expect(await verifyAudit(data.path)).toMatchObject({ records: 12, from: 1, to: { n: 12 }, findings: [] });
    forge(written);
    expect((await verifyAudit(data.path)).findings).toEqual([]);
  });

  it.each<[tampering: string, payloads: () => Buffer[], n: number | undefined, i: number, problem: string]>([
    ['a record was changed', () => written.with(4, changed(4)), 6, 5, 'record 6 does not follow from record 5'],
    ['a record was removed', () => without(4), 6, 4, 'record 5 is missing before record 6'],
    ['several were removed', () => written.toSpliced(4, 3), 8, 4, 'records 5 to 7 are missing before record 8'],
    ['a record was inserted', () => written.toSpliced(4, 0, at(2)), 3, 4, 'record 3 is where record 5 belongs'],
    ['two changed places', () => written.with(4, at(5)).with(5, at(4)), 6, 4, 'record 5 is missing before record 6'],
    [
      'something else was put there',
      () => written.toSpliced(4, 0, Buffer.from('{"n":5}')),
      undefined,
      4,
      'this is no record',
    ],
    ['the first was removed', () => without(0), 2, 0, 'the log begins with record 2, and no record says'],
    [
      'the first was changed',
      () =>
        written.with(
          0,
          Buffer.from(
            at(0)
              .toString()
              .replace(/"prev":"0/, '"prev":"1'),
          ),
        ),
      1,
      0,
      'record 1 does not say',
    ],
  ])('finds that %s, and where', async (_, payloads, n, i, problem) => {
    const forged = payloads();
    forge(forged);
    const { findings } = await verifyAudit(data.path);
    expect(findings.map((each) => each.problem)).toContainEqual(expect.stringContaining(problem));
    const finding = findings.find((each) => each.problem.includes(problem));
    expect(finding).toMatchObject({ n, place: { file: firstSegmentFile(data.path), offset: offsetOf(forged, i) } });
  });

  it.each<[tampering: string, payloads: () => Buffer[], problem: string]>([
    [
      'the last was changed',
      () => written.with(11, Buffer.from(at(11).toString().replace('closed', 'opened'))),
      'record 12 is another',
    ],
    ['the last was removed', () => without(11), 'record 12 is missing at the end'],
    ['the end was cut off', () => written.slice(0, 5), 'records 6 to 12 are missing at the end'],
    ['all were removed', () => [], 'records 1 to 12 are missing at the end'],
  ])('finds by the head that %s', async (_, payloads, problem) => {
    forge(payloads());
    expect((await verifyAudit(data.path)).findings).toMatchObject([{ problem: expect.stringContaining(problem) }]);
  });

  it('finds that the head was taken away or overwritten', async () => {
    rmSync(headFile(data.path));
    expect((await verifyAudit(data.path)).findings).toMatchObject([
      { problem: expect.stringContaining('head is gone') },
    ]);
    writeFileSync(headFile(data.path), 'x');
    expect((await verifyAudit(data.path)).findings).toMatchObject([
      { problem: expect.stringContaining('head is damaged') },
    ]);
  });

  it('finds a flipped bit and a file cut in the middle', async () => {
    const bytes = forgedSegment(written);
    bytes[offsetOf(written, 6) + 40] = 0;
    writeFileSync(firstSegmentFile(data.path), bytes);
    expect((await verifyAudit(data.path)).findings).toMatchObject([
      { n: 8, problem: expect.stringContaining('record 7 is missing') },
    ]);
    forge(written);
    truncateSync(firstSegmentFile(data.path), offsetOf(written, 6) + 40);
    expect((await verifyAudit(data.path)).findings).toMatchObject([
      { problem: expect.stringContaining('records 7 to 12 are missing at the end') },
    ]);
  });

  it('cannot tell a chain that was written anew with its head, and can with a head that was noted elsewhere', async () => {
    const noted = { n: 12, hash: sha256(at(11)) };
    let head = NO_RECORD;
    const forged: Buffer[] = [];
    for (let i = 0; i < 12; i++) {
      const made = chain(head, entryOf(eventOf({ who: { user: 'bob' } }), i));
      forged.push(made.bytes);
      head = made.head;
    }
    forge(forged);
    writeFileSync(headFile(data.path), formatHead(head));
    expect((await verifyAudit(data.path)).findings).toEqual([]);
    expect((await verifyAudit(data.path, { noted })).findings).toMatchObject([
      { n: 12, problem: 'record 12 is another than the head that was noted says: the chain was written anew' },
    ]);
  });

  it('compares with a noted head also where the chain has gone on since, and says where it cannot', async () => {
    const noted = { n: 4, hash: sha256(at(3)) };
    expect((await verifyAudit(data.path, { noted })).findings).toEqual([]);
    expect((await verifyAudit(data.path, { noted: { ...noted, n: 99 } })).findings).toMatchObject([
      { problem: expect.stringContaining('records 13 to 99 are missing at the end') },
    ]);
    const audit = await openTestAudit(data.path, { bytesMax: 1_048_576 });
    for (let i = 0; i < 500; i++) await audit.append(eventOf({ payload: Buffer.alloc(4_000, 'x') }));
    await audit[Symbol.asyncDispose]();
    expect((await verifyAudit(data.path, { noted })).findings).toMatchObject([
      { problem: expect.stringContaining('record 4 is not kept any more') },
    ]);
  });

  it('finds that the beginning was removed behind what was dropped for room', async () => {
    const audit = await openTestAudit(data.path, { bytesMax: 1_048_576 });
    for (let i = 0; i < 500; i++) await audit.append(eventOf({ payload: Buffer.alloc(4_000, 'x') }));
    await audit[Symbol.asyncDispose]();
    const verdict = await verifyAudit(data.path);
    expect(verdict.findings).toEqual([]);
    rmSync(oldestSegment());
    expect((await verifyAudit(data.path)).findings).toMatchObject([
      { problem: expect.stringContaining('no record says that the ones before were dropped') },
    ]);
  });

  it('there is nothing to find where there is no journal', async () => {
    expect(await verifyAudit(`${data.path}/nowhere`)).toEqual({ records: 0, from: 0, to: NO_RECORD, findings: [] });
  });
});

/** The name of the oldest segment's file. */
function oldestSegment(): string {
  const folder = logFolder(data.path);
  return path.join(folder, readdirSync(folder).toSorted()[0] ?? '');
}

describe('a journal that is opened again', () => {
  it.each<[what: string, tamper: () => void, broken: string]>([
    ['without its end', () => forge(written.slice(0, 5)), 'the log ends at record 5, and had come to 12:'],
    ['without any record', () => forge([]), 'the log ends at record 0, and had come to 12:'],
    ['with another end', () => forge(written.with(11, changed(10))), 'its end is missing'],
    ['without its head', () => rmSync(headFile(data.path)), 'the file of its head is gone'],
    ['with a damaged head', () => writeFileSync(headFile(data.path), '12:abc'), 'the file of its head is damaged'],
  ])('%s says so, in the journal and to people, and what is missing shows for ever', async (what, tamper, broken) => {
    tamper();
    const audit = await openTestAudit(data.path);
    expect(audit.problems()).toMatchObject([
      { id: 'audit-broken', text: expect.stringContaining(broken), priority: 'high' },
    ]);
    await audit[Symbol.asyncDispose]();
    const records = await recordsIn(data.path);
    expect(records.find((each) => each.what === 'broken')?.outcome).toContain(broken);
    const { findings } = await verifyAudit(data.path);
    if (what.includes('head')) expect(findings).toEqual([]);
    else expect(findings.length).toBeGreaterThan(0);
  });
});

describe('parseHead()', () => {
  it('reads what formatHead() wrote, and nothing else', () => {
    const head = { n: 5, hash: 'a'.repeat(64) };
    expect(parseHead(formatHead(head))).toEqual(head);
    for (const text of [
      '',
      '5',
      `5:${'A'.repeat(64)}`,
      `-1:${head.hash}`,
      `${'9'.repeat(20)}:${head.hash}`,
      `5:${head.hash}x`,
    ])
      expect(parseHead(text), text).toBeUndefined();
  });
});
