import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let data: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'penstock-lock-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) await end(child);
  rmSync(data, { recursive: true });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A process that takes the lock when it is told to, says what came of it, and lives on. */
function contender() {
  const script = `
    import { lockFolder } from ${JSON.stringify(path.join(import.meta.dirname, 'folder-lock.ts'))};
    process.stdin.on('data', () => {
      const result = lockFolder(${JSON.stringify(data)});
      process.stdout.write(result.holder === undefined ? 'held' : String(result.holder));
    });
    process.stdout.write('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.push(child);
  const said = async () => String((await once(child.stdout, 'data'))[0]);
  return { child, said, go: () => child.stdin.write('go') };
}

it('a second one learns who holds it, until it is released', () => {
  const first = lockFolder(data);
  expect(first).toHaveProperty('lock');
  expect(lockFolder(data)).toEqual({ holder: process.pid });
  if ('lock' in first) first.lock[Symbol.dispose]();
  expect(lockFolder(data)).toHaveProperty('lock');
  expect(readdirSync(path.join(data, 'lock'))).toEqual(['2']);
});

it('of many that start at the same instant, on what a killed one left, exactly one holds it', async () => {
  const killed = contender();
  expect(await killed.said()).toBe('ready');
  killed.go();
  expect(await killed.said()).toBe('held');
  await end(killed.child);
  const contenders = Array.from({ length: 6 }, contender);
  await Promise.all(contenders.map(({ said }) => said()));
  const answers = contenders.map(({ said }) => said());
  for (const { go } of contenders) go();
  const said = await Promise.all(answers);
  const winner = contenders[said.indexOf('held')];
  expect(said.filter((each) => each === 'held')).toHaveLength(1);
  expect(new Set(said)).toEqual(new Set(['held', String(winner?.child.pid)]));
});

it.each([
  ['a process of that number that was born at another time', `${process.pid} 1\n`],
  ['a process that is gone', '4194305 77\n'],
  ['nothing that can be read', 'hello'],
])('is free where the file names %s', (_, text) => {
  const held = lockFolder(data);
  writeFileSync(path.join(data, 'lock/1'), text);
  expect(held).toHaveProperty('lock');
  expect(lockFolder(data)).toHaveProperty('lock');
});
