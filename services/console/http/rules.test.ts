import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { RulesStatus } from '#domain/rules-status.ts';
import { topics } from '#domain/topic.ts';
import type { CheckView, DiffView, RuleFileView, RulesView, SaveView, TestView } from '../api/rules.ts';
import { json, makeRulesFolder, TANK_HOT, TANK_HOT_TEST } from '../rules/testing.ts';
import {
  delivered,
  openTestConsole,
  PAGE,
  publishAlarm,
  START,
  sampleAlarm,
  TestAccess,
  type TestConsoleOptions,
} from '../testing.ts';

/** As main.ts waits. */
const realWait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Opened = TestConsoleOptions & { readonly files?: { readonly [name: string]: string } };

async function open({ files, ...options }: Opened = {}) {
  const dir = makeRulesFolder(files);
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const access = new TestAccess({ vera: 'viewer', otto: 'operator', emma: 'engineer' });
  const tested = await openTestConsole({ access, rulesDir: dir, wait: realWait, ...options });
  closers.push(() => tested.app.close());
  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, more: Asked = {}) => {
    const { as = 'emma', body, headers } = more;
    const cookie = await tested.logIn(as);
    const payload = body === undefined ? {} : { payload: body };
    return await tested.app.inject({ method, url, headers: { cookie, ...PAGE, ...headers }, ...payload });
  };
  const tells = async (status: Partial<RulesStatus>) => {
    const whole: RulesStatus = { rules: [], problems: [], warnings: [], loadedAt: START + 1, ...status };
    tested.bus.publish(topics.service('rules', 'files'), JSON.stringify(whole), { retain: true });
    await delivered();
  };
  return { ...tested, dir, ask, tells };
}
type Asked = { readonly as?: string; readonly body?: object; readonly headers?: { readonly [name: string]: string } };

const ROUTES = [
  ['GET', '/api/rules', 'viewer'],
  ['GET', '/api/rules/file?name=tank-hot.json', 'viewer'],
  ['GET', '/api/rules/schemas/rule', 'viewer'],
  ['POST', '/api/rules/check', 'engineer'],
  ['POST', '/api/rules/diff', 'engineer'],
  ['POST', '/api/rules/test', 'engineer'],
  ['POST', '/api/rules/backtest', 'engineer'],
  ['PUT', '/api/rules/file', 'engineer'],
] as const;

test.each(ROUTES)('%s %s is for %s and above', async (method, url, least) => {
  const { app, ask } = await open();
  const text = json(TANK_HOT);
  const body =
    method === 'GET'
      ? {}
      : { body: { file: 'new.json', text, ...(url.endsWith('backtest') ? { from: 1, to: 2, against: null } : {}) } };
  expect((await app.inject({ method, url, headers: PAGE, payload: body })).statusCode).toBe(401);
  const lesser = await ask(method, url, { as: 'otto', ...body });
  expect(lesser.statusCode).toBe(least === 'viewer' ? 200 : 403);
  const greater = await ask(method, url, { as: least === 'viewer' ? 'vera' : 'emma', ...body });
  expect(greater.statusCode).not.toBe(403);
});

describe('GET /api/rules', () => {
  test('tells each rule with its findings, what runs of it and what is in alarm', async () => {
    const broken = json({ ...TANK_HOT, id: 'broken', condition: { '>': [{ var: 'tmp' }, 80] } });
    const { ask, bus, tells } = await open({
      files: { 'broken.json': broken, 'no-json.json': '{', 'stray.jsonc': '{}' },
    });
    publishAlarm(bus, sampleAlarm({ rule: 'tank-hot', area: 'farm', instance: 't1' }));
    publishAlarm(bus, sampleAlarm({ rule: 'tank-hot.no-data', area: 'farm', instance: 't2', state: 'ACKED' }));
    publishAlarm(bus, sampleAlarm({ rule: 'tank-hot', area: 'farm', instance: 't3', state: 'RTNUN' }));
    await tells({ rules: [{ id: 'tank-hot', rev: 'sha256:old', mode: 'active' }], loadedAt: 5 });
    const view = (await ask('GET', '/api/rules')).json<RulesView>();
    expect(view.files.map(({ file }) => file)).toEqual(['broken.json', 'no-json.json', 'tank-hot.json']);
    expect(view.files[0]).toMatchObject({ id: 'broken', rev: null, runs: null, hasTest: false });
    expect(view.files[0]?.findings).toContainEqual(
      expect.objectContaining({ file: 'broken.json', level: 'error', suggestion: 'temp' }),
    );
    expect(view.files[1]).toMatchObject({ id: null, name: null, rev: null });
    expect(view.files[2]).toMatchObject({
      ...{ id: 'tank-hot', name: 'Tank hot', mode: 'active', priority: 'high', hasTest: true, activeAlarms: 2 },
      runs: { rev: 'sha256:old', mode: 'active' },
      rev: expect.stringMatching(/^sha256:[0-9a-f]{12}$/),
    });
    expect(view.findings).toEqual([expect.objectContaining({ file: 'stray.jsonc', level: 'error' })]);
    expect(view).toMatchObject({ more: 0, toldAt: 5, canSave: true, whyNot: null });
  });

  test('looks again when a file has changed, and only then', async () => {
    const { ask, dir } = await open();
    const first = (await ask('GET', '/api/rules')).json<RulesView>();
    expect((await ask('GET', '/api/rules')).json()).toEqual(first);
    writeFileSync(path.join(dir, 'tank-hot.json'), `${json({ ...TANK_HOT, name: 'Tank very hot' })}\n`);
    const second = (await ask('GET', '/api/rules')).json<RulesView>();
    expect(second.files[0]).toMatchObject({ name: 'Tank very hot' });
    expect(second.files[0]?.rev).not.toBe(first.files[0]?.rev);
  });

  test('says who cannot save, and why', async () => {
    const { ask } = await open({ maySave: false });
    expect((await ask('GET', '/api/rules', { as: 'vera' })).json()).toMatchObject({
      canSave: false,
      whyNot: 'Only engineers save rules, and you are logged in as viewer.',
    });
    expect((await ask('GET', '/api/rules')).json()).toMatchObject({
      canSave: false,
      whyNot: expect.stringMatching(/PENSTOCK_CONSOLE_RULES_MAY_SAVE.*Download/),
    });
  });

  test('a status that is none, or that is taken away, says nothing of what runs', async () => {
    const { ask, bus, tells } = await open();
    const toldAt = async () => (await ask('GET', '/api/rules')).json<RulesView>().toldAt;
    await tells({ rules: [{ id: 'tank-hot', rev: 5 } as never], loadedAt: 7 });
    expect(await toldAt()).toBe(null);
    await tells({ loadedAt: 8 });
    expect(await toldAt()).toBe(8);
    await bus.publish(topics.service('rules', 'files'), '', { retain: true });
    await delivered();
    expect(await toldAt()).toBe(null);
  });

  test('says that the folder is not there', async () => {
    const { ask } = await open({ rulesDir: '/nowhere/rules' });
    const view = (await ask('GET', '/api/rules')).json<RulesView>();
    expect(view).toMatchObject({ files: [], canSave: false, whyNot: expect.stringMatching(/ENOENT/) });
  });
});

describe('GET /api/rules/file', () => {
  test('gives both texts and a tag, and nothing again to whoever has them', async () => {
    const { ask, dir } = await open();
    const answer = await ask('GET', '/api/rules/file?name=tank-hot.json');
    const view = answer.json<RuleFileView>();
    expect(view).toMatchObject({
      ...{ file: 'tank-hot.json', text: json(TANK_HOT) },
      test: { file: 'tank-hot.test.json', text: json(TANK_HOT_TEST) },
    });
    expect(answer.headers.etag).toBe(view.etag);
    const again = () => ask('GET', '/api/rules/file?name=tank-hot.json', { headers: { 'if-none-match': view.etag } });
    expect(await again()).toMatchObject({ statusCode: 304, body: '' });
    writeFileSync(path.join(dir, 'tank-hot.test.json'), '{}');
    expect((await again()).statusCode).toBe(200);
  });

  test.each([
    ['../secret.json', 400],
    ['..%2f..%2fetc%2fpasswd', 400],
    ['/etc/passwd.json', 400],
    ['models/tank.model.json', 400],
    ['..\\secret.json', 400],
    ['.hidden.json', 400],
    ['a%00.json', 400],
    ['%E2%80%AEnosj.json', 400],
    ['tank-hot.test.json', 400],
    ['tank-hot', 400],
    [`${'x'.repeat(300)}.json`, 400],
    ['outside.json', 404],
    ['dangling.json', 404],
    ['missing.json', 404],
  ])('does not read %s', async (name, status) => {
    const { ask, dir } = await open();
    const secret = `${dir}-secret.json`;
    writeFileSync(secret, '{"secret": true}');
    closers.push(() => rmSync(secret));
    symlinkSync(secret, path.join(dir, 'outside.json'));
    symlinkSync('/nowhere', path.join(dir, 'dangling.json'));
    const answer = await ask('GET', `/api/rules/file?name=${name}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toContain('secret"');
  });

  test('reads through a link that stays in the folder, as a mounted ConfigMap is made of', async () => {
    const { ask, dir } = await open();
    symlinkSync('tank-hot.json', path.join(dir, 'linked.json'));
    expect((await ask('GET', '/api/rules/file?name=linked.json')).json()).toMatchObject({ text: json(TANK_HOT) });
  });
});

test('GET /api/rules/schemas/rule gives the schema that the validator is made of, with a tag', async () => {
  const { ask } = await open();
  const answer = await ask('GET', '/api/rules/schemas/rule', { as: 'vera' });
  expect(answer.json()).toMatchObject({ $id: 'penstock:rule/v1' });
  const headers = { 'if-none-match': String(answer.headers.etag) };
  expect((await ask('GET', '/api/rules/schemas/rule', { headers })).statusCode).toBe(304);
  expect((await ask('GET', '/api/rules/schemas/passwd')).statusCode).toBe(400);
});

describe('POST /api/rules/check', () => {
  test('checks the text as if it were saved, with its test, its plant and the other files', async () => {
    const { ask } = await open();
    const check = async (body: object) => (await ask('POST', '/api/rules/check', { body })).json<CheckView>();
    expect(await check({ file: 'tank-hot.json', text: json(TANK_HOT) })).toMatchObject({
      canBeSaved: true,
      others: [],
    });
    const wrong = await check({ file: 'tank-hot.json', text: json({ ...TANK_HOT, scope: { model: 'tnk' } }) });
    expect(wrong.findings).toContainEqual(expect.objectContaining({ file: 'tank-hot.json', suggestion: 'tank' }));
    const test = json({ ...TANK_HOT_TEST, tests: [{ ...TANK_HOT_TEST.tests[0], rule: 'tank-hto' }] });
    const badTest = await check({ file: 'tank-hot.json', text: json(TANK_HOT), test });
    expect(badTest).toMatchObject({ canBeSaved: false });
    expect(badTest.findings).toContainEqual(
      expect.objectContaining({ file: 'tank-hot.test.json', level: 'error', suggestion: 'tank-hot' }),
    );
  });

  test('tells that a new file takes the id of another', async () => {
    const { ask } = await open();
    const view = (
      await ask('POST', '/api/rules/check', { body: { file: 'copy.json', text: json(TANK_HOT) } })
    ).json<CheckView>();
    expect(view.canBeSaved).toBe(false);
    expect(view.findings.map(({ message }) => message)).toContain("rule 'tank-hot' is also in tank-hot.json");
  });

  test('a circle that only this text closes is told of the other file too', async () => {
    const other = json({ ...TANK_HOT, id: 'other', condition: { alarm: 'tank-hot' }, deadband: undefined });
    const { ask } = await open({ files: { 'other.json': other } });
    const text = json({ ...TANK_HOT, condition: { alarm: 'other' }, deadband: undefined });
    const view = (await ask('POST', '/api/rules/check', { body: { file: 'tank-hot.json', text } })).json<CheckView>();
    expect(view.canBeSaved).toBe(false);
    expect([...view.findings, ...view.others].filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
  });
});

describe('POST /api/rules/diff', () => {
  test('says what saving means for the alarms that stand', async () => {
    const { ask } = await open();
    const diff = async (file: string, text: string) =>
      (await ask('POST', '/api/rules/diff', { body: { file, text } })).json<DiffView>();
    expect(await diff('tank-hot.json', json(TANK_HOT))).toEqual({ sentences: [], state: null });
    expect(await diff('tank-hot.json', json({ ...TANK_HOT, condition: { '>': [{ var: 'temp' }, 85] } }))).toEqual({
      sentences: [expect.stringMatching(/^tank-hot: .*80 → 85.*gathered evidence starts anew$/)],
      state: 'evidence-anew',
    });
    expect(await diff('new.json', json({ ...TANK_HOT, id: 'new' }))).toMatchObject({ state: 'new' });
  });

  test('of what is no rule yet there is nothing to say', async () => {
    const { ask } = await open();
    const answer = await ask('POST', '/api/rules/diff', { body: { file: 'tank-hot.json', text: '{' } });
    expect(answer.json()).toMatchObject({ status: 422, detail: expect.stringMatching(/line 1/) });
  });
});

describe('POST /api/rules/test', () => {
  const run = async (ask: Awaited<ReturnType<typeof open>>['ask'], body: object) =>
    await ask('POST', '/api/rules/test', { body: { file: 'tank-hot.json', ...body } });

  test('runs the tests on the unsaved texts, and says what is not covered', async () => {
    const { ask } = await open();
    const passed = (await run(ask, { text: json(TANK_HOT) })).json<TestView>();
    expect(passed).toMatchObject({ passed: 1, failed: 0, more: 0, results: [{ line: 4, failures: [] }] });
    expect(passed.coverage?.missing).toContainEqual(
      expect.objectContaining({ text: expect.stringMatching(/never false/) }),
    );
    const slow = (await run(ask, { text: json({ ...TANK_HOT, onDelay: '10m' }) })).json<TestView>();
    expect(slow).toMatchObject({
      ...{ passed: 0, failed: 1 },
      results: [
        {
          name: 'is told after its delay',
          failures: [{ at: '30s', instance: 't1', field: 'state', expected: '"UNACK"', got: '"PENDING"', line: 21 }],
        },
      ],
    });
    expect(slow.results[0]?.failures[0]?.text).toBe('at 30s, t1: state is "PENDING", expected "UNACK"');
  });

  test('a rule that is not saved yet runs with the test that is not saved yet', async () => {
    const { ask } = await open();
    const text = json({ ...TANK_HOT, id: 'new' });
    const body = { file: 'new.json', text, test: json(TANK_HOT_TEST) };
    expect((await run(ask, body)).json()).toMatchObject({ passed: 1, failed: 0 });
    expect((await run(ask, { file: 'new.json', text })).json()).toMatchObject({ passed: 0, failed: 0, coverage: null });
  });

  test('one of them alone, by its name', async () => {
    const { ask } = await open();
    const [first] = TANK_HOT_TEST.tests;
    const test = json({ kind: 'RuleTest', tests: [first, { ...first, name: 'a: second' }] });
    const view = (await run(ask, { text: json(TANK_HOT), test, only: 'a: second' })).json<TestView>();
    expect(view.results.map(({ name }) => name)).toEqual(['a: second']);
  });

  test('a rule with errors is refused with them', async () => {
    const { ask } = await open();
    const answer = await run(ask, { text: json({ ...TANK_HOT, onDelay: '20 seconds' }) });
    expect(answer.json()).toMatchObject({
      ...{ status: 422, detail: expect.stringMatching(/^The rule has errors, line \d+ of tank-hot\.json/) },
      findings: [{ file: 'tank-hot.json', level: 'error' }],
    });
  });
});

describe('PUT /api/rules/file', () => {
  const CHANGED = json({ ...TANK_HOT, condition: { '>': [{ var: 'temp' }, 85] } });

  async function opened(options: Opened = {}) {
    const console = await open(options);
    const { etag } = (await console.ask('GET', '/api/rules/file?name=tank-hot.json')).json<RuleFileView>();
    const put = (body: object, headers: { [name: string]: string } = { 'if-match': etag }) =>
      console.ask('PUT', '/api/rules/file', { body, headers });
    return { ...console, etag, put };
  }

  test('writes the file, and waits until the rules service runs it', async () => {
    const { put, dir, tells, ask, clock } = await opened();
    const saving = put({ file: 'tank-hot.json', text: CHANGED });
    const file = path.join(dir, 'tank-hot.json');
    await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 20_000 }).toBe(CHANGED);
    await tells({ rules: [{ id: 'tank-hot', rev: 'sha256:other', mode: 'active' }] });
    const rev = (await ask('GET', '/api/rules')).json<RulesView>().files[0]?.rev ?? '';
    await tells({ rules: [{ id: 'tank-hot', rev, mode: 'active' }], loadedAt: clock.now + 1 });
    const answer = await saving;
    const view = answer.json<SaveView>();
    expect(view).toMatchObject({
      file: { file: 'tank-hot.json', text: CHANGED, test: { text: json(TANK_HOT_TEST) } },
      diff: { state: 'evidence-anew' },
      reload: { outcome: 'taken', rev, text: 'The rules service runs it now.' },
    });
    expect(answer.headers.etag).toBe(view.file.etag);
    expect(readdirSync(dir).filter((name) => name.includes('draft'))).toEqual([]);
  });

  test('what the rules service refuses all the same is told in its words', async () => {
    const { put, tells, clock } = await opened();
    await tells({ problems: ['rules/tank-hot.json:3:5: needs a span'], loadedAt: clock.now + 1 });
    const view = (await put({ file: 'tank-hot.json', text: CHANGED })).json<SaveView>();
    expect(view.reload).toMatchObject({ outcome: 'refused', text: expect.stringMatching(/needs a span/) });
  });

  test('a service that says nothing is not waited for beyond its time', async () => {
    const { put, dir } = await opened({ wait: async () => {}, jobWait: realWait });
    const view = (await put({ file: 'tank-hot.json', text: CHANGED })).json<SaveView>();
    expect(view.reload.outcome).toBe('not-seen');
    expect(readFileSync(path.join(dir, 'tank-hot.json'), 'utf8')).toBe(CHANGED);
  });

  test('a new file with its test, and not over one that is there', async () => {
    const { put, dir } = await opened({ wait: async () => {}, jobWait: realWait });
    const absent = { 'if-none-match': '*' };
    const body = { file: 'new.json', text: json({ ...TANK_HOT, id: 'new' }), test: json(TANK_HOT_TEST) };
    expect((await put(body, absent)).json()).toMatchObject({ diff: { state: 'new' } });
    expect(readFileSync(path.join(dir, 'new.test.json'), 'utf8')).toBe(json(TANK_HOT_TEST));
    expect((await put(body, absent)).json()).toMatchObject({
      status: 412,
      detail: expect.stringMatching(/already/),
    });
  });

  test('not over what somebody else has written since, be it only the test', async () => {
    const { put, dir } = await opened();
    writeFileSync(path.join(dir, 'tank-hot.test.json'), `${json(TANK_HOT_TEST)}\n`);
    expect((await put({ file: 'tank-hot.json', text: CHANGED })).json()).toMatchObject({
      status: 412,
      title: 'Changed meanwhile',
      detail: expect.stringMatching(/^Somebody has changed tank-hot\.json or its test/),
    });
    expect(readFileSync(path.join(dir, 'tank-hot.json'), 'utf8')).toBe(json(TANK_HOT));
  });

  test('of two who save at once over the same, one is told', async () => {
    const { put } = await opened({ wait: async () => {}, jobWait: realWait });
    const saves = await Promise.all([
      put({ file: 'tank-hot.json', text: CHANGED }),
      put({ file: 'tank-hot.json', text: json({ ...TANK_HOT, onDelay: '30s' }) }),
    ]);
    expect(saves.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
  });

  test('not without saying what was seen', async () => {
    const { put } = await opened();
    expect((await put({ file: 'tank-hot.json', text: CHANGED }, {})).json()).toMatchObject({ status: 428 });
  });

  test('nothing with errors, and nothing then', async () => {
    const { put, dir, etag } = await opened();
    const answer = await put(
      { file: 'tank-hot.json', text: json({ ...TANK_HOT, priority: 'hihg' }) },
      { 'if-match': etag },
    );
    expect(answer.json()).toMatchObject({ status: 422, findings: [{ file: 'tank-hot.json', suggestion: 'high' }] });
    expect(readFileSync(path.join(dir, 'tank-hot.json'), 'utf8')).toBe(json(TANK_HOT));
  });

  test('not through a link', async () => {
    const { put, dir } = await opened();
    symlinkSync('tank-hot.json', path.join(dir, 'linked.json'));
    const answer = await put({ file: 'linked.json', text: json({ ...TANK_HOT, id: 'linked' }) }, { 'if-match': '*' });
    expect(answer.json()).toMatchObject({ status: 403, detail: expect.stringMatching(/is a link/) });
    expect(readFileSync(path.join(dir, 'tank-hot.json'), 'utf8')).toBe(json(TANK_HOT));
  });

  test('keeps who may read the file', async () => {
    const { put, dir, etag } = await opened({ wait: async () => {}, jobWait: realWait });
    chmodSync(path.join(dir, 'tank-hot.json'), 0o640);
    await put({ file: 'tank-hot.json', text: CHANGED }, { 'if-match': etag });
    expect(statSync(path.join(dir, 'tank-hot.json')).mode & 0o777).toBe(0o640);
  });

  test.each(['../evil.json', '/tmp/evil.json', 'models/evil.json', 'evil.txt', '.evil.json', 'evil.test.json'])(
    'not as %s',
    async (file) => {
      const { put } = await opened();
      expect((await put({ file, text: CHANGED }, { 'if-none-match': '*' })).statusCode).toBe(400);
    },
  );

  test('not where the setting forbids it', async () => {
    const { put } = await opened({ maySave: false });
    expect((await put({ file: 'tank-hot.json', text: CHANGED })).json()).toMatchObject({ status: 403 });
  });
});

describe('hostile texts', () => {
  const TEXTS: readonly (readonly [what: string, text: string])[] = [
    ['deep JSON', '['.repeat(100_000)],
    ['an endless string', `{"id": "${'a'.repeat(200_000)}`],
    ['letters that are none', '\u0000\ud800\u202e'],
    [
      'a deep expression',
      `{"id":"evil","name":"x","inputs":{"t":{"metric":"temperature"}},"condition":${'{"!":'.repeat(5_000)}true${'}'.repeat(5_000)}}`,
    ],
    ['a hostile key', '{"__proto__": {"id": "x"}}'],
    [
      'a word that patterns stumble over',
      json({ ...TANK_HOT, id: 'evil', name: `${'a'.repeat(50_000)}{{${'{{'.repeat(20_000)}` }),
    ],
    [
      'many inputs',
      json({
        ...TANK_HOT,
        id: 'evil',
        inputs: Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`i${i}`, { metric: 'temperature' }])),
      }),
    ],
  ];

  test('have findings, and nobody waits; texts beyond the bound are not taken', async () => {
    const { ask } = await open();
    const check = (text: string) => ask('POST', '/api/rules/check', { body: { file: 'evil.json', text } });
    for (const [what, text] of TEXTS) {
      const answer = await check(text);
      expect([what, answer.statusCode]).toEqual([what, 200]);
      expect(answer.json<CheckView>().findings.length, what).toBeGreaterThan(0);
    }
    expect((await check('x'.repeat(300_000))).statusCode).toBe(400);
    expect((await check('x'.repeat(2_000_000))).statusCode).toBe(413);
  });

  test('very many tests: bounded in number, and the rest is counted', async () => {
    const { ask } = await open();
    const one = { name: 'n', interval: '5s', series: [{ device: 'a', metric: 'temperature', values: '1' }] };
    const tests = Array.from({ length: 1_500 }, () => ({
      ...one,
      expect: [{ at: '0s', instance: 'a', state: 'NORM' }],
    }));
    const test = JSON.stringify({ tests });
    const body = { file: 'tank-hot.json', text: json({ ...TANK_HOT, scope: {} }), test };
    const view = (await ask('POST', '/api/rules/test', { body })).json<TestView>();
    expect(view).toMatchObject({ passed: 1_000, failed: 0, more: 500 });
  });
});
