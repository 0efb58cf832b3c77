import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { topics } from '#domain/topic.ts';
import { openTestRejectedLog, rejectionOf } from '#runtime/rejected-log/testing.ts';
import { FakeBroker } from '../../../test/support/fake-broker.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { NAME, NOW, viewOf } from '../devices/testing.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { deviceAddCommand } from './device-add.ts';
import { deviceCheckCommand } from './device-check.ts';
import { deviceListCommand } from './device-list.ts';
import { deviceShowCommand } from './device-show.ts';

const COMMANDS = [deviceAddCommand, deviceCheckCommand, deviceListCommand, deviceShowCommand];

let opened: AsyncDisposableStack;
let data: ReturnType<typeof tempFolder>;
let rules: ReturnType<typeof tempFolder>;
let broker: FakeBroker;
let brokerUrl: string;
let retained: (readonly [topic: string, payload: string])[];
/** Metrics that the store has; null: it is broken. */
let stored: readonly string[] | null;
let asked: string[];
let storeUrl: string;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  data = opened.use(tempFolder());
  rules = opened.use(tempFolder());
  mkdirSync(path.join(rules.path, 'models'));
  writeFileSync(
    path.join(rules.path, 'models', 'tank.model.json'),
    '{"model":"tank","metrics":{"level":{"interval":"5s"},"pressure":{}}}',
  );
  retained = [[topics.registry(viewOf()), JSON.stringify(viewOf())]];
  broker = opened.use(await new FakeBroker().listen());
  brokerUrl = broker.url;
  broker.answer = (packet) =>
    packet.cmd === 'subscribe'
      ? [
          { cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1] },
          ...retained.map(
            ([topic, payload]) => ({ cmd: 'publish', topic, payload, qos: 0, retain: true, dup: false }) as const,
          ),
        ]
      : undefined;
  stored = ['level', 'pressure'];
  asked = [];
  const store = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push(new URLSearchParams(body).get('q') ?? '');
    response.statusCode = stored === null ? 500 : 200;
    const values = stored?.map((metric) => ['metric', metric]);
    response.end(JSON.stringify({ results: [{ series: [{ name: 'reading', columns: ['key', 'value'], values }] }] }));
  }).listen(0, '127.0.0.1');
  opened.defer(() => void store.close());
  await new Promise((resolve) => store.once('listening', resolve));
  storeUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
});
afterEach(() => opened.disposeAsync());

async function penstock(...words: readonly string[]) {
  const cli = { ...recordedCli(), now: () => NOW };
  // A broker that is not there is given up soon, and one that is has sent all at once.
  const sleep = (ms: number, signal?: AbortSignal) => cli.sleep(ms > 1_000 ? 1_000 : 50, signal);
  const settings = ['--data', data.path, '--broker-url', brokerUrl, '--rules-dir', rules.path, '--store-url', storeUrl];
  const exitCode = await runProgram(COMMANDS, [...words, ...settings], { ...cli, sleep });
  return { exitCode, ...cli.said };
}

async function keep(...payloads: readonly string[]): Promise<void> {
  await using log = await openTestRejectedLog(data.path);
  for (const payload of payloads)
    await log.put(
      rejectionOf(payload, {
        topic: `plant/v1/${NAME}/tele`,
        receivedAt: NOW - 30_000,
        refusals: [{ reason: 'json', message: 'no \u001b[2J', place: 'character 1' }],
      }),
    );
}

describe('penstock device list', () => {
  it('joins those who may log in with those who were heard', async () => {
    await penstock('device', 'add', NAME);
    await penstock('device', 'add', 'lyon/tanks/tank-10');
    const { exitCode, out, err } = await penstock('device', 'list');
    expect([exitCode, err]).toEqual([0, '']);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      ['device', 'login', 'model', 'state', 'first seen', 'last seen', 'msg/min', 'clock', 'firmware', 'notes'],
      [NAME, 'token 1', 'tank', 'online', '1 d ago', '2 s ago', '12', '0.3 s behind', '1.4.0'],
      ['lyon/tanks/tank-10', 'token 1', 'never'],
    ]);
  });

  it('says by each what is wrong with it, harmless to a terminal', async () => {
    const lastError = { at: NOW, reason: 'json', message: 'no \u001b[2J' };
    const view = viewOf({ lastError, contradictions: ['a', 'b'], firmware: '\u202e9' });
    retained = [[topics.registry(view), JSON.stringify(view)]];
    const { out } = await penstock('device', 'list');
    expect(out).toMatch(/none +tank .*\\u202e9 +json: no \\x1b\[2J; 2 contradictions\n$/);
  });

  it('gives the same as data, and does not trust the payload to name the device', async () => {
    retained = [
      ['device/v1/lyon/tanks/other', JSON.stringify(viewOf())],
      ['device/v1/lyon/tanks/bad', '{'],
      ['device/v1/lyon/tanks/gone', ''],
    ];
    const { out } = await penstock('device', 'list', '--json');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ name: 'lyon/tanks/other', login: null, view: { ...viewOf(), device: 'other' } }]);
  });

  it('without a broker says so, and shows logins alone', async () => {
    await penstock('device', 'add', NAME);
    await broker[Symbol.asyncDispose]();
    const { exitCode, out, err } = await penstock('device', 'list');
    expect([exitCode, out]).toEqual([0, `device              login\n${NAME}  token 1\n`]);
    expect(err).toMatch(
      /^warning no answer from the broker at mqtt:\/\/127\.0\.0\.1:\d+: .*; these are the logins alone\n$/,
    );
  });
});

describe('penstock device show', () => {
  it('shows all of it', async () => {
    const { exitCode, out } = await penstock('device', 'show', NAME);
    expect(exitCode).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ...[
        ['device', NAME],
        ['login', 'none'],
        ['model', 'tank'],
        ['role', 'level'],
        ['labels', 'tank=T1'],
        ['state', 'online'],
      ],
      ...[
        ['first seen', '2026-11-21 13:50:25 UTC, 1 d ago'],
        ['last seen', '2026-11-22 13:50:23 UTC, 2 s ago'],
      ],
      ...[
        ['rate', '12 messages a minute'],
        ['clock', '0.3 s behind'],
        ['firmware', '1.4.0'],
        ['last error', 'none'],
      ],
    ]);
    expect(JSON.parse((await penstock('device', 'show', NAME, '--json')).out)).toEqual({
      name: NAME,
      login: null,
      view: viewOf(),
    });
  });

  it.each([
    [['lyon/tanks/tank-1'], 2, `there is no device 'lyon/tanks/tank-1'; did you mean '${NAME}'?`],
    [['lyon/tanks/t1/x'], 2, "'lyon/tanks/t1/x' cannot be a device"],
    [[], 2, 'which one?'],
  ])('%j is refused with the way out', async (words, code, sentence) => {
    const { exitCode, out, err } = await penstock('device', 'show', ...words);
    expect([exitCode, out]).toEqual([code, '']);
    expect(err).toContain(sentence);
  });

  it('without a broker there is nothing to show', async () => {
    await broker[Symbol.asyncDispose]();
    expect((await penstock('device', 'show', NAME)).exitCode).toBe(69);
  });
});

describe('penstock device check', () => {
  it('finds nothing wrong with a device that is well', async () => {
    expect(await penstock('device', 'check', NAME)).toEqual({
      exitCode: 0,
      out: `nothing is wrong with ${NAME}\n`,
      err: '',
    });
    expect(asked).toEqual([
      `SHOW TAG VALUES FROM "reading" WITH KEY = "metric" WHERE "site" = 'lyon' AND "area" = 'tanks' AND "device" = 'tank-01'`,
    ]);
  });

  it('says what is wrong, from the broker, the folder, the files and the store', async () => {
    await keep('{', 'x');
    stored = ['level'];
    const { exitCode, out } = await penstock('device', 'check', NAME, '--json');
    expect(exitCode).toBe(1);
    expect(out).not.toContain('\u001b');
    const found = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.map(({ device, finding }) => [device, finding])).toEqual([
      [NAME, 'refused'],
      [NAME, 'metrics'],
    ]);
    expect(found[0].message).toMatch(
      /^2 messages were refused for json, the last 30 s ago: no .*\(at character 1\); penstock rejected show ingest-1-\d+;/,
    );
    expect((await penstock('device', 'check', NAME)).out).toContain(String.raw`no \x1b[2J`);
  });

  it('says what it could not ask', async () => {
    stored = null;
    const { exitCode, err } = await penstock('device', 'check', NAME);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^note which metrics came was not checked: the store at 127\.0\.0\.1:\d+ answers 500/);
  });

  it('takes a device that nobody knows for one that has not come yet', async () => {
    const { exitCode, out } = await penstock('device', 'check', 'lyon/tanks/tank-09');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^unheard +nothing has come from it; .*did you mean 'lyon\/tanks\/tank-01'\?\n$/);
  });
});
