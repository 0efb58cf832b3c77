// The process itself: what is wrong before it can work, it says in one sentence.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

test('a rules folder that does not exist ends ingest with 78, naming the folder and the setting', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ingest-main-'));
  try {
    const missing = path.join(folder, 'missing');
    const flags = ['--data', folder, '--broker-url', 'mqtt://127.0.0.1:1', '--ingest-metrics-port', '0'];
    const ended = await new Promise<{ code: unknown; said: string }>((resolve) => {
      execFile(
        process.execPath,
        [path.join(import.meta.dirname, 'main.ts'), ...flags],
        { env: { ...process.env, PENSTOCK_RULES_DIR: missing }, timeout: 30_000 },
        (error, _, said) => resolve({ code: error?.code, said }),
      );
    });
    expect(ended).toEqual({
      code: 78,
      said: `ingest: the folder of rules ${missing} does not exist; create it or set PENSTOCK_RULES_DIR\n`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
