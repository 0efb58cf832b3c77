// Who is known, by token, by password and by the files of the folder; and what happens to these files.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempFolder } from '../../../../test/support/processes.ts';
import { Access } from './access.ts';
import { hashPassword } from './password-hash.ts';
import { makeToken } from './token.ts';

const KEY = 'a key of the tests';
let folder: ReturnType<typeof tempFolder>;
let elapsed = 0;
beforeEach(() => {
  folder = tempFolder();
  elapsed = 0;
});
afterEach(() => folder[Symbol.dispose]());

const write = (name: string, content: unknown) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(path.join(folder.path, name), text, { mode: 0o600 });
};
const open = () => new Access({ folder: folder.path, tokenKey: KEY, elapsedMs: () => elapsed });
const token = (kind: 'device' | 'user', name: string, serial = 1) => makeToken(KEY, { kind, name, serial });
const DEVICE = 'lyon/tank-farm/t1';

describe('tokens', () => {
  test('of devices, programs and services are known, and no other', async () => {
    write('devices.json', { devices: { [DEVICE]: {}, z2m: { serial: 3 } } });
    write('users.json', { users: { telegraf: { role: 'service' }, 'writer-2': { role: 'service', as: 'writer' } } });
    const access = open();
    const ask = (name: string, secret: string) => access.identify({ name, secret }, '::1');
    expect(await ask(DEVICE, token('device', DEVICE))).toEqual({
      kind: 'known',
      identity: { kind: 'device', name: DEVICE },
    });
    expect(await ask('z2m', token('device', 'z2m', 3))).toMatchObject({ kind: 'known' });
    expect(await ask('telegraf', token('user', 'telegraf'))).toEqual({
      kind: 'known',
      identity: { kind: 'service', name: 'telegraf', as: undefined },
    });
    expect(await ask('writer-2', token('user', 'writer-2'))).toMatchObject({ identity: { as: 'writer' } });
    expect(await ask('rules', token('user', 'rules'))).toMatchObject({ identity: { kind: 'service', as: 'rules' } });
    for (const [name, secret] of [
      [DEVICE, token('user', DEVICE)],
      [DEVICE, token('device', DEVICE, 2)],
      [DEVICE, token('device', 'lyon/tank-farm/t2')],
      ['z2m', token('device', 'z2m', 2)],
      ['rules', token('user', 'writer')],
      ['nobody', token('user', 'nobody')],
      [DEVICE, ''],
      ['', ''],
      ['__proto__', token('user', '__proto__')],
    ] as const)
      expect(await ask(name, secret)).toEqual({ kind: 'wrong' });
  });

  test('end with the next serial number, and when the device is revoked', async () => {
    write('devices.json', { devices: { [DEVICE]: {} } });
    const access = open();
    const ask = (serial: number) => access.identify({ name: DEVICE, secret: token('device', DEVICE, serial) }, '::1');
    const before = access.loginOf({ kind: 'device', name: DEVICE });
    expect(await ask(1)).toMatchObject({ kind: 'known' });
    write('devices.json', { devices: { [DEVICE]: { serial: 2 } } });
    access.reload();
    expect([await ask(1), await ask(2)]).toMatchObject([{ kind: 'wrong' }, { kind: 'known' }]);
    expect(access.loginOf({ kind: 'device', name: DEVICE })).not.toBe(before);
    write('devices.json', { devices: { [DEVICE]: { serial: 2, revoked: true } } });
    access.reload();
    expect(await ask(2)).toEqual({ kind: 'wrong' });
    expect(access.loginOf({ kind: 'device', name: DEVICE })).toBeUndefined();
  });
});

describe('passwords', () => {
  test('of people are known, and a token beside them', async () => {
    write('users.json', { users: { anna: { role: 'operator', password: await hashPassword('correct horse') } } });
    const access = open();
    const ask = (secret: string) => access.identify({ name: 'anna', secret }, '::1');
    const known = { kind: 'known', identity: { kind: 'person', name: 'anna', role: 'operator' } };
    expect([await ask('correct horse'), await ask(token('user', 'anna')), await ask('battery staple')]).toEqual([
      known,
      known,
      { kind: 'wrong' },
    ]);
  });

  test('that were wrong often are not tried for a while, and whoever was right a moment ago is not locked out', async () => {
    write('users.json', { users: { anna: { role: 'operator', password: await hashPassword('right') } } });
    const access = open();
    const ask = (secret: string, address: string) => access.identify({ name: 'anna', secret }, address);
    expect(await ask('right', 'a')).toMatchObject({ kind: 'known' });
    for (let n = 0; n < 6; n++) expect(await ask('wrong', 'b')).toEqual({ kind: 'wrong' });
    expect(await ask('wrong', 'b')).toEqual({ kind: 'later', waitMs: 1_000 });
    expect(await ask('wrong', 'c')).toMatchObject({ kind: 'later' });
    expect(await ask('right', 'a')).toMatchObject({ kind: 'known' });
    elapsed += 1_001;
    expect(await ask('wrong', 'b')).toEqual({ kind: 'wrong' });
  });

  test('more at once than can be checked are told to come later', async () => {
    write('users.json', { users: { anna: { role: 'operator', password: await hashPassword('right') } } });
    const access = open();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        access.identify({ name: `guess-${n}`, secret: `wrong ${n}` }, `10.0.0.${n}`),
      ),
    );
    expect(answers.filter(({ kind }) => kind === 'later').length).toBeGreaterThan(20);
    expect(answers.some(({ kind }) => kind === 'known')).toBe(false);
  });

  test('that wait to be tried are not, once others for the same name were wrong too often', async () => {
    write('users.json', { users: { anna: { role: 'operator', password: await hashPassword('right') } } });
    const access = open();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => access.identify({ name: 'anna', secret: `wrong ${n}` }, '10.0.0.1')),
    );
    // Five are free, and those that were under way with the sixth.
    expect(answers.filter(({ kind }) => kind === 'wrong').length).toBeLessThan(9);
  });
});

describe('the files', () => {
  test.each([
    ['users.json', '{"users": {"anna": {"role": "boss"}}}', 'users.json:1:'],
    ['users.json', '{"users": {"anna": {"role": "viewer", "password": "plain"}}}', 'is no hash of a password'],
    ['users.json', '{"users": {"rules": {"role": "admin"}}}', "'rules' is the pipeline's own service"],
    ['users.json', '{"users": {"a/b": {"role": "viewer"}}}', 'users.json:1:'],
    ['users.json', '{"users": {"anna": {"role": "viewer", "rle": 1}}}', "unknown field 'rle'"],
    ['users.json', '{"users": {"__proto__": {"role": "admin"}}}', '__proto__'],
    ['users.json', '{', 'not valid JSON'],
    ['devices.json', '{"devices": {"lyon/a/b/t1": {}}}', 'devices.json:1:'],
    ['devices.json', '{"devices": {"lyon/+/t1": {}}}', 'devices.json:1:'],
    ['acl.conf', 'topics x', 'acl.conf:1:1'],
  ])('%s with %j changes nothing, and says where it is wrong', async (name, text, words) => {
    write('devices.json', { devices: { [DEVICE]: {} } });
    const access = open();
    expect(access.problem()).toBeUndefined();
    write(name, text);
    access.reload();
    expect(access.problem()).toContain(words);
    expect(await access.identify({ name: DEVICE, secret: token('device', DEVICE) }, '::1')).toMatchObject({
      kind: 'known',
    });
    write(name, name === 'acl.conf' ? '' : name === 'users.json' ? '{"users":{}}' : '{"devices":{}}');
    access.reload();
    expect(access.problem()).toBeUndefined();
  });

  test('that others may read are not taken', () => {
    write('users.json', '{"users":{}}');
    chmodSync(path.join(folder.path, 'users.json'), 0o644);
    expect(open().problem()).toContain('chmod 600');
  });
});
