// One device over HTTP: its gaps, its configuration by role, and its stream.

import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type DeviceName, topics } from '#domain/topic.ts';
import type { Bus } from '#runtime/bus.ts';
import type { TailPart } from '../api/devices.ts';
import { WATCHES_MAX } from '../devices/config-watches.ts';
import { DEVICES_MAX } from '../devices/tails.ts';
import { delivered, openTestConsole, PAGE, START, sampleDevice, sampleLine, TestAccess } from '../testing.ts';

const TANK: DeviceName = { site: 'lyon', area: 'tank-farm', device: 'tank-01' };
const URL = '/api/devices/lyon/tank-farm/tank-01';
const DESIRED = topics.device(TANK, 'cfg/desired');

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function register(bus: Bus, device: string) {
  const view = sampleDevice({ device });
  await bus.publish(topics.registry(view), JSON.stringify(view), { retain: true });
  await delivered();
}

async function open() {
  const access = new TestAccess({ vera: 'viewer', olaf: 'operator', eva: 'engineer', ada: 'admin' });
  // Whatever is retained in the memory bus has been told in a turn of the event loop.
  const opened = await openTestConsole({ access, wait: () => delivered() });
  closers.push(() => opened.app.close());
  await register(opened.bus, 'tank-01');
  const as = async (user: string) => ({ cookie: await opened.logIn(user), ...PAGE });
  return { ...opened, as };
}

test('gaps are told while there are some', async () => {
  const { app, bus, as } = await open();
  const headers = await as('vera');
  const gaps = async () => (await app.inject({ url: URL, headers })).json().gaps;
  expect(await gaps()).toBeNull();
  const report = { ...TANK, missed: 3, since: START, unlisted: 0, gaps: [{ boot: 1, from: 4, to: 6, since: START }] };
  await bus.publish(topics.gaps(TANK), JSON.stringify(report), { retain: true });
  await delivered();
  expect(await gaps()).toEqual({ missed: 3, since: START, unlisted: 0, gaps: report.gaps });
  await bus.publish(topics.gaps(TANK), '', { retain: true });
  await delivered();
  expect(await gaps()).toBeNull();
});

describe('configuration', () => {
  test('is told as it is retained; what is desired from engineer on alone', async () => {
    const { app, bus, as } = await open();
    await bus.publish(topics.device(TANK, 'cfg/reported'), '{"interval": 5}', { retain: true });
    await bus.publish(DESIRED, '{"interval": 1, "token": "secret"}', { retain: true });
    const config = async (user: string) => (await app.inject({ url: `${URL}/config`, headers: await as(user) })).json();
    const reported = {
      text: '{"interval": 5}',
      bytes: 15,
      isCut: false,
      revision: expect.stringMatching(/^[\da-f]{64}$/),
    };
    expect(await config('vera')).toEqual({ reported });
    expect(await config('olaf')).toEqual({ reported });
    expect(await config('eva')).toMatchObject({ reported, desired: { text: '{"interval": 1, "token": "secret"}' } });
    expect(await config('ada')).toMatchObject({ desired: { text: expect.stringContaining('secret') } });
  });

  test('is nothing where nothing is retained, and goes when it is taken away', async () => {
    const { app, bus, as } = await open();
    const headers = await as('eva');
    const config = async () => (await app.inject({ url: `${URL}/config`, headers })).json();
    expect(await config()).toEqual({ reported: null, desired: null });
    await bus.publish(DESIRED, '{}', { retain: true });
    await delivered();
    expect(await config()).toMatchObject({ reported: null, desired: { text: '{}' } });
    await bus.publish(DESIRED, '', { retain: true });
    await delivered();
    expect(await config()).toEqual({ reported: null, desired: null });
  });

  test('is listened to no longer than somebody asks', async () => {
    const { app, as, configs, clock } = await open();
    await app.inject({ url: `${URL}/config`, headers: await as('vera') });
    clock.now += 30_000;
    configs.tick();
    expect(configs.size).toBe(1);
    clock.now += 1;
    configs.tick();
    expect(configs.size).toBe(0);
  });

  test('a viewer who looks at many devices does not keep an engineer from reading and writing', async () => {
    const opened = await open();
    const headers = await opened.as('vera');
    const at = (device: string) => `/api/devices/lyon/tank-farm/${device}/config`;
    for (let i = 0; i < WATCHES_MAX; i++) {
      await register(opened.bus, `t${i}`);
      opened.clock.now++;
      expect((await opened.app.inject({ url: at(`t${i}`), headers })).statusCode).toBe(200);
    }
    expect((await put(opened, { text: '{}', basedOn: null })).statusCode).toBe(200);
    expect(opened.configs.size).toBe(WATCHES_MAX);
  });

  test('of a device that nobody knows is not listened to', async () => {
    const { app, as, configs } = await open();
    const headers = await as('eva');
    const invented = '/api/devices/lyon/tank-farm/invented';
    const answers = await Promise.all([
      app.inject({ url: `${invented}/config`, headers }),
      app.inject({
        ...{ method: 'PUT', url: `${invented}/config/desired`, headers },
        payload: { text: '{}', basedOn: null },
      }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404]);
    expect(configs.size).toBe(0);
  });

  test('that was taken away while the broker was not heard is not shown any more, nor written over', async () => {
    const opened = await open();
    const { app, bus } = opened;
    const headers = await opened.as('eva');
    await bus.publish(topics.device(TANK, 'cfg/reported'), '{}', { retain: true });
    await bus.publish(DESIRED, '{"interval": 1}', { retain: true });
    const config = async () => (await app.inject({ url: `${URL}/config`, headers })).json();
    const { desired } = await config();
    expect(desired).toMatchObject({ text: '{"interval": 1}' });
    bus.retained.delete(DESIRED);
    bus.reconnect();
    expect(await config()).toMatchObject({ reported: { text: '{}' }, desired: null });
    expect((await put(opened, { text: '{"a": 1}', basedOn: desired.revision })).statusCode).toBe(409);
  });

  test('is not taken for none while it is told again after a break', async () => {
    const { app, bus, as } = await open();
    const headers = await as('eva');
    await bus.publish(DESIRED, '{}', { retain: true });
    const ask = () => app.inject({ url: `${URL}/config`, headers });
    await ask();
    bus.reconnect();
    expect((await ask()).json()).toMatchObject({ desired: { text: '{}' } });
  });

  const put = async ({ app, as }: Awaited<ReturnType<typeof open>>, payload: object, user = 'eva') =>
    await app.inject({ method: 'PUT', url: `${URL}/config/desired`, headers: await as(user), payload });

  test('is written by an engineer, retained, byte for byte', async () => {
    const opened = await open();
    const text = '{"interval": 1.0}';
    const answer = await put(opened, { text, basedOn: null });
    expect([answer.statusCode, answer.json().desired.text]).toEqual([200, text]);
    expect(opened.bus.retained.get(DESIRED)?.toString()).toBe(text);
    const again = await put(opened, { text: '', basedOn: answer.json().desired.revision });
    expect([again.statusCode, again.json()]).toEqual([200, { desired: null }]);
    expect(opened.bus.retained.has(DESIRED)).toBe(false);
  });

  test.each(['vera', 'olaf'])('is not written by %s', async (user) => {
    const opened = await open();
    expect((await put(opened, { text: '{}', basedOn: null }, user)).statusCode).toBe(403);
    expect(opened.bus.payloads(DESIRED)).toEqual([]);
  });

  test('is not written over what somebody else has written meanwhile', async () => {
    const opened = await open();
    await opened.bus.publish(DESIRED, '{"by": "another"}', { retain: true });
    const answer = await put(opened, { text: '{}', basedOn: null });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain('since you read it');
    expect(opened.bus.retained.get(DESIRED)?.toString()).toBe('{"by": "another"}');
  });

  test('of two who write at a time, one is told', async () => {
    const opened = await open();
    const answers = await Promise.all(['{"a": 1}', '{"b": 1}'].map((text) => put(opened, { text, basedOn: null })));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    expect(opened.bus.payloads(DESIRED)).toHaveLength(1);
  });

  test.each([
    ['{"a": 1', 'is not valid JSON'],
    ['[1]', 'must be a JSON object'],
    ['"x"', 'must be a JSON object'],
    [`{"a": "${'x'.repeat(17_000)}"}`, 'no device takes so much'],
  ])('%.12s is refused: %s', async (text, why) => {
    const opened = await open();
    const answer = await put(opened, { text, basedOn: null });
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining(why)]);
  });

  test('a broker that cannot be reached is said, and nothing is written', async () => {
    const opened = await open();
    await opened.app.inject({ url: `${URL}/config`, headers: await opened.as('eva') });
    opened.bus.problem = () => 'it does not answer';
    const answer = await put(opened, { text: '{}', basedOn: null });
    expect([answer.statusCode, answer.json().detail]).toEqual([503, expect.stringContaining('Nothing was sent')]);
  });
});

test.each(['/api/devices/lyon/tank-farm/%2B', '/api/devices/lyon/%23/tank-01/config', '/api/devices/a/b/c%2Fd/tail'])(
  '%s names no device',
  async (url) => {
    const { app, as } = await open();
    expect((await app.inject({ url, headers: await as('ada') })).statusCode).toBe(400);
  },
);

describe('a stream', () => {
  async function openStream() {
    const opened = await open();
    await opened.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = opened.app.server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${URL}/tail`, { headers: await opened.as('vera') });
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    closers.unshift(() => reader.cancel().catch(() => {}));
    let text = '';
    /** The next part that tells something; undefined at the end. */
    const next = async (): Promise<TailPart | undefined> => {
      for (;;) {
        const [whole, frame] = /^([\s\S]*?)\n\n/.exec(text) ?? [];
        if (whole !== undefined) {
          text = text.slice(whole.length);
          const data = /^data: (.*)$/m.exec(frame ?? '')?.[1];
          if (data !== undefined) return JSON.parse(data);
          continue;
        }
        const chunk = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
        if (chunk.done || chunk.value === undefined) return undefined;
        text += chunk.value;
      }
    };
    return { ...opened, response, next, cancel: () => reader.cancel() };
  }

  test('tells a message beside what became of it, and ends with its reader', async () => {
    const { bus, next, response, tails, cancel } = await openStream();
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    expect(await next()).toEqual({ now: START, lines: [], dropped: 0, problem: null });
    await bus.publish(topics.device(TANK, 'tele'), '{"temperature": 20}');
    expect(await next()).toMatchObject({ lines: [{ kind: 'raw', payload: '{"temperature": 20}' }] });
    await bus.publish(topics.points(1), sampleLine('temperature', 'value=20', START));
    expect(await next()).toMatchObject({ lines: [{ kind: 'points', points: [{ metric: 'temperature', value: 20 }] }] });
    await cancel();
    while (tails.devices > 0) await delivered();
  });

  test('ends when the console closes', async () => {
    const { app, next } = await openStream();
    await next();
    await app.close();
    expect(await next()).toBeUndefined();
  });

  test('is refused where too many devices are watched', async () => {
    const { app, as, tails } = await open();
    const reader = (user: string) => ({ user, send: async () => {}, close: () => {}, isOver: () => false });
    for (let i = 0; i < DEVICES_MAX; i++) tails.join({ ...TANK, device: `d${i}` }, reader(`u${i}`));
    const answer = await app.inject({ url: `${URL}/tail`, headers: await as('vera') });
    expect([answer.statusCode, answer.json().detail]).toEqual([503, expect.stringContaining('20 devices')]);
  });
});
