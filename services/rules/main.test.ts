import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

test('a damaged state file ends the start with a sentence and the way out, and not with a stack', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'penstock-rules-main-'));
  const file = path.join(data, 'rules', 'state.db');
  mkdirSync(path.dirname(file));
  writeFileSync(file, 'x'.repeat(8_192));
  try {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
      env: {
        PATH: process.env.PATH,
        PENSTOCK_DATA: data,
        PENSTOCK_RULES_METRICS_PORT: '0',
        PENSTOCK_BROKER_URL: 'mqtt://127.0.0.1:1',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await once(child, 'close');
    expect(said).toContain(
      `rules: cannot read the state of the alarms in ${file}: file is not a database; put back a copy`,
    );
    expect(said).not.toMatch(/^\s+at /m);
    expect(code).toBe(78);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
