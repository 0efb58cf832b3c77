// The process itself: what is wrong before it can work, it says in one sentence.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ingest-main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function endOf(env: NodeJS.ProcessEnv): Promise<{ code: unknown; said: string }> {
  const flags = ['--data', folder, '--broker-url', 'mqtt://127.0.0.1:1', '--ingest-metrics-port', '0'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'main.ts'), ...flags],
      { env: { ...process.env, ...env }, timeout: 30_000 },
      (error, _, said) => resolve({ code: error?.code, said }),
    );
  });
}

test('a rules folder that does not exist ends ingest with 78, naming the folder and the setting', async () => {
  const missing = path.join(folder, 'missing');
  expect(await endOf({ PENSTOCK_RULES_DIR: missing })).toEqual({
    code: 78,
    said: `ingest: the folder of rules ${missing} does not exist; create it or set PENSTOCK_RULES_DIR\n`,
  });
});

test('sharing without a name of its own ends ingest with 78: two of one name would throw each other out', async () => {
  const { code, said } = await endOf({ PENSTOCK_INGEST_SHARE: 'ingest' });
  expect(code).toBe(78);
  expect(said).toMatch(/^ingest: PENSTOCK_INGEST_SHARE is set without PENSTOCK_INGEST_REPLICA: give each/);
});

test.each([
  ['homeassistant/x', 'must be off, or the prefix'],
  ['a/#', 'must be off, or the prefix'],
  ['plant', 'no tree of ours'],
])('%s is no prefix to announce below, and ends ingest with 78', async (prefix, words) => {
  const { code, said } = await endOf({ PENSTOCK_INGEST_HOME_ASSISTANT: prefix });
  expect([code, said]).toEqual([78, expect.stringContaining(words)]);
});

test('one of several, which knows a share of the values, announces nothing: it ends with 78', async () => {
  const env = { PENSTOCK_INGEST_SHARE: 'ingest', PENSTOCK_INGEST_REPLICA: 'a', PENSTOCK_INGEST_HOME_ASSISTANT: 'ha' };
  const { code, said } = await endOf(env);
  expect([code, said]).toEqual([78, expect.stringContaining('one of several knows the values of its share only')]);
});

test('a name that no topic can hold is refused as a setting', async () => {
  const { code, said } = await endOf({ PENSTOCK_INGEST_SHARE: 'a/#' });
  expect([code, said]).toEqual([78, expect.stringMatching(/^ingest: environment PENSTOCK_INGEST_SHARE: .*must be/)]);
});

test('a certificate for a way without TLS ends it with 78: nobody shall believe that it is safe', async () => {
  const { code, said } = await endOf({ PENSTOCK_BROKER_CA_FILE: path.join(folder, 'none.crt') });
  expect([code, said]).toEqual([78, expect.stringMatching(/for TLS, and mqtt:\/\/127\.0\.0\.1:1 is without/)]);
});
