import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { readOrCreateSecret } from './secrets.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  folders.push(folder);
  return folder;
}

test('a first use makes a random secret that only its owner can read; a second finds it', () => {
  const data = dataFolder();
  const first = readOrCreateSecret(data, 'session-key');
  expect(first).toMatchObject({ isNew: true, file: path.join(data, 'secrets/session-key') });
  expect(first.value).toMatch(/^[\w-]{24}$/);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(first.file)).mode & 0o777).toBe(0o700);
  expect(readOrCreateSecret(data, 'session-key')).toEqual({ ...first, isNew: false });
  expect(readOrCreateSecret(data, 'operator-password').value).not.toBe(first.value);
  expect(readOrCreateSecret(dataFolder(), 'session-key').value).not.toBe(first.value);
});

test('a secret that a person wrote is taken as it is', () => {
  const data = dataFolder();
  const { file } = readOrCreateSecret(data, 'operator-password');
  writeFileSync(file, 'my own\n');
  expect(readOrCreateSecret(data, 'operator-password').value).toBe('my own');
});

test('processes that start at once agree on one value and leave nothing half-written', async () => {
  const data = dataFolder();
  const script = `
    import { readOrCreateSecret } from '#runtime/secrets.ts';
    process.stdin.once('data', () => {
      process.stdout.write(JSON.stringify(readOrCreateSecret(${JSON.stringify(data)}, 'session-key')));
      process.stdin.destroy();
    });
    process.stdout.write(' ');`;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  // All of them stand ready before the first may go.
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('readable', resolve))));
  for (const child of children) child.stdin.write('go');
  const secrets = (await Promise.all(children.map((child) => text(child.stdout)))).map((each) => JSON.parse(each));
  expect(new Set(secrets.map(({ value }) => value)).size).toBe(1);
  expect(secrets.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(readdirSync(path.join(data, 'secrets'))).toEqual(['session-key']);
  expect(readFileSync(path.join(data, 'secrets/session-key'), 'utf8').trim()).toBe(secrets[0].value);
});
