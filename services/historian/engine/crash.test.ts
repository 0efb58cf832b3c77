// What was acknowledged is there, whatever happens to the process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TIME_MAX, TIME_MIN } from '../influxql/store.ts';
import { SqliteEngine } from './sqlite-engine.ts';

const SCRIPT = fileURLToPath(new URL('../testdata/write-for-ever.ts', import.meta.url));

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'crash-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function storedNumbers(): Set<number> {
  using engine = new SqliteEngine(folder, { seriesMax: 1_000 });
  const found = new Set<number>();
  for (const series of engine.measurement('g', 'a', 'm')?.series() ?? []) {
    for (const page of series.pages('v', { from: TIME_MIN, to: TIME_MAX, descending: false })) {
      for (const value of page.values) found.add(Number(value));
    }
  }
  return found;
}

test('every acknowledged write survives kill -9, three times over', async () => {
  for (const rounds of [150, 300, 50]) {
    child = spawn(process.execPath, [SCRIPT, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = -1;
    for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
      acknowledged = Number(line);
      if (acknowledged === rounds) child.kill('SIGKILL');
    }
    expect(acknowledged).toBeGreaterThanOrEqual(rounds);
    const stored = storedNumbers();
    for (let i = 0; i <= acknowledged; i++) expect(stored.has(i)).toBe(true);
  }
});

test('a full disk refuses the write, loses nothing, and is told', async () => {
  // Files may grow to 1 MB; the signal that says so is ignored, so that the write fails instead of the process.
  const limited = `trap '' XFSZ; ulimit -f 1000; exec "$0" "$1" "$2"`;
  child = spawn('bash', ['-c', limited, process.execPath, SCRIPT, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }))
    lines.push(line);
  await exited;
  expect(lines.at(-1)).toMatch(/^refused: cannot write: .*; series \d+$/);
  const stored = storedNumbers();
  const acknowledged = lines.slice(0, -1).map(Number);
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(acknowledged.filter((i) => !stored.has(i))).toEqual([]);
  expect(stored.size).toBe(acknowledged.length);
});
