import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempFolder } from '../../../test/support/processes.ts';
import { Login } from './login.ts';
import { UserStore } from './user-store.ts';

let folder: ReturnType<typeof tempFolder>;
let file: string;
beforeEach(() => {
  folder = tempFolder();
  file = path.join(folder.path, 'historian', 'users.json');
});
afterEach(() => folder[Symbol.dispose]());

const create = (name: string, isAdmin = false) => ({ kind: 'create', name, password: `${name}-pw`, isAdmin }) as const;

describe('the file', () => {
  test('keeps users and rights over a restart, for its owner only, and no password', async () => {
    const store = new UserStore(file);
    expect(await store.change(create('a', true))).toBeUndefined();
    await store.change(create('b'));
    await store.change({ kind: 'grant', name: 'b', database: 'd', privilege: 'READ' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('-pw');
    expect(readdirSync(path.dirname(file))).toEqual(['users.json']);
    const reopened = new UserStore(file);
    expect(await reopened.list()).toEqual(await store.list());
    expect(reopened.hasAdmin()).toBe(true);
    expect(reopened.find('b')?.grants).toEqual(new Map([['d', 'READ']]));
  });

  test('that is open to others, or damaged, stops the start and is never taken for an empty one', async () => {
    await new UserStore(file).change(create('a', true));
    chmodSync(file, 0o644);
    expect(() => new UserStore(file)).toThrow(`${file} is open to other users of this machine; run: chmod 600 ${file}`);
    chmodSync(file, 0o600);
    for (const text of ['', '{}', '{"format":1}', readFileSync(file, 'utf8').slice(0, -9)]) {
      writeFileSync(file, text);
      expect(() => new UserStore(file)).toThrow(`${file} is damaged: restore it from a backup`);
    }
  });

  test('that cannot be written leaves everything as it was', async () => {
    const store = new UserStore(file);
    await store.change(create('a', true));
    const before = readFileSync(file, 'utf8');
    mkdirSync(`${file}.draft`);
    await expect(store.change(create('b'))).rejects.toThrow('EISDIR');
    expect([readFileSync(file, 'utf8'), store.find('b')]).toEqual([before, undefined]);
    rmdirSync(`${file}.draft`);
    expect(await store.change(create('c'))).toBeUndefined(); // a change after one that failed is made
    expect(store.find('c')).toBeDefined();
  });
});

test('changes that come at once are made one after another', async () => {
  const store = new UserStore(file);
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => store.change(create(name))));
  expect((await new UserStore(file).list()).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
});

test('a database that is forgotten leaves no rights to the next of its name', async () => {
  const store = new UserStore(file);
  await store.change(create('a'));
  await store.change({ kind: 'grant', name: 'a', database: 'd', privilege: 'ALL PRIVILEGES' });
  await store.change({ kind: 'grant', name: 'a', database: 'e', privilege: 'WRITE' });
  await store.change({ kind: 'forget-database', database: 'd' });
  expect(new UserStore(file).find('a')?.grants).toEqual(new Map([['e', 'WRITE']]));
});

describe('the configured admin', () => {
  test('is made, gets the configured password and his rights back', async () => {
    const store = new UserStore(file);
    await store.ensureAdmin('root', 'one');
    await store.change({ kind: 'admin', name: 'root', isAdmin: false });
    await store.ensureAdmin('root', 'two');
    expect(store.hasAdmin()).toBe(true);
    const login = new Login(
      (name) => store.find(name),
      () => 0,
    );
    expect(await login.check({ name: 'root', password: 'one' })).toEqual({ kind: 'wrong' });
    expect(await login.check({ name: 'root', password: 'two' })).toMatchObject({ kind: 'user' });
  });

  test('costs no write of the file where he is there already', async () => {
    const store = new UserStore(file);
    await store.ensureAdmin('root', 'one');
    const before = statSync(file).ino;
    await new UserStore(file).ensureAdmin('root', 'one');
    expect(statSync(file).ino).toBe(before);
  });
});

describe('logins', () => {
  let store: UserStore;
  let clock: number;
  let login: Login;
  beforeEach(async () => {
    store = new UserStore(file);
    await store.change(create('a'));
    clock = 0;
    login = new Login(
      (name) => store.find(name),
      () => clock,
    );
  });
  const right = { name: 'a', password: 'a-pw' };
  const cpuMs = async (work: () => Promise<unknown>) => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };

  test('a right one is remembered, so that it costs next to nothing, and forgotten after a while', async () => {
    const first = await cpuMs(() => login.check(right));
    const hundred = await cpuMs(async () => {
      for (let i = 0; i < 100; i++) await login.check(right);
    });
    expect(hundred / 100).toBeLessThan(first / 10);
    clock += 10 * 60_000;
    expect(await cpuMs(() => login.check(right))).toBeGreaterThan(first / 10);
  });

  test('a new password, or none any more, ends what was remembered at once', async () => {
    expect(await login.check(right)).toMatchObject({ kind: 'user' });
    await store.change({ kind: 'grant', name: 'a', database: 'd', privilege: 'READ' });
    expect(await login.check(right)).toMatchObject({ kind: 'user', user: { grants: new Map([['d', 'READ']]) } });
    await store.change({ kind: 'password', name: 'a', password: 'new' });
    expect(await login.check(right)).toEqual({ kind: 'wrong' });
    expect(await login.check({ name: 'a', password: 'new' })).toMatchObject({ kind: 'user' });
    await store.change({ kind: 'drop', name: 'a' });
    expect(await login.check({ name: 'a', password: 'new' })).toEqual({ kind: 'wrong' });
  });

  test('a name that nobody bears costs as much as a wrong password', async () => {
    const wrong = await cpuMs(() => login.check({ name: 'a', password: 'x' }));
    expect(await cpuMs(() => login.check({ name: 'nobody', password: 'x' }))).toBeGreaterThan(wrong / 5);
  });

  test('of many guesses at once a bounded number is tried, and the others are told to come later', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => login.check({ name: 'a', password: `guess ${i}` })),
    );
    const kinds = Map.groupBy(answers, ({ kind }) => kind);
    expect(kinds.get('wrong')).toHaveLength(32);
    expect(kinds.get('busy')).toHaveLength(28);
    expect(await login.check(right)).toMatchObject({ kind: 'user' });
  });

  test('the same right login from many at once is checked once', async () => {
    const cpu = await cpuMs(async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => login.check(right)));
      expect(answers.every(({ kind }) => kind === 'user')).toBe(true);
    });
    clock += 10 * 60_000;
    expect(cpu).toBeLessThan(10 * (await cpuMs(() => login.check(right))));
  });
});
