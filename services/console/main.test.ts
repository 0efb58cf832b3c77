import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Runs the service until it ends by itself; no broker is there. */
async function run(...flags: string[]): Promise<{ code: number | null; said: string }> {
  const data = mkdtempSync(path.join(tmpdir(), 'console-main-'));
  closers.push(() => rmSync(data, { recursive: true, force: true }));
  const main = path.join(import.meta.dirname, 'main.ts');
  const settings = ['--data', data, '--broker-url', 'mqtt://127.0.0.1:1', '--console-metrics-port', '0'];
  const child = spawn(process.execPath, [main, ...settings, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
  closers.push(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

test('an address beyond loopback is refused with the setting that names it', async () => {
  const { code, said } = await run('--console-host', '0.0.0.0', '--console-port', '0');
  expect(code).toBe(78);
  expect(said).toMatch(/will not listen on 0\.0\.0\.0: .*PENSTOCK_CONSOLE_HOST/);
});

test('a port in use is named with the setting that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { code, said } = await run('--console-port', String(port));
  expect(code).toBe(69);
  expect(said).toMatch(`port ${port} at 127.0.0.1 is in use by another program; set PENSTOCK_CONSOLE_PORT`);
});
