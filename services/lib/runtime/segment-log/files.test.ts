// The log on the real disk of this machine, in a process that is killed.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realFiles } from './files.ts';
import { openSegmentLog } from './segment-log.ts';
import { textsOf } from './test-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const owner = {
  kind: 'test',
  version: 1,
  segmentBytesMax: 20_000,
  onDamage: () => expect.unreachable(),
  onFatal: () => expect.unreachable(),
};

/** Appends for ever, 20 at a time, and prints the number of each that is on disk. */
const PROGRAM = `
  import { openSegmentLog } from ${JSON.stringify(path.join(import.meta.dirname, 'segment-log.ts'))};
  const fail = (what) => { throw new Error(JSON.stringify(what)); };
  const log = await openSegmentLog(process.argv[1], { kind: 'test', version: 1, segmentBytesMax: 20_000, onDamage: fail, onFatal: fail });
  let next = Number(process.argv[2]);
  const append = async () => {
    for (;;) {
      const n = next++;
      log.append(Buffer.from(String(n)));
      await log.commit();
      process.stdout.write(n + '\\n');
    }
  };
  for (let i = 0; i < 20; i++) void append();
`;

test('kill -9: what was said to be on disk is there, in order, again and again', async () => {
  const at = path.join(folder, 'made', 'on', 'the', 'way');
  const acknowledged = new Set<string>();
  for (let life = 0; life < 3; life++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, at, String(life * 1_000_000)]);
    let printed = '';
    let trouble = '';
    child.stderr.on('data', (chunk) => {
      trouble += chunk;
    });
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.length > 20_000) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(trouble).toBe('');
    for (const line of printed.split('\n').slice(0, -1)) acknowledged.add(line);
  }
  await using log = await openSegmentLog(at, owner);
  const found = await textsOf(log.records());
  expect(acknowledged.size).toBeGreaterThan(3_000);
  expect(acknowledged.difference(new Set(found))).toEqual(new Set());
  expect(found).toEqual([...new Set(found)].sort((a, b) => Number(a) - Number(b)));
  expect(log.segments.length).toBeGreaterThan(3);
  expect(statSync(at).mode & 0o077).toBe(0);
});

test('a dropped segment is no file any more, and its file is closed', async () => {
  const log = await openSegmentLog(folder, owner);
  const position = log.append(Buffer.from('x'));
  await log.commit();
  await log.read(position);
  log.roll();
  await log.drop(1);
  expect(await realFiles.names(folder)).toEqual([]);
  await log[Symbol.asyncDispose]();
});

test('a name is replaced by renaming, and a folder that is not there has no names', async () => {
  const [one, two] = [path.join(folder, 'one'), path.join(folder, 'two')];
  for (const file of [one, two]) {
    const open = await realFiles.open(file, 'create');
    await open.write(Buffer.from(path.basename(file)), 0);
    await open.truncate(2);
    await open.sync();
    await open.close();
  }
  await realFiles.rename(one, two);
  await realFiles.syncFolder(folder);
  const open = await realFiles.open(two, 'read');
  const into = Buffer.alloc(10);
  expect(into.toString('latin1', 0, await open.read(into, 0))).toBe('on');
  await open.close();
  expect(existsSync(one)).toBe(false);
  expect(await realFiles.names(path.join(folder, 'nowhere'))).toEqual([]);
});
