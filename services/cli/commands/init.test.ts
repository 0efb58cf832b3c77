// `penstock init …`, as a person and an image's first start use them.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../../test/support/processes.ts';
import { SHARED_LOGINS } from '../init/shared-logins.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { commandsFor } from './commands.ts';

let folder: ReturnType<typeof tempFolder>;
const at = (...names: string[]) => path.join(folder.path, ...names);
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder[Symbol.dispose]());

async function init(...words: readonly string[]) {
  const cli = recordedCli();
  const all = ['init', ...words];
  return { exitCode: await runProgram(await commandsFor(all), all, cli), ...cli.said };
}

const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('penstock init data', () => {
  const data = (...words: readonly string[]) => init('data', '--data', at('data'), ...words);

  it('makes keys and a first login, shows the password once, and then leaves all as it is', async () => {
    const first = await data();
    expect(first).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^[\w-]{24}\n$/) });
    expect(first.err).toContain('operator (engineer) may log in');
    const files = ['secrets/token-key', 'secrets/operations-key', 'secrets/session-key', 'access/users.json'];
    const texts = files.map((file) => readFileSync(at('data', file), 'utf8'));
    for (const file of files) expect(modeOf(at('data', file))).toBe(0o600);
    expect(texts.join()).not.toContain(first.out.trim());
    expect(await data()).toEqual({ exitCode: 0, out: '', err: '' });
    expect(files.map((file) => readFileSync(at('data', file), 'utf8'))).toEqual(texts);
  });

  it('gives each a login in its own folder: tokens of users for the store, a password for the rest', async () => {
    const first = await data('--logins', at('logins'));
    const read = (file: string) => readFileSync(at('logins', file), 'utf8');
    for (const { file } of SHARED_LOGINS) {
      expect(first.err).toContain(at('logins', file));
      expect(modeOf(at('logins', file))).toBe(0o440);
      expect(read(file)).toMatch(/^[\w-]{24,43}$/);
    }
    for (const name of ['writer', 'console', 'grafana'])
      expect(read(`${name}/store-password`)).toBe(read(`influxdb/${name}-password`));
    expect(new Set(SHARED_LOGINS.map(({ file }) => read(file))).size).toBe(SHARED_LOGINS.length - 3);
    const before = SHARED_LOGINS.map(({ file }) => read(file));
    expect(await data('--logins', at('logins'))).toEqual({ exitCode: 0, out: '', err: '' });
    expect(SHARED_LOGINS.map(({ file }) => read(file))).toEqual(before);
  });

  it('follows a token that was changed', async () => {
    await data('--logins', at('logins'));
    const users = at('data/access/users.json');
    writeFileSync(users, readFileSync(users, 'utf8').replace('"viewer"', '"viewer", "serial": 2'));
    const again = await data('--logins', at('logins'));
    expect(again.err.trim().split('\n')).toEqual([
      `${at('logins/grafana/store-password')} is written`,
      `${at('logins/influxdb/grafana-password')} is written`,
    ]);
  });

  it('writes nothing where it is only to say what it would do', async () => {
    const { err, exitCode } = await data('--logins', at('logins'), '--dry-run');
    expect(exitCode).toBe(0);
    expect(err).toContain('would make the key token-key\n');
    expect(err).toContain('would make the user operator (engineer)\n');
    expect(err).toContain(`would write ${at('logins')}/grafana/store-password\n`);
    expect([existsSync(at('data')), existsSync(at('logins'))]).toEqual([false, false]);
  });

  it('says which folder it cannot write to', async () => {
    writeFileSync(at('logins'), 'a file');
    const { err, exitCode } = await data('--logins', at('logins'));
    expect(exitCode).toBe(78);
    expect(err).toContain(`${at('logins/writer/store-password')} can be neither read nor written (ENOTDIR)`);
  });
});

describe('penstock init compose', () => {
  const compose = (...words: readonly string[]) => init('compose', '--out', folder.path, ...words);
  beforeEach(() => writeFileSync(at('compose.yaml'), ''));

  it('writes what is started, for its owner alone, and says how to go on', async () => {
    const { exitCode, out, err } = await compose('--store', 'historian', '--demo');
    expect([exitCode, out]).toEqual([0, `${at('.env')}\n`]);
    expect(err).toContain('docker compose up -d --build');
    expect(modeOf(at('.env'))).toBe(0o600);
    expect(readFileSync(at('.env'), 'utf8')).toMatchInlineSnapshot(`
      "# What \`docker compose up\` starts here. Written by \`penstock init compose\`; it holds no secret.
      COMPOSE_FILE=compose.yaml:compose.without-influxdb.yaml
      COMPOSE_PROFILES=historian,demo
      PENSTOCK_STORE_URL=http://historian:8086
      "
    `);
  });

  it('writes over nothing unless it is told to', async () => {
    writeFileSync(at('.env'), 'mine');
    expect(await compose()).toMatchObject({ exitCode: 1, err: expect.stringContaining('--force') });
    expect(readFileSync(at('.env'), 'utf8')).toBe('mine');
    expect(await compose('--force')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(at('.env'), 'utf8')).toContain('COMPOSE_FILE=compose.yaml\n');
  });

  it('only shows the file where that was asked for', async () => {
    const { exitCode, out } = await compose('--broker', 'mosquitto', '--scale', '--host', 'broker.plant', '--dry-run');
    expect([exitCode, existsSync(at('.env'))]).toEqual([0, false]);
    expect(out).toContain('PENSTOCK_INGEST_SHARE=ingest\n');
    expect(out).toContain('MQTT_HOST=broker.plant\n');
  });

  it.each([
    [['--store', 'historain'], "--store is one of influxdb, historian, and not 'historain'; did you mean"],
    [['--broker', 'emqx'], '--broker is one of embedded, mosquitto'],
    [['--scale'], 'add --broker mosquitto'],
    [['--host', 'a b'], "not 'a b'"],
    [['--hots', 'x'], "'--hots x' is no flag of this command"],
  ])('refuses %j with the way out', async (words, sentence) => {
    const { exitCode, err } = await compose(...words);
    expect([exitCode, existsSync(at('.env'))]).toEqual([2, false]);
    expect(err).toContain(sentence);
  });

  it('is for a folder that has a compose.yaml', async () => {
    expect(await init('compose', '--out', at('none'))).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`${at('none')} has no compose.yaml`),
    });
  });
});
