import { statSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { tempFolder } from '../../../../test/support/processes.ts';
import { realFiles } from '../segment-log/files.ts';
import { PowerCutFiles } from '../segment-log/power-cut-files.ts';
import { readHead } from './head-file.ts';
import { headFile, logFolder } from './layout.ts';
import { eventOf, firstSegmentFile, openTestAudit, recordsIn } from './testing.ts';
import { verifyAudit } from './verify-audit.ts';

test('what was appended is there, whole and in order, for whoever reads while it is written', async () => {
  using data = tempFolder();
  await using audit = await openTestAudit(data.path);
  await audit.append(eventOf());
  await Promise.all([audit.append(eventOf({ outcome: 'b' })), audit.append(eventOf({ outcome: 'c' }))]);
  const records = await recordsIn(data.path);
  expect(records.map(({ n, what, outcome }) => [n, what, outcome])).toEqual([
    [1, 'start', 'the journal is open'],
    [2, 'publish', 'allowed'],
    [3, 'publish', 'b'],
    [4, 'publish', 'c'],
  ]);
  expect(records[1]).toMatchObject({
    who: { user: 'ann', role: 'operator', client: 'console-1', address: '10.0.0.7' },
    topic: 'plant/v1/lyon/tanks/valve-01/cmd',
    payload: { bytes: 14, text: '{"cmd":"open"}' },
  });
  expect((await verifyAudit(data.path)).findings).toEqual([]);
});

test('the chain goes on over a restart, and an end without a stop shows', async () => {
  using data = tempFolder();
  {
    await using audit = await openTestAudit(data.path);
    await audit.append(eventOf());
  }
  {
    await using audit = await openTestAudit(data.path);
    expect(audit.problems()).toEqual([]);
    await audit.append(eventOf());
  }
  const verdict = await verifyAudit(data.path);
  expect(verdict).toMatchObject({ records: 6, from: 1, to: { n: 6 }, findings: [] });
  expect((await recordsIn(data.path)).map(({ what }) => what)).toEqual([
    'start',
    'publish',
    'stop',
    'start',
    'publish',
    'stop',
  ]);
  expect(await readHead(realFiles, data.path)).toEqual(verdict.to);
});

test('its files are for their owner only', async () => {
  using data = tempFolder();
  await using _ = await openTestAudit(data.path);
  for (const file of [firstSegmentFile(data.path), headFile(data.path)]) expect(statSync(file).mode & 0o077).toBe(0);
  expect(statSync(logFolder(data.path)).mode & 0o077).toBe(0);
});

test('append() resolves when the record is on disk, and not before; a full disk makes it wait', async () => {
  const files = new PowerCutFiles();
  const audit = await openTestAudit('/audit', { files });
  const synced: string[] = [];
  files.fault = ({ does }) => {
    synced.push(does);
    return undefined;
  };
  await audit.append(eventOf());
  expect(synced).toContain('sync');
  files.bytesFree = 0;
  let isDone = false;
  const appended = audit.append(eventOf()).then(() => {
    isDone = true;
  });
  await vi.waitFor(() => expect(audit.problem()).toContain('the disk is full'));
  expect(isDone).toBe(false);
  files.bytesFree = Number.POSITIVE_INFINITY;
  await appended;
  expect(audit.problem()).toBeUndefined();
  await audit[Symbol.asyncDispose]();
});

test('many that wait share one sync', async () => {
  const files = new PowerCutFiles();
  await using audit = await openTestAudit('/audit', { files });
  let syncs = 0;
  files.fault = ({ does }) => {
    if (does === 'sync') syncs++;
    return undefined;
  };
  await Promise.all(Array.from({ length: 500 }, (_, i) => audit.append(eventOf({ outcome: `${i}` }))));
  expect(syncs).toBeLessThan(10);
});

test('200 power cuts: what append() said is there, and the chain is whole each time it is opened again', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    let files = new PowerCutFiles();
    const promised: string[] = [];
    for (let life = 0; life < 3; life++) {
      const audit = await openTestAudit('/audit', { files, onDamage: () => {} });
      expect(audit.problems(), `seed ${seed}, life ${life}`).toEqual([]);
      for (let i = 0; i < 12; i++) {
        const outcome = `${life}.${i}`;
        const done = audit
          .append(eventOf({ outcome, payload: Buffer.alloc(random() * 3_000, 'p') }))
          .then(() => promised.push(outcome));
        if (random() < 0.4) await done;
        if (random() < 0.3) audit.tick();
        if (random() < 0.05) break;
      }
      files = files.cut(random);
    }
    const audit = await openTestAudit('/audit', { files, onDamage: () => {} });
    const kept = (await recordsIn('/audit', files)).map(({ outcome }) => outcome);
    for (const outcome of promised) expect(kept, `seed ${seed}`).toContain(outcome);
    expect((await verifyAudit('/audit', { files })).findings, `seed ${seed}`).toEqual([]);
    await audit[Symbol.asyncDispose]();
  }
}, 60_000);

test('past its bytes the oldest records go, and the chain says how many and begins where it says', async () => {
  using data = tempFolder();
  const bytesMax = 1_048_576;
  const fill = async (audit: Awaited<ReturnType<typeof openTestAudit>>) => {
    for (let i = 0; i < 40; i++)
      await Promise.all(Array.from({ length: 10 }, () => audit.append(eventOf({ payload: Buffer.alloc(4_000, 'x') }))));
  };
  {
    await using audit = await openTestAudit(data.path, { bytesMax });
    await fill(audit);
    await vi.waitFor(() => expect(audit.bytes).toBeLessThanOrEqual(bytesMax), { timeout: 10_000 });
  }
  const first = await verifyAudit(data.path);
  expect(first.findings).toEqual([]);
  expect(first.from).toBeGreaterThan(100);
  const audit = await openTestAudit(data.path, { bytesMax });
  await fill(audit);
  await audit[Symbol.asyncDispose]();
  const second = await verifyAudit(data.path);
  expect(second.findings).toEqual([]);
  expect(second.from).toBeGreaterThan(first.from);
  const anchors = (await recordsIn(data.path)).filter(({ what }) => what === 'anchor');
  expect(anchors.at(-1)?.begins?.n).toBe(second.from);
});

test('power cuts in the middle of dropping leave a chain that begins where an anchor says', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = createRandom(seed);
    let files = new PowerCutFiles();
    for (let life = 0; life < 3; life++) {
      const audit = await openTestAudit('/audit', { files, bytesMax: 140_000, onDamage: () => {} });
      for (let i = 0; i < 60 && random() > 0.02; i++)
        await audit.append(eventOf({ payload: Buffer.alloc(4_000, 'x') }));
      files = files.cut(random);
      expect((await verifyAudit('/audit', { files })).findings, `seed ${seed}, life ${life}`).toEqual([]);
    }
  }
}, 60_000);

test('it can be verified at any time while it is written and its oldest records go', async () => {
  using data = tempFolder();
  await using audit = await openTestAudit(data.path, { bytesMax: 1_048_576 });
  let isDone = false;
  const writing = (async () => {
    for (let i = 0; i < 150; i++) {
      await Promise.all(Array.from({ length: 10 }, () => audit.append(eventOf({ payload: Buffer.alloc(4_000, 'x') }))));
      audit.tick();
    }
    isDone = true;
  })();
  let looks = 0;
  while (!isDone) {
    expect((await verifyAudit(data.path)).findings).toEqual([]);
    looks++;
  }
  await writing;
  expect(looks).toBeGreaterThan(3);
  expect((await verifyAudit(data.path)).from).toBeGreaterThan(100);
});

test('5,000 wrong logins a second are a few records', async () => {
  using data = tempFolder();
  const audit = await openTestAudit(data.path);
  const wrong = (i: number) =>
    eventOf({ what: 'login failed', who: { user: `u${i}`, address: '10.9.9.9' }, outcome: 'wrong password' });
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 5_000; i++) void audit.append(wrong(i));
    audit.tick();
  }
  await audit.append(eventOf());
  await audit[Symbol.asyncDispose]();
  const records = await recordsIn(data.path);
  const failed = records.filter(({ what }) => what === 'login failed');
  expect(failed.length).toBeLessThan(100);
  expect(
    failed.reduce((sum, { count = 1 }) => sum + count, 0),
    'each is counted',
  ).toBe(50_000);
});

test('a failing disk is fatal, and nothing that waits for its record goes on', async () => {
  const files = new PowerCutFiles();
  const fatal: Error[] = [];
  const audit = await openTestAudit('/audit', { files, onFatal: (error) => fatal.push(error) });
  files.fault = ({ does }) => (does === 'sync' ? 'EIO' : undefined);
  let isDone = false;
  void audit.append(eventOf()).then(() => {
    isDone = true;
  });
  await vi.waitFor(() => expect(fatal).toHaveLength(1));
  expect(isDone).toBe(false);
});
