import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_FILE, openTailFile } from './tail-file.ts';

const message = (text: string) => ({ receivedAt: 7, topic: 'a/b', payload: Buffer.from(text), retained: false });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-tail-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('openTailFile() says that a message is done when it is in the file, behind what stood there', async () => {
  const name = path.join(folder, 'out.ndjson');
  for (const text of ['one', 'two']) {
    await using file = await openTailFile(name);
    await new Promise<void>((resolve) => file.write(message(text), resolve));
    expect(readFileSync(name, 'utf8')).toContain(`"payload":"${text}"`);
  }
  expect(readFileSync(name, 'utf8').trim().split('\n')).toHaveLength(2);
});

test('openTailFile() refuses a file that cannot be opened', async () => {
  await expect(openTailFile(path.join(folder, 'missing', 'out'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.skipIf(!existsSync('/dev/full'))('a full disk is said once, and keeps no message waiting', async () => {
  await using file = await openTailFile('/dev/full');
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => file.write(message('x'), resolve));
  expect(file.failed.aborted).toBe(true);
  expect(file.failed.reason).toMatch(/ENOSPC/);
});

test('without a file every message is done at once', () => {
  let done = 0;
  NO_FILE.write(message('x'), () => done++);
  expect(done).toBe(1);
});
