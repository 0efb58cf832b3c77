import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Runs the service until it ends by itself; no broker is there. */
async function run(users: string | undefined, ...flags: string[]): Promise<{ code: number | null; said: string }> {
  const data = mkdtempSync(path.join(tmpdir(), 'console-main-'));
  closers.push(() => rmSync(data, { recursive: true, force: true }));
  if (users !== undefined) {
    mkdirSync(path.join(data, 'access'), { mode: 0o700 });
    writeFileSync(path.join(data, 'access/users.json'), users, { mode: 0o600 });
  }
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

const USERS = '{"users": {"anna": {"role": "viewer"}}}';

test.each([
  [
    'by plain HTTP',
    USERS,
    [],
    /PENSTOCK_CONSOLE_TLS_CERT_FILE.*PENSTOCK_CONSOLE_TRUSTED_PROXIES.*PENSTOCK_CONSOLE_HOST/,
  ],
  ['where nobody could log in', undefined, ['--console-trusted-proxies', '10.0.0.1'], /penstock user add/],
  ['where the users cannot be read', '{', ['--console-trusted-proxies', '10.0.0.1'], /users\.json:1:\d+: /],
  ['with half a certificate', USERS, ['--console-tls-cert-file', 'x.pem'], /PENSTOCK_CONSOLE_TLS_KEY_FILE is missing/],
  [
    'with no certificate at all',
    USERS,
    ['--console-tls-cert-file', 'x', '--console-tls-key-file', 'x'],
    /x cannot be read/,
  ],
] as const)('it is not reached from other machines %s, and says the way out', async (_, users, flags, words) => {
  const { code, said } = await run(users, '--console-host', '0.0.0.0', '--console-port', '0', ...flags);
  expect(code).toBe(78);
  expect(said).toMatch(words);
});

test('a port in use is named with the setting that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { code, said } = await run(undefined, '--console-port', String(port));
  expect(code).toBe(69);
  expect(said).toMatch(`port ${port} at 127.0.0.1 is in use by another program; set PENSTOCK_CONSOLE_PORT`);
});
