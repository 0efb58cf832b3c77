// What was acknowledged is there, whatever happens to the process and its threads.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestEngine } from './testing.ts';

const SCRIPT = fileURLToPath(new URL('../testdata/write-for-ever.ts', import.meta.url));

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-crash-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function storedNumbers(): Promise<Set<number>> {
  await using engine = await TestEngine.open(folder);
  return new Set(engine.samples('v').map(([, value]) => Number(value)));
}

test('every acknowledged write survives kill -9, three times over', async () => {
  const acknowledged = new Set<number>();
  for (const [life, count] of [1_500, 3_000, 300].entries()) {
    child = spawn(process.execPath, [SCRIPT, folder, String(life * 1_000_000)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const before = acknowledged.size;
    for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
      if (/^\d+$/.test(line)) acknowledged.add(Number(line));
      if (acknowledged.size - before === count) child.kill('SIGKILL');
    }
    expect(acknowledged.size - before).toBeGreaterThanOrEqual(count);
    const stored = await storedNumbers();
    expect([...acknowledged].filter((n) => !stored.has(n))).toEqual([]);
  }
});

test('a full disk acknowledges nothing, is told, loses nothing, and goes on by itself when there is room', async () => {
  // Files may grow to 300 KB; the signal that says so is ignored, so that the write fails instead of the process.
  const limited = `trap '' XFSZ; ulimit -S -f 300; exec "$0" "$1" "$2"`;
  child = spawn('bash', ['-c', limited, process.execPath, SCRIPT, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let afterFull = 0;
  for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
    lines.push(line);
    const isFull = lines.some((one) => one.startsWith('problem: the disk is full'));
    if (line.startsWith('problem: the disk is full')) {
      execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
    }
    if (isFull && /^\d+$/.test(line) && ++afterFull === 500) child.kill('SIGKILL');
  }
  expect(afterFull).toBeGreaterThanOrEqual(500);
  const stored = await storedNumbers();
  const acknowledged = lines.filter((line) => /^\d+$/.test(line)).map(Number);
  expect(acknowledged.length).toBeGreaterThan(600);
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
});
