import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { BacktestView, ExplainView } from '../api/rules.ts';
import { json, makeRulesFolder, openFakeStore, TANK_HOT } from '../rules/testing.ts';
import { openTestConsole, PAGE, START, TestAccess, type TestConsoleOptions } from '../testing.ts';

/** As main.ts waits. */
const realWait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = START - 24 * HOUR;

/** t1 is at 90 from the 10th to the 20th minute of every hour, t2 never. */
const valueAt = (at: number, device: number) =>
  device === 0 && Math.floor(at / MINUTE) % 60 >= 10 && Math.floor(at / MINUTE) % 60 < 20 ? 90 : 60;

type Opened = TestConsoleOptions & {
  readonly files?: { readonly [name: string]: string };
  readonly gate?: () => Promise<void>;
};

async function open({ files, gate, ...options }: Opened = {}) {
  const dir = makeRulesFolder(files);
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const store = await openFakeStore({
    intervalMs: 5_000,
    devices: 2,
    valueAt,
    ...(gate === undefined ? {} : { gate }),
  });
  closers.push(store.close);
  const access = new TestAccess({ vera: 'viewer', emma: 'engineer', eve: 'engineer' });
  const tested = await openTestConsole({ access, rulesDir: dir, storeUrl: store.url, jobWait: realWait, ...options });
  closers.push(() => tested.app.close());
  const cookie = await tested.logIn('emma');
  const backtest = (body: object, as = cookie) =>
    tested.app.inject({
      method: 'POST',
      url: '/api/rules/backtest',
      headers: { ...PAGE, cookie: as },
      payload: { file: 'tank-hot.json', text: json(TANK_HOT), from: FROM, to: FROM + 6 * HOUR, against: null, ...body },
    });
  return { ...tested, store, backtest, cookie };
}

test('tells what would have been: episodes, numbers, and the states over time', async () => {
  const { backtest } = await open();
  const view = (await backtest({})).json<BacktestView>();
  expect(view).toMatchObject({
    range: { from: FROM, to: FROM + 6 * HOUR },
    ...{ isFromMemory: false, saved: null, comparison: null, untoldStates: [] },
    result: { kpis: { alarms: 6 }, rules: [{ rule: 'tank-hot', instances: 2, activations: 6 }], episodesMore: 0 },
  });
  expect(view.result.episodes).toHaveLength(6);
  const [first] = view.chart.instances;
  expect(first).toMatchObject({ alarm: 'tank-hot/lyon/farm/t1', site: 'lyon', area: 'farm', instance: 't1', more: 0 });
  // START is not at the full hour, so that the first rise is looked for where it is.
  const rises = Array.from({ length: 6 * 60 }, (_, i) => FROM + i * MINUTE).filter((at) => valueAt(at, 0) === 90);
  const risesAt = rises.find((at) => valueAt(at - MINUTE, 0) === 60) ?? 0;
  expect(first?.gathering[0]).toEqual({ from: risesAt, to: risesAt + 20_000 });
  expect(first?.states.slice(0, 3)).toEqual([
    { state: 'PENDING', from: risesAt, to: risesAt + 20_000, priority: 'high' },
    { state: 'UNACK', from: risesAt + 20_000, to: risesAt + 10 * MINUTE + 10_000, priority: 'high' },
    // Nobody acknowledges: what follows is no PENDING any more.
    { state: 'RTNUN', from: risesAt + 10 * MINUTE + 10_000, to: risesAt + 60 * MINUTE + 20_000, priority: 'high' },
  ]);
  expect(view.chart.instances[1]).toMatchObject({ alarm: 'tank-hot/lyon/farm/t2', states: [], gathering: [] });
});

test('draws the inputs as the rule saw them, and the limits', async () => {
  const { backtest } = await open();
  const view = (await backtest({})).json<BacktestView>();
  const [hot, cold] = view.chart.series;
  expect(hot).toMatchObject({
    alarm: 'tank-hot/lyon/farm/t1',
    input: 'temp',
    device: 'lyon/farm/t1',
    unit: 'Cel',
    made: null,
  });
  expect(hot?.at).toHaveLength(600);
  expect(hot?.at[0]).toBe(FROM);
  expect(new Set(hot?.min)).toEqual(new Set([60, 90]));
  expect(new Set(hot?.max)).toEqual(new Set([60, 90]));
  expect(new Set(cold?.mean)).toEqual(new Set([60]));
  expect(view.chart.limits).toEqual([
    { input: 'temp', operator: '>', value: 80, priority: 'high', kind: 'raises', text: 'temp > 80 Cel' },
    { input: 'temp', operator: '<=', value: 78, priority: 'high', kind: 'clears', text: 'temp <= 78 Cel' },
  ]);
  const one = (await backtest({ instance: 'tank-hot/lyon/farm/t2' })).json<BacktestView>();
  expect(one.chart.series.map(({ alarm }) => alarm)).toEqual(['tank-hot/lyon/farm/t2']);
});

test('a number is changed and the store is not asked again', async () => {
  const { backtest, store } = await open();
  await backtest({});
  const asked = store.queries.length;
  const text = json({ ...TANK_HOT, condition: { '>': [{ var: 'temp' }, 95] }, onDelay: '30m' });
  const view = (await backtest({ text })).json<BacktestView>();
  expect(view).toMatchObject({ isFromMemory: true, result: { kpis: { alarms: 0 } } });
  expect(store.queries).toHaveLength(asked);
});

test('a range that ends now asks the store for its last minutes only', async () => {
  const { backtest, store, clock } = await open();
  await backtest({ from: START - 6 * HOUR, to: START + HOUR });
  const asked = store.queries.length;
  clock.now += 30_000;
  const view = (await backtest({ from: START - 6 * HOUR, to: START + HOUR })).json<BacktestView>();
  expect(view).toMatchObject({ isFromMemory: true, range: { to: START + 30_000 } });
  expect(store.queries.slice(asked)).toEqual([expect.stringContaining(`time >= ${START - 2 * MINUTE}ms`)]);
});

test('beside the saved file it says what is new, gone and moved', async () => {
  const { backtest } = await open();
  const text = json({ ...TANK_HOT, onDelay: '5m' });
  const view = (await backtest({ text, against: 'saved' })).json<BacktestView>();
  expect(view).toMatchObject({
    saved: { kpis: { alarms: 6 } },
    againstProblem: null,
    comparison: { same: 0, onlySaved: [], onlyText: [], totals: { onlySaved: 0, onlyText: 0, moved: 6 } },
  });
  expect(view.comparison?.moved[0]).toMatchObject({ beginsLaterMs: 280_000, endsLaterMs: 0 });
  expect(view.chart.instances[0]?.savedStates?.[1]).toMatchObject({ state: 'UNACK' });
});

test('says why there is nothing to compare with', async () => {
  const { backtest } = await open({ files: { 'broken.json': '{' } });
  const told = async (file: string, id: string) =>
    (await backtest({ file, text: json({ ...TANK_HOT, id }), against: 'saved' })).json<BacktestView>();
  expect(await told('new.json', 'new')).toMatchObject({
    saved: null,
    againstProblem: 'There is no saved file new.json to compare with.',
  });
  expect(await told('broken.json', 'broken')).toMatchObject({
    saved: null,
    againstProblem: expect.stringMatching(/cannot be run/),
  });
});

test('a rule in shadow, or one that is switched off, is run as if it were active', async () => {
  const { backtest } = await open();
  for (const mode of ['shadow', 'disabled']) {
    const view = (await backtest({ text: json({ ...TANK_HOT, mode }) })).json<BacktestView>();
    expect(view.result.kpis.alarms).toBe(6);
  }
});

test('plant states that history does not know are told, and can be given', async () => {
  const { backtest } = await open();
  const text = json({ ...TANK_HOT, suppressWhen: { '==': [{ state: 'mode' }, 'maintenance'] } });
  const unknown = (await backtest({ text })).json<BacktestView>();
  expect(unknown.untoldStates).toEqual(['mode']);
  const given = (await backtest({ text, states: { 'lyon/farm/mode': 'maintenance' } })).json<BacktestView>();
  expect(given).toMatchObject({ untoldStates: [], result: { kpis: { alarms: 0 } } });
  expect((await backtest({ text, states: { mode: 1 } })).statusCode).toBe(400);
});

test.each([
  ['a range the wrong way round', { from: FROM, to: FROM }, 400, /from/],
  ['a range of more than 31 days', { from: FROM - 40 * 24 * HOUR, to: FROM }, 400, /31 days/],
  ['a range that has not begun', { from: START + HOUR, to: START + 2 * HOUR }, 400, /future/],
  ['a rule with errors', { text: '{' }, 422, /errors/],
  ['tests in place of a rule', { text: json({ kind: 'RuleTest', tests: [] }) }, 422, /./],
])('refuses %s', async (_, body, status, words) => {
  const { backtest } = await open();
  expect((await backtest(body)).json()).toMatchObject({ status, detail: expect.stringMatching(words) });
});

test('a store that is away is told, with the way out', async () => {
  const { backtest } = await open({ storeUrl: 'http://127.0.0.1:1' });
  expect((await backtest({})).json()).toMatchObject({ status: 503, detail: expect.stringMatching(/does not answer/) });
});

test('a newer one of the same user, from another login too, takes its place, and one of another does not', async () => {
  const gate = Promise.withResolvers<void>();
  const { backtest, store, logIn } = await open({ gate: () => gate.promise });
  const first = backtest({});
  await expect.poll(() => store.queries.length, { timeout: 20_000 }).toBe(1);
  const second = backtest({ to: FROM + HOUR }, await logIn('emma'));
  expect((await first).json()).toMatchObject({ status: 409, detail: 'A newer backtest of yours has taken its place.' });
  const third = backtest({ to: FROM + 2 * HOUR }, await logIn('eve'));
  gate.resolve();
  expect((await second).json()).toMatchObject({ range: { to: FROM + HOUR } });
  expect((await third).json()).toMatchObject({ range: { to: FROM + 2 * HOUR } });
});

test('whoever hangs up ends it, and the next one is served', async () => {
  const gate = Promise.withResolvers<void>();
  const { app, store, cookie, backtest } = await open({ gate: () => gate.promise });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const hangUp = new AbortController();
  const body = JSON.stringify({
    file: 'tank-hot.json',
    text: json(TANK_HOT),
    from: FROM,
    to: FROM + HOUR,
    against: null,
  });
  const headers = { ...PAGE, cookie, 'content-type': 'application/json' };
  const asking = fetch(`http://127.0.0.1:${port}/api/rules/backtest`, {
    method: 'POST',
    headers,
    body,
    signal: hangUp.signal,
  });
  await expect.poll(() => store.queries.length, { timeout: 20_000 }).toBe(1);
  hangUp.abort();
  await expect(asking).rejects.toThrow();
  const next = backtest({ to: FROM + 2 * HOUR });
  // The gate is still shut: the second reaches the store because the first has gone.
  await expect.poll(() => store.queries.length, { timeout: 20_000 }).toBe(2);
  gate.resolve();
  expect((await next).statusCode).toBe(200);
});

test('what takes too long is ended, in words, and the console goes on', async () => {
  const { backtest, app } = await open({ gate: () => new Promise(() => {}), jobMsMax: 1_500 });
  const answer = await backtest({});
  expect(answer.json()).toMatchObject({
    status: 504,
    detail: expect.stringMatching(/^It was ended after 2 s\. Choose a shorter range/),
  });
  expect((await app.inject('/api/login')).statusCode).toBe(200);
});

test('a test that never ends is ended with its thread, and the console answers meanwhile', async () => {
  const { app, cookie } = await open({ jobMsMax: 6_000 });
  const series = [{ device: 't1', model: 'tank', metric: 'temperature', values: '85x99000' }];
  const expectation = [{ at: '1s', instance: 't1', state: 'PENDING' }];
  const tests = Array.from({ length: 500 }, (_, i) => ({ name: `n${i}`, interval: '1s', series, expect: expectation }));
  const asked = (url: string, body: object) =>
    app.inject({
      method: 'POST',
      url,
      headers: { ...PAGE, cookie },
      payload: { file: 'tank-hot.json', text: json(TANK_HOT), ...body },
    });
  const running = asked('/api/rules/test', { test: JSON.stringify({ tests }) });
  let [answered, longestMs] = [0, 0];
  let isOver = false;
  void running.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const startedMs = performance.now();
    await app.inject('/api/login');
    longestMs = Math.max(longestMs, performance.now() - startedMs);
    answered++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await running).json()).toMatchObject({ status: 504, detail: expect.stringMatching(/fewer tests/) });
  expect(answered).toBeGreaterThan(10);
  // Held up, it would have waited for the whole of it.
  expect(longestMs).toBeLessThan(5_000);
  expect((await asked('/api/rules/test', {})).json()).toMatchObject({ passed: 1 });
});

test('explains an alarm at a moment, in the text of the command line', async () => {
  const { app, logIn } = await open();
  const headers = { cookie: await logIn('vera') };
  const explain = async (alarm: string, at: number) =>
    await app.inject({ url: `/api/alarms/${alarm}/explain?at=${at}`, headers });
  const hot =
    Array.from({ length: 60 }, (_, i) => FROM + i * MINUTE).find(
      (at) => valueAt(at, 0) === 90 && valueAt(at - MINUTE, 0) === 90,
    ) ?? 0;
  const view = (await explain('lyon/farm/tank-hot/t1', hot)).json<ExplainView>();
  expect(view.at).toBe(hot);
  expect(view.text).toMatch(/^Tank hot: /);
  expect(view.text).toContain('tank-hot.json:');
  expect(view.text).not.toContain('/tmp');
  expect(view.text).toMatch(/lyon\/farm\/t1\s+90 Cel/);
  expect((await explain('lyon/farm/tank-hot/t9', hot)).json()).toMatchObject({
    status: 404,
    detail: expect.stringMatching(/^There is no alarm .*t9/),
  });
  expect((await explain('lyon/farm/tank-cold/t1', hot)).json()).toMatchObject({
    status: 404,
    detail: expect.stringMatching(/no rule/),
  });
});

test('a console that closes leaves nobody waiting', async () => {
  const { app, backtest, store } = await open({ gate: () => new Promise(() => {}) });
  const running = backtest({});
  await expect.poll(() => store.queries.length, { timeout: 20_000 }).toBe(1);
  const closing = once(app.server, 'close').catch(() => {});
  await app.close();
  void closing;
  expect((await running).json()).toMatchObject({ status: 503, detail: expect.stringMatching(/closing/) });
});
