import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { readOrCreateSecret } from './secrets.ts';
import { EXIT, StartError } from './start-error.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
  folders.push(folder);
  return folder;
}

function refusal(attempt: () => unknown): StartError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('a first use makes a random secret that only its owner can read; a second finds it', () => {
  const data = dataFolder();
  const first = readOrCreateSecret(data, 'session-key');
  expect(first).toMatchObject({ isNew: true, file: path.join(data, 'secrets/session-key') });
  expect(first.value).toMatch(/^[\w-]{24}$/);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(first.file)).mode & 0o777).toBe(0o700);
  expect(readOrCreateSecret(data, 'session-key')).toEqual({ ...first, isNew: false });
  expect(readOrCreateSecret(data, 'operations-key').value).not.toBe(first.value);
  expect(readOrCreateSecret(dataFolder(), 'session-key').value).not.toBe(first.value);
});

test('a secret that a person wrote is taken as it is', () => {
  const data = dataFolder();
  const { file } = readOrCreateSecret(data, 'operations-key');
  writeFileSync(file, 'my own long words\n');
  expect(readOrCreateSecret(data, 'operations-key').value).toBe('my own long words');
});

test.each([
  ['', 'is empty'],
  ['\n \n', 'is empty'],
  ['fifteen letters\n', 'has 15 characters'],
])('an emptied or short secret lets nobody in: %j is refused', (text, words) => {
  const data = dataFolder();
  const { file } = readOrCreateSecret(data, 'operations-key');
  writeFileSync(file, text);
  const refused = refusal(() => readOrCreateSecret(data, 'operations-key'));
  expect(refused.exitCode).toBe(EXIT.config);
  expect(refused.message).toContain(`${file} ${words}`);
  expect(refused.message).toContain('delete the file');
  rmSync(file);
  expect(readOrCreateSecret(data, 'operations-key').isNew).toBe(true);
});

test.each([0o640, 0o604, 0o620])('a secret that others can reach (mode %o) is refused until it is closed', (mode) => {
  const data = dataFolder();
  const made = readOrCreateSecret(data, 'session-key');
  chmodSync(made.file, mode);
  const refused = refusal(() => readOrCreateSecret(data, 'session-key'));
  expect(refused.exitCode).toBe(EXIT.config);
  expect(refused.message).toContain(`chmod 600 ${made.file}`);
  chmodSync(made.file, 0o600);
  expect(readOrCreateSecret(data, 'session-key').value).toBe(made.value);
});

test('a folder that cannot hold secrets ends in a sentence, not in a stack', () => {
  const data = dataFolder();
  const file = path.join(data, 'plain-file');
  writeFileSync(file, '');
  expect(refusal(() => readOrCreateSecret(file, 'session-key')).message).toMatch(/plain-file.*ENOTDIR.*PENSTOCK_DATA/);
  mkdirSync(path.join(data, 'secrets/session-key'), { recursive: true, mode: 0o700 });
  expect(refusal(() => readOrCreateSecret(data, 'session-key')).message).toContain('EISDIR');
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
