import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFirstSeen } from './first-seen.ts';

let folder: string;
let warnings: string[];
const log = { warn: (_: object, message: string) => warnings.push(message) } as never;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'penstock-first-seen-')), 'ingest');
  warnings = [];
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

test('what was written is there after a restart, and the first time stays', () => {
  {
    using file = openFirstSeen(folder, log);
    file.add('lyon/tanks/t1', 5);
    expect(file.of('lyon/tanks/t1')).toBe(5); // at once, before it is written
    file.write();
    file.add('lyon/tanks/t1', 9);
    file.add("x'; DROP TABLE device; --", 7);
  }
  using file = openFirstSeen(folder, log);
  expect([file.of('lyon/tanks/t1'), file.of("x'; DROP TABLE device; --"), file.of('lyon/tanks/t2')]).toEqual([
    5,
    7,
    undefined,
  ]);
});

test('a file that is no database is put aside, and a new one begun', () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'first-seen.db'), 'nonsense '.repeat(1_000));
  {
    using file = openFirstSeen(folder, log);
    file.add('a', 5);
  }
  using file = openFirstSeen(folder, log);
  expect([file.of('a'), warnings, existsSync(path.join(folder, 'first-seen.db.damaged'))]).toEqual([
    5,
    ['cannot be read, and is put aside'],
    true,
  ]);
});

test('what cannot be written waits, is said once, and is known all the same', () => {
  mkdirSync(path.join(folder, 'first-seen.db'), { recursive: true });
  using file = openFirstSeen(folder, log);
  file.add('a', 5);
  for (let i = 0; i < 3; i++) file.write();
  expect([file.of('a'), warnings]).toEqual([5, ['cannot be used for now']]);
});
