// The commands on users and devices, on real files in a folder of their own.

import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import decodeQR from 'qr/decode.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Access } from '#runtime/access/access.ts';
import { accessFolder } from '#runtime/access/access-files.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { TestCertificates } from '../../../test/support/test-certificates.ts';
import { qrText } from '../access/qr-text.ts';
import type { PasswordSource } from '../access/wanted-password.ts';
import type { CliCommand } from '../cli.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { deviceAddCommand } from './device-add.ts';
import { deviceConfigCommand } from './device-config.ts';
import { deviceListCommand } from './device-list.ts';
import { deviceRevokeCommand } from './device-revoke.ts';
import { addCommand } from './user-add.ts';
import { userListCommand } from './user-list.ts';
import { passwdCommand } from './user-passwd.ts';
import { userRemoveCommand } from './user-remove.ts';
import { userTokenCommand } from './user-token.ts';

let folder: ReturnType<typeof tempFolder>;
let typed: string | undefined;
beforeEach(() => {
  folder = tempFolder();
  typed = '';
});
afterEach(() => folder[Symbol.dispose]());

const passwords: PasswordSource = {
  hasPerson: () => typed !== '',
  ask: async () => (typed === 'given up' ? undefined : typed),
  readInput: async () => 'a password of stdin\n',
};
const COMMANDS: readonly CliCommand[] = [
  ...[addCommand(passwords), passwdCommand(passwords), userListCommand, userRemoveCommand, userTokenCommand],
  ...[deviceAddCommand, deviceListCommand, deviceRevokeCommand, deviceConfigCommand],
];

async function penstock(...words: readonly string[]) {
  const cli = recordedCli();
  const code = await runProgram(COMMANDS, [...words, '--data', folder.path], cli);
  return { code, out: cli.said.out.trim(), err: cli.said.err.trim() };
}
const file = (name: string) => path.join(accessFolder(folder.path), name);
const write = (name: string, text: string) => {
  mkdirSync(accessFolder(folder.path), { recursive: true });
  writeFileSync(file(name), text, { mode: 0o600 });
};
const tokenKey = () => readOrCreateSecret(folder.path, 'token-key').value;
const logIn = (name: string, secret: string) =>
  new Access({ folder: accessFolder(folder.path), tokenKey: tokenKey(), elapsedMs: () => 0 }).identify(
    { name, secret },
    '::1',
  );

describe('users', () => {
  test('a person logs in by what was made, typed or piped, and no password is kept', async () => {
    const made = await penstock('user', 'add', 'anna', '--role', 'viewer');
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^[\w-]{24}$/)]);
    typed = 'typed by a person';
    await penstock('user', 'add', 'ben', '--role', 'engineer');
    await penstock('user', 'add', 'eve', '--role', 'admin', '--password-stdin', '--json');
    for (const [name, secret, role] of [
      ['anna', made.out, 'viewer'],
      ['ben', 'typed by a person', 'engineer'],
      ['eve', 'a password of stdin', 'admin'],
    ] as const) {
      expect(await logIn(name, secret)).toMatchObject({ kind: 'known', identity: { name, role } });
      expect(readFileSync(file('users.json'), 'utf8')).not.toContain(secret);
    }
    expect(statSync(file('users.json')).mode & 0o777).toBe(0o600);
  });

  test('a program logs in by its token, until it gets a new one, and its successor of that name does not take it over', async () => {
    const first = (await penstock('user', 'add', 'graf', '--role', 'service', '--as', 'cli')).out;
    expect(await logIn('graf', first)).toMatchObject({ identity: { kind: 'service', as: 'cli' } });
    expect((await penstock('user', 'token', 'graf')).out).toBe(first);
    const second = (await penstock('user', 'token', 'graf', '--new')).out;
    expect([await logIn('graf', first), await logIn('graf', second)]).toMatchObject([
      { kind: 'wrong' },
      { kind: 'known' },
    ]);
    await penstock('user', 'remove', 'graf');
    const third = JSON.parse((await penstock('user', 'add', 'graf', '--role', 'service', '--json')).out).token;
    expect([await logIn('graf', first), await logIn('graf', second)]).toMatchObject([
      { kind: 'wrong' },
      { kind: 'wrong' },
    ]);
    expect(await logIn('graf', third)).toMatchObject({ kind: 'known' });
  });

  test('a service has a token without having been added', async () => {
    const { out } = await penstock('user', 'token', 'rules');
    expect(await logIn('rules', out)).toMatchObject({ identity: { as: 'rules' } });
    expect((await penstock('user', 'token', 'rules', '--new')).err).toContain('start the service anew');
    expect(await logIn('rules', out)).toEqual({ kind: 'wrong' });
  });

  test('a new password ends the old one, and keeps role and token', async () => {
    const old = (await penstock('user', 'add', 'anna', '--role', 'operator')).out;
    const token = (await penstock('user', 'token', 'anna', '--new')).out;
    const made = (await penstock('user', 'passwd', 'anna')).out;
    expect([await logIn('anna', old), await logIn('anna', made), await logIn('anna', token)]).toMatchObject([
      ...[{ kind: 'wrong' }, { kind: 'known', identity: { role: 'operator' } }, { kind: 'known' }],
    ]);
  });

  test('the last engineer or admin goes by force alone', async () => {
    await penstock('user', 'add', 'anna', '--role', 'operator');
    await penstock('user', 'add', 'ben', '--role', 'engineer');
    expect(await penstock('user', 'remove', 'ben')).toMatchObject({ code: 2, err: expect.stringContaining('--force') });
    await penstock('user', 'add', 'eve', '--role', 'admin');
    expect((await penstock('user', 'remove', 'ben')).code).toBe(0);
    expect((await penstock('user', 'remove', 'eve')).code).toBe(2);
    expect((await penstock('user', 'remove', 'eve', '--force')).code).toBe(0);
  });

  test('the list says who is there, and nothing to log in with', async () => {
    const { out: password } = await penstock('user', 'add', 'anna', '--role', 'operator');
    await penstock('user', 'add', 'graf', '--role', 'service', '--as', 'cli');
    const { out } = await penstock('user', 'list', '--json');
    expect(out.split('\n').map((line) => JSON.parse(line))).toEqual([
      { name: 'anna', role: 'operator', as: null, hasPassword: true, tokenSerial: 1 },
      { name: 'graf', role: 'service', as: 'cli', hasPassword: false, tokenSerial: 1 },
    ]);
    const table = (await penstock('user', 'list')).out;
    expect(table).toMatch(/anna +operator/);
    expect(`${table}${out}`).not.toMatch(new RegExp(`argon2|${password}`));
  });

  test.each([
    [['user', 'add', 'anna'], '--role is one of viewer'],
    [['user', 'add', 'anna', '--role', 'opertor'], "did you mean 'operator'?"],
    [['user', 'add', 'rules', '--role', 'viewer'], "the pipeline's own service"],
    [['user', 'add', 'a/b', '--role', 'viewer'], 'cannot name a user'],
    [['user', 'add', '__proto__', '--role', 'viewer'], 'cannot name a user'],
    [['user', 'add', 'gateway', '--role', 'viewer'], 'is a device'],
    [['user', 'add', 'known', '--role', 'viewer'], 'is there already'],
    [['user', 'add', 'anna', '--role', 'viewer', '--as', 'cli'], '--as goes with --role service'],
    [['user', 'add', 'anna', '--role', 'service', '--as', 'consle'], "did you mean 'console'?"],
    [['user', 'passwd', 'knwon'], "there is no user 'knwon'; did you mean 'known'?"],
    [['user', 'passwd', 'constructor'], "there is no user 'constructor'"],
    [['user', 'token', 'gateway'], 'penstock device config gateway'],
    [['user', 'remove', 'nobody'], 'penstock user list shows all'],
    [['device', 'add', 'known'], "'known' is a user"],
    [['device', 'add', 'gateway'], 'is there already'],
    [['device', 'add', 'lyon/a/b/t1'], 'site/area/device'],
    [['device', 'add', 'lyon/+/t1'], 'cannot name a device'],
    [['device', 'add', 'writer'], "the pipeline's own service"],
    [['device', 'add', 't-#', '--count', '10'], 'write ## in the name'],
    [['device', 'add', 't-##'], '--count says how many'],
    [['device', 'add', 't', '--port', 'x'], '--port is a number'],
    [['device', 'add', 't', '--ca', '/nowhere.pem'], '/nowhere.pem'],
    [['device', 'revoke', 'gatewya'], "did you mean 'gateway'?"],
    [['device', 'config', 'known'], "'known' is a user"],
  ])('%j is refused with the way out, and changes nothing', async (words, why) => {
    await penstock('user', 'add', 'known', '--role', 'engineer');
    await penstock('device', 'add', 'gateway');
    const before = ['users.json', 'devices.json'].map((name) => readFileSync(file(name), 'utf8'));
    expect(await penstock(...words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(why) });
    expect(['users.json', 'devices.json'].map((name) => readFileSync(file(name), 'utf8'))).toEqual(before);
  });

  test('--dry-run writes nothing at all', async () => {
    for (const words of [
      ['user', 'add', 'anna', '--role', 'viewer'],
      ['device', 'add', 'lyon/a/t-#', '--count', '3'],
      ['user', 'token', 'rules', '--new'],
    ])
      expect(await penstock(...words, '--dry-run')).toMatchObject({
        code: 0,
        out: '',
        err: expect.stringMatching(/^would /),
      });
    expect(statSync(accessFolder(folder.path), { throwIfNoEntry: false })).toBeUndefined();
    typed = 'given up';
    expect((await penstock('user', 'add', 'anna', '--role', 'viewer')).code).toBe(130);
    expect(statSync(file('users.json'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('the files', () => {
  test('that a person wrote keep their comments', async () => {
    write('users.json', '// who may come in\n{ "users": {\n  "anna": { "role": "viewer" }, // room 4\n} }\n');
    await penstock('user', 'add', 'ben', '--role', 'engineer', '--password-stdin');
    await penstock('user', 'token', 'anna', '--new');
    const after = readFileSync(file('users.json'), 'utf8');
    expect(after).toContain('// who may come in\n');
    expect(after).toContain('// room 4\n');
    expect((await penstock('user', 'list', '--json')).out).toContain('"tokenSerial":2');
  });

  test('with a mistake are left alone, and the mistake is shown with its place', async () => {
    write('users.json', '{"users": {"anna": {"role": "boss"}}}');
    const { code, err } = await penstock('user', 'add', 'ben', '--role', 'viewer');
    expect([code, err]).toEqual([78, expect.stringMatching(/users\.json:1:\d+.*\n.*mend that first/)]);
    expect(readFileSync(file('users.json'), 'utf8')).toContain('boss');
  });

  test('take changes that come at once, and lose none', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `program-${n}`);
    const added = await Promise.all(names.map((name) => penstock('user', 'add', name, '--role', 'service')));
    expect(added.map(({ code }) => code)).toEqual(names.map(() => 0));
    expect((await penstock('user', 'list', '--json')).out.split('\n')).toHaveLength(12);
  });
});

describe('devices', () => {
  test('a Sparkplug edge node is one, and has no topics of ours', async () => {
    const config = JSON.parse((await penstock('device', 'add', 'lyon/line-3', '--host', 'broker.plant')).out);
    expect(config).toMatchObject({ clientId: 'lyon/line-3', user: 'lyon/line-3' });
    expect(config).not.toHaveProperty('root');
    const identity = { kind: 'device', name: 'lyon/line-3' };
    expect(await logIn(config.user, config.password)).toMatchObject({ kind: 'known', identity });
  });

  test('get a config of their own, whose password is good, until they are revoked', async () => {
    const { out, err } = await penstock('device', 'add', 'lyon/tank-farm/t1', '--host', 'broker.plant', '--tls');
    const config = JSON.parse(out);
    expect(config).toEqual({
      broker: { host: 'broker.plant', port: 8883, tls: true, ca: null },
      clientId: 'lyon/tank-farm/t1',
      user: 'lyon/tank-farm/t1',
      password: expect.stringMatching(/^[\w-]{43}$/),
      root: 'plant/v1/lyon/tank-farm/t1',
    });
    expect(err).not.toContain('warning');
    expect(await logIn(config.user, config.password)).toMatchObject({ kind: 'known', identity: { kind: 'device' } });
    expect(JSON.parse((await penstock('device', 'config', config.user)).out).password).toBe(config.password);
    await penstock('device', 'revoke', config.user);
    expect(await logIn(config.user, config.password)).toEqual({ kind: 'wrong' });
    expect((await penstock('device', 'config', config.user)).err).toContain('was revoked');
    const again = JSON.parse((await penstock('device', 'add', config.user)).out).password;
    expect([await logIn(config.user, config.password), await logIn(config.user, again)]).toMatchObject([
      ...[{ kind: 'wrong' }, { kind: 'known' }],
    ]);
    expect((await penstock('device', 'list', '--logins')).out).toMatch(/lyon\/tank-farm\/t1 +token 2/);
  });

  test('come over TLS, with the authority to pin, where the broker has a certificate of the plant', async () => {
    const { ca } = await TestCertificates.make(folder.path);
    const add = async (name: string, ...words: readonly string[]) =>
      JSON.parse((await penstock('device', 'add', name, '--host', 'broker.plant', ...words)).out).broker;
    const pinned = new X509Certificate(ca).raw.toString('base64');
    expect(await add('a/b/t1')).toEqual({ host: 'broker.plant', port: 8883, tls: true, ca: pinned });
    expect(await add('a/b/t2', '--broker-tls-port', '8884')).toMatchObject({ port: 8884, ca: pinned });
    expect(await add('a/b/t3', '--no-tls')).toEqual({ host: 'broker.plant', port: 1883, tls: false, ca: null });
    expect(await add('a/b/t4', '--broker-tls-port', 'off')).toMatchObject({ port: 1883, tls: false, ca: null });
  });

  test('come many at once, and all or none', async () => {
    const { out, err } = await penstock('device', 'add', 'lyon/tank-farm/t-##', '--count', '3', '--host', '10.0.0.5');
    expect(out.split('\n').map((line) => JSON.parse(line).clientId)).toEqual(
      ['01', '02', '03'].map((n) => `lyon/tank-farm/t-${n}`),
    );
    expect(err).toContain('3 devices may log in');
    expect((await penstock('device', 'add', 'lyon/tank-farm/t-##', '--count', '5')).code).toBe(2);
    expect((await penstock('device', 'list', '--json', '--logins')).out.split('\n')).toHaveLength(3);
  });

  test('who would not reach the broker are told of', async () => {
    expect((await penstock('device', 'add', 'gateway')).err).toContain('--host says by which name');
    expect(JSON.parse((await penstock('device', 'config', 'gateway')).out)).not.toHaveProperty('root');
  });
});

test.each(['short', JSON.stringify({ broker: { ca: 'A'.repeat(600) }, password: 'x'.repeat(43) })])(
  'a QR code says its text to a reader: %s',
  (text) => {
    const lines = stripVTControlCharacters(qrText(text) ?? '')
      .trimEnd()
      .split('\n');
    const width = lines[0]?.length ?? 0;
    const isDark = (x: number, y: number) =>
      ['█', y % 2 === 0 ? '▀' : '▄'].includes(lines[Math.floor(y / 2)]?.[x] ?? ' ');
    const scale = 4;
    const size = width * scale;
    const data = new Uint8Array(size * size * 4).fill(255);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        if (isDark(Math.floor(x / scale), Math.floor(y / scale)))
          data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
    expect(decodeQR({ width: size, height: size, data })).toBe(text);
  },
);

test('what fits into no QR code is none', () => {
  expect(qrText('x'.repeat(2_954))).toBeUndefined();
});
