import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openFirstSeen } from './first-seen.ts';

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'penstock-first-seen-')), 'ingest');
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

test('what was written is there after a restart, and the first time stays', () => {
  {
    using file = openFirstSeen(folder);
    file.add('lyon/tanks/t1', 5);
    expect(file.of('lyon/tanks/t1')).toBe(5); // at once, before it is written
    file.write();
    file.add('lyon/tanks/t1', 9);
    file.add("x'; DROP TABLE device; --", 7);
  }
  using file = openFirstSeen(folder);
  expect([file.of('lyon/tanks/t1'), file.of("x'; DROP TABLE device; --"), file.of('lyon/tanks/t2')]).toEqual([
    5,
    7,
    undefined,
  ]);
});
