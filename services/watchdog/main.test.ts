// The process itself: what is wrong with its settings it says in sentences, and it runs where there is no broker at all.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchdog-main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...words: readonly string[]) {
  const program = path.join(import.meta.dirname, 'main.ts');
  const flags = ['--data', folder, '--broker-url', 'mqtt://127.0.0.1:1', '--watchdog-metrics-port', '0'];
  const child = spawn(process.execPath, [program, ...flags, ...words]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, said: () => said };
}

it.each([
  ['20s', 'must be from 100ms to 10s'],
  ['50ms', 'must be from 100ms to 10s'],
  ['often', "must be a duration such as 500ms, 20s, 5m or 8h, not 'often'"],
])('an interval of %s ends it with 78 and a sentence', async (interval, sentence) => {
  const { ended, said } = run('--watchdog-interval', interval);
  expect(await ended).toBe(78);
  expect(said()).toBe(`watchdog: flag --watchdog-interval: watchdog.interval: ${sentence}\n`);
});

it('without a broker it starts, and stops when it is asked to', async () => {
  const { child, ended, said } = run();
  await new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (said().includes('"msg":"ready"')) resolve();
    });
    child.once('close', () => resolve());
  });
  expect(said()).toContain('"msg":"ready"');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
