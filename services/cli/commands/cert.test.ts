// The commands of `penstock cert` one after the other, as a person uses them; what they make is judged by openssl.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, tempFolder } from '../../../test/support/processes.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { commandsFor } from './commands.ts';

let data: ReturnType<typeof tempFolder>;
let certs: string;
beforeEach(() => {
  data = tempFolder();
  certs = path.join(data.path, 'certs');
});
afterEach(() => data[Symbol.dispose]());

async function cert(...words: readonly string[]) {
  const cli = recordedCli();
  const all = ['cert', ...words, '--data', data.path];
  return { exitCode: await runProgram(await commandsFor(all), all, cli), ...cli.said };
}

const openssl = (...words: readonly string[]) => {
  try {
    return execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return String((error as { stderr?: string }).stderr);
  }
};
const verify = (file: string, purpose: string) =>
  openssl(
    ...['verify', '-x509_strict', '-purpose', purpose, '-CAfile', path.join(certs, 'ca.pem')],
    ...['-crl_check', '-CRLfile', path.join(certs, 'crl.pem'), file],
  );

describe.skipIf(findProgram('openssl') === undefined)('penstock cert (needs openssl)', () => {
  it('makes, lists, renews and revokes', async () => {
    expect((await cert('init', '--host', 'broker.plant.local', '10.0.0.5')).exitCode).toBe(0);
    const server = path.join(certs, 'server.pem');
    expect(verify(server, 'sslserver')).toContain('OK');
    const text = openssl('x509', '-in', server, '-noout', '-text');
    for (const name of ['DNS:broker.plant.local', '10.0.0.5', 'DNS:localhost', '127.0.0.1', 'prime256v1'])
      expect(text).toContain(name);
    expect(openssl('x509', '-inform', 'der', '-in', path.join(certs, 'ca.der'), '-noout', '-subject')).toContain(
      'Penstock',
    );
    const made = JSON.parse((await cert('device', 'lyon/tank-farm/tank-01', '--json')).out);
    expect(made).toMatchObject({
      name: 'lyon/tank-farm/tank-01',
      folder: path.join(certs, 'clients/lyon/tank-farm/tank-01'),
    });
    const client = path.join(made.folder, 'client.pem');
    expect(verify(client, 'sslclient')).toContain('OK');
    expect(openssl('x509', '-in', client, '-noout', '-subject')).toContain('CN = lyon/tank-farm/tank-01');
    const out = path.join(data.path, 'usb');
    await cert('device', 'bridge', '--out', out, '--days', '10');
    expect(readdirSync(out).sort()).toEqual([
      'ca.der',
      'ca.pem',
      'client-key.der',
      'client-key.pem',
      'client.der',
      'client.pem',
    ]);
    const before = openssl('x509', '-in', server, '-noout', '-serial');
    const rotated = await cert('rotate');
    expect(openssl('x509', '-in', server, '-noout', '-serial').trim()).toBe(`serial=${rotated.out.trim()}`);
    expect(before).not.toContain(rotated.out.trim());
    expect(openssl('x509', '-in', server, '-noout', '-text')).toContain('10.0.0.5');
    expect((await cert('revoke', 'bridge')).out).toContain('bridge');
    expect((await cert('revoke', made.serial.toLowerCase())).exitCode).toBe(0);
    for (const file of [client, path.join(out, 'client.pem')]) expect(verify(file, 'sslclient')).toContain('revoked');
    expect(verify(server, 'sslserver')).toContain('OK');
    const listed = JSON.parse((await cert('list', '--json')).out);
    expect(
      listed.map(({ kind, state }: { kind: string; state: string }) => `${kind} ${state.split(' ')[0]}`).sort(),
    ).toEqual(['authority good', 'client revoked', 'client revoked', 'server good', 'server good']);
    for (const name of readdirSync(certs, { recursive: true, withFileTypes: true })) {
      const { mode } = statSync(path.join(name.parentPath, name.name));
      expect(mode & 0o077, name.name).toBe(0);
    }
  });
});

it.each([
  [['init', '--host', 'a b'], 2, "--host must be a host's name or an IP address, and not 'a b'"],
  [['device', 'a/b/c/d'], 2, "not to 'a/b/c/d'"],
  [['device', '../etc/x'], 2, "'..' cannot be a name"],
  [['device', 'a/b/..'], 2, "'..' cannot be a name"],
  [['device', `${'a'.repeat(40)}/b/${'c'.repeat(40)}`], 2, 'at most 64 characters'],
  [['device', 'x', '--days', '0'], 2, '--days must be a whole number'],
  [['device', 'x'], 78, '`penstock cert init` makes one'],
  [['rotate'], 78, '`penstock cert init` makes one'],
  [['list'], 78, '`penstock cert init` makes one'],
])('%j ends with %d: %s', async (words, exitCode, sentence) => {
  const said = await cert(...words);
  expect([said.exitCode, said.err]).toEqual([exitCode, expect.stringContaining(sentence)]);
  expect(said.out).toBe('');
});

it('does not touch an authority that is there, and knows what it did not issue', async () => {
  await cert('init');
  expect(await cert('init')).toMatchObject({ exitCode: 1, err: expect.stringContaining('already') });
  expect(await cert('revoke', 'nobody')).toMatchObject({ exitCode: 1, err: expect.stringContaining('cert list') });
  expect(await cert('revoke', 'localhost')).toMatchObject({ exitCode: 1 }); // the broker's own
  await cert('device', 'x');
  await cert('revoke', 'x');
  expect(await cert('revoke', 'x')).toMatchObject({ exitCode: 1, err: expect.stringContaining('revoked already') });
  writeFileSync(path.join(certs, 'ca-key.pem'), 'nonsense');
  expect(await cert('rotate')).toMatchObject({ exitCode: 78, err: expect.stringContaining('ca-key.pem') });
  expect(existsSync(path.join(certs, 'server.pem'))).toBe(true);
});
