import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { configFile, durationSetting, environmentName, loadConfig, portSetting, secretSetting } from './config.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const sections = {
  root: z.strictObject({ data: z.string().min(1).default('data'), demo: z.boolean().default(true) }),
  broker: z.strictObject({
    port: portSetting.default(1883),
    username: z.string().optional(),
    password: secretSetting().optional(),
  }),
  writer: z.strictObject({
    retryDelayMsMax: durationSetting.prefault('30s'),
    stores: z.array(z.string()).default([]),
    ratio: z.number().default(0.5),
  }),
};

type Given = { readonly file?: string | object; readonly env?: NodeJS.ProcessEnv; readonly argv?: readonly string[] };

function folderOf(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'config-'));
  folders.push(folder);
  return folder;
}

function load({ file = {}, env = {}, argv = [] }: Given) {
  const folder = folderOf();
  const name = path.join(folder, 'settings.json');
  writeFileSync(name, typeof file === 'string' ? file : JSON.stringify(file));
  const loaded = loadConfig(sections, { argv, env, file: name });
  return loaded.ok ? loaded : { ...loaded, problems: loaded.problems.map((each) => each.replaceAll(`${folder}/`, '')) };
}

function good(given: Given) {
  const loaded = load(given);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded;
}

function problems(given: Given): readonly string[] {
  const loaded = load(given);
  return loaded.ok ? [] : loaded.problems;
}

test('defaults where nobody says anything', () => {
  expect(good({}).config).toEqual({
    root: { data: 'data', demo: true },
    broker: { port: 1883 },
    writer: { retryDelayMsMax: 30_000, stores: [], ratio: 0.5 },
  });
});

test('flags win over the environment, the environment over the file, the file over defaults', () => {
  const file = { data: 'from-file', broker: { port: 1 } };
  const env = { PENSTOCK_BROKER_PORT: '2', PENSTOCK_DATA: 'from-env' };
  const argv = ['--broker-port', '3'];
  const loaded = good({ file, env, argv });
  expect(loaded.config.broker.port).toBe(3);
  expect(loaded.config.root.data).toBe('from-env');
  expect(good({ file, env }).config.broker.port).toBe(2);
  expect(good({ file }).config.broker.port).toBe(1);
  expect(loaded.settings.map(({ path: setting, origin }) => [setting, origin])).toEqual(
    expect.arrayContaining([
      ['broker.port', 'flag --broker-port'],
      ['data', 'environment PENSTOCK_DATA'],
      ['demo', 'default'],
    ]),
  );
});

test('the origin of a setting from the file is its place there', () => {
  const { settings } = good({ file: '{\n  "broker": {\n    "port": 1\n  }\n}' });
  expect(settings.find((each) => each.path === 'broker.port')?.origin).toMatch(/settings\.json:3:13$/);
});

test.each<readonly [Given, unknown]>([
  [{ env: { PENSTOCK_DEMO: 'off' } }, { root: { demo: false } }],
  [{ env: { PENSTOCK_DEMO: '0' } }, { root: { demo: false } }],
  [{ argv: ['--demo=YES'] }, { root: { demo: true } }],
  [{ argv: ['--writer-retry-delay-ms-max=2m'] }, { writer: { retryDelayMsMax: 120_000 } }],
  [{ env: { PENSTOCK_WRITER_STORES: 'a, b' } }, { writer: { stores: ['a', 'b'] } }],
  [{ env: { PENSTOCK_WRITER_RATIO: '1e-3' } }, { writer: { ratio: 0.001 } }],
  [{ argv: ['--broker-port=0'] }, { broker: { port: 0 } }],
  [{ env: { PENSTOCK_BROKER_PASSWORD: '12345' } }, { broker: { password: '12345' } }],
  [{ argv: ['--broker-username', 'true'] }, { broker: { username: 'true' } }],
  [{ argv: ['--broker-password=--dashes=and=equals'] }, { broker: { password: '--dashes=and=equals' } }],
  [
    { file: '// why\n{ "data": "x", /* here */ "broker": { "port": 5, }, }' },
    { root: { data: 'x' }, broker: { port: 5 } },
  ],
  [{ file: { $schema: 'x', historian: { anything: 1 } } }, {}],
  [{ env: { PENSTOCK_HISTORIAN_PORT: '1', PENSTOCK_SUPERVISED: '1', OTHER: 'x' } }, {}],
  [{ argv: ['--config', 'x.json', 'word', '--historian-port=1'] }, {}],
])('%j is read', (given, config) => {
  expect(good(given).config).toMatchObject(config as object);
});

test.each<readonly [Given, readonly unknown[]]>([
  [
    { file: '{\n  "broker": {\n    "prot": 1\n  }\n}' },
    ['settings.json:3:5: broker.prot is no setting; did you mean port?'],
  ],
  [{ file: '{\n  "borker": {}\n}' }, ['settings.json:2:3: borker is no setting; did you mean broker?']],
  [{ file: { xyzzy: 1 } }, ['settings.json:1:2: xyzzy is no setting']],
  [{ file: '{"__proto__": {"data": "x"}}' }, ['settings.json:1:2: __proto__ is no setting']],
  [{ file: { broker: 5 } }, ['settings.json:1:11: broker must be an object of settings']],
  [
    { file: { broker: { port: '1883' } } },
    [expect.stringMatching(/^settings\.json:1:19: broker\.port: .*expected number/)],
  ],
  [
    { file: { writer: { retryDelayMsMax: '5x' } } },
    ["settings.json:1:30: writer.retryDelayMsMax: must be a duration such as 500ms, 20s, 5m or 8h, not '5x'"],
  ],
  [{ file: '[]' }, ['settings.json:1:1: must be an object']],
  [
    { file: '{ "data": ' },
    ['settings.json:1:11: not valid JSON: value expected', expect.stringContaining('close brace expected')],
  ],
  [{ file: '['.repeat(200_000) }, ['settings.json:1:201: not valid JSON: it nests too deeply']],
  [{ argv: ['--broker-prot', '1'] }, ['flag --broker-prot: there is no such setting; did you mean --broker-port?']],
  [{ argv: ['--broker-port'] }, ['flag --broker-port: a value is missing']],
  [{ argv: ['--broker-port', '--demo=off'] }, ['flag --broker-port: a value is missing']],
  [{ argv: ['--broker-port=many'] }, [expect.stringMatching(/^flag --broker-port: broker\.port: .*number/)]],
  [{ argv: ['--broker-port=70000'] }, [expect.stringMatching(/^flag --broker-port: broker\.port: Too big/)]],
  [
    { env: { PENSTOCK_BROKR_PORT: '1' } },
    ['environment PENSTOCK_BROKR_PORT: there is no such setting; did you mean PENSTOCK_BROKER_PORT?'],
  ],
  [{ env: { PENSTOCK_DEMO: 'maybe' } }, [expect.stringMatching(/^environment PENSTOCK_DEMO: demo: .*boolean/)]],
  [
    { env: { PENSTOCK_BROKER_PASSWORD_FILE: '/nonexistent' } },
    ['environment PENSTOCK_BROKER_PASSWORD_FILE: cannot read /nonexistent: ENOENT'],
  ],
  [
    { env: { PENSTOCK_BROKER_PORT_FILE: '/etc/hostname' } },
    [expect.stringMatching(/^environment PENSTOCK_BROKER_PORT_FILE: there is no such setting/)],
  ],
])('%j is refused with its place', (given, expected) => {
  expect(problems(given)).toEqual(expected);
});

test('everything wrong is said at once', () => {
  expect(
    problems({
      file: { broker: { prot: 1 }, demo: 'x' },
      env: { PENSTOCK_NONSENSE: '1' },
      argv: ['--writer-ratio=a'],
    }),
  ).toHaveLength(4);
});

test('a setting without a default says how it is set', () => {
  const loaded = loadConfig(
    { store: z.strictObject({ url: z.string() }) },
    { argv: [], env: {}, file: 'penstock.json' },
  );
  expect(loaded.ok ? [] : loaded.problems).toEqual([
    expect.stringMatching(/^store\.url has no default and must be set: --store-url or PENSTOCK_STORE_URL/),
  ]);
});

test('a secret may stand in a file, is marked, and never shows in a problem', () => {
  const file = path.join(folderOf(), 'password');
  writeFileSync(file, 's3cret\n');
  const { config, settings } = good({ env: { PENSTOCK_BROKER_PASSWORD_FILE: file } });
  expect(config.broker.password).toBe('s3cret');
  expect(settings.filter((each) => each.secret).map((each) => each.path)).toEqual(['broker.password']);
  expect(problems({ env: { PENSTOCK_BROKER_PASSWORD: 's3cret', PENSTOCK_DEMO: 'x' } }).join()).not.toContain('s3cret');
});

test('keys of a section that is described loosely are left to their owner', () => {
  const loose = { broker: z.looseObject({ port: portSetting.default(1) }) };
  const name = path.join(folderOf(), 'settings.json');
  writeFileSync(name, '{"broker":{"port":7,"other":1}}');
  const loaded = loadConfig(loose, { argv: ['--broker-more=1'], env: { PENSTOCK_BROKER_MORE: '1' }, file: name });
  expect(loaded).toMatchObject({ ok: true, config: { broker: { port: 7 } } });
});

test('a missing settings file is an error only where somebody named it', () => {
  const file = '/nonexistent/settings.json';
  expect(loadConfig({}, { argv: [], env: {}, file })).toEqual({
    ok: false,
    problems: [`${file}: cannot be read (ENOENT)`],
  });
});

test('configFile() follows --config, then the environment, then the working directory', () => {
  const env = { PENSTOCK_CONFIG: 'e.json' };
  expect(configFile(['--config', 'a.json'], env)).toBe('a.json');
  expect(configFile(['x', '--config=b=c.json'], env)).toBe('b=c.json');
  expect(configFile([], env)).toBe('e.json');
  expect(configFile([], {})).toBe('penstock.json');
});

test('environmentName() writes every key as one would', () => {
  expect(environmentName('root', 'logLevel')).toBe('PENSTOCK_LOG_LEVEL');
  expect(environmentName('ingest', 'batchBytesMax')).toBe('PENSTOCK_INGEST_BATCH_BYTES_MAX');
});
