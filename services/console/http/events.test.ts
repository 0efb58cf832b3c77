import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { topics } from '#domain/topic.ts';
import { VIEWERS_MAX, VIEWERS_OF_ONE_MAX } from '../live/live.ts';
import {
  delivered,
  openTestConsole,
  PAGE,
  publishAlarm,
  START,
  sampleAlarm,
  sampleLine,
  TestAccess,
} from '../testing.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openListening(people = ['operator']) {
  const access = new TestAccess(Object.fromEntries(people.map((name) => [name, 'viewer' as const])));
  const opened = await openTestConsole({ access });
  closers.push(() => opened.app.close());
  await opened.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = opened.app.server.address() as AddressInfo;
  return { ...opened, url: `http://127.0.0.1:${port}/api/events` };
}

type Event = { id: string; event: string; data: unknown };

/** The events of a stream, one by one; undefined at its end. */
async function openStream(url: string, headers: Record<string, string>) {
  const response = await fetch(url, { headers });
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  closers.unshift(() => reader.cancel().catch(() => {}));
  let text = '';
  const next = async (): Promise<Event | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const fields = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => line.split(/: (.*)/s, 2)),
        );
        text = text.slice(end + 2);
        if (fields.data !== undefined) return { id: fields.id, event: fields.event, data: JSON.parse(fields.data) };
        continue;
      }
      const chunk = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
      if (chunk.done || chunk.value === undefined) return undefined;
      text += chunk.value;
    }
  };
  return { response, next, close: () => reader.cancel() };
}

test('lives of commands are told at once, and in the snapshot of whoever comes later', async () => {
  const { url, bus, logIn } = await openListening();
  const cookie = await logIn();
  const { next } = await openStream(url, { cookie });
  expect(await next()).toMatchObject({ event: 'snapshot', data: { commands: [] } });
  const valve = { site: 'lyon', area: 'tank-farm', device: 'T1-inlet' };
  const life = {
    ...{ cid: 'operator/lyon/tank-farm/T1-inlet/a', command: 'valve.set', args: { position: 40 }, by: 'olaf' },
    ...{ comment: null, status: 'SENT', askedAt: START, expiresAt: START + 60_000, verifies: false, verifyUntil: null },
    steps: [{ status: 'SENT', at: START }],
  };
  const told = { ...valve, commands: [life] };
  await bus.publish(topics.commandLives(valve), JSON.stringify(told), { retain: true });
  expect(await next()).toMatchObject({ event: 'commands', data: [told] });
  const later = await openStream(url, { cookie });
  expect(await later.next()).toMatchObject({ event: 'snapshot', data: { commands: [told] } });
  await bus.publish(topics.commandLives(valve), '', { retain: true });
  expect(await next()).toMatchObject({ event: 'commands', data: [{ ...valve, commands: [] }] });
});

test('a stream is a snapshot, alarms at once, values together', async () => {
  const { url, bus, live, logIn } = await openListening();
  await publishAlarm(bus, sampleAlarm());
  await bus.publish(topics.points(1), sampleLine('temperature', 'value=1', START));
  await delivered();
  const { response, next } = await openStream(url, { cookie: await logIn() });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  expect(await next()).toMatchObject({
    event: 'snapshot',
    data: { now: START, broker: null, alarms: [{ state: 'UNACK' }], values: [{ id: 0, value: 1 }] },
  });
  live.tick();
  expect(await next()).toMatchObject({ event: 'changes', data: { added: [{ id: 0 }], changed: [] } });
  await bus.publish(topics.points(1), [2, 3].map((n) => sampleLine('temperature', `value=${n}`, START + n)).join('\n'));
  await publishAlarm(bus, sampleAlarm({ seq: 2, state: 'ACKED' }));
  expect(await next()).toMatchObject({
    event: 'alarms',
    data: [{ id: 'lyon/tank-farm/tank-hot/tank-01', alarm: { state: 'ACKED' } }],
  });
  live.tick();
  expect(await next()).toMatchObject({ event: 'changes', data: { added: [], changed: [[0, 3, 'good', START + 3]] } });
});

test.each([
  ['of another process', 'other-0'],
  ['that was not told yet', 'test-99'],
  ['of another kind', '17'],
])('a browser that comes back with an id %s gets a fresh snapshot', async (_, id) => {
  const { url, logIn } = await openListening();
  const { next } = await openStream(url, { cookie: await logIn(), 'last-event-id': id });
  expect(await next()).toMatchObject({ id: 'test-0', event: 'snapshot' });
});

test.each([
  ['by header', (url: string, id: string) => [url, { 'last-event-id': id }] as const],
  ['by address', (url: string, id: string) => [`${url}?since=${id}`, {}] as const],
])('a browser that comes back is told what it missed, in order, each once: %s', async (_, ask) => {
  const { url, bus, logIn } = await openListening();
  const cookie = await logIn();
  const first = await openStream(url, { cookie });
  expect(await first.next()).toMatchObject({ id: 'test-0' });
  await publishAlarm(bus, sampleAlarm());
  const seen = await first.next();
  expect(seen).toMatchObject({ id: 'test-1', event: 'alarms' });
  await first.close();
  // It comes and goes while nobody watches: a snapshot would not tell of it.
  const short = sampleAlarm({ instance: 'tank-02' });
  await publishAlarm(bus, short);
  await bus.publish(topics.alarm(short), '', { retain: true });
  const [address, headers] = ask(url, seen?.id ?? '');
  const { next } = await openStream(address, { cookie, ...headers });
  const id = 'lyon/tank-farm/tank-hot/tank-02';
  expect(await next()).toMatchObject({ id: 'test-2', data: [{ id, alarm: { state: 'UNACK' } }] });
  expect(await next()).toMatchObject({ id: 'test-3', data: [{ id, alarm: null }] });
});

test('after a minute that nobody watched there is nothing to resume, and a snapshot instead', async () => {
  const { url, bus, clock, live, logIn } = await openListening();
  const cookie = await logIn();
  const first = await openStream(url, { cookie });
  await first.next();
  await publishAlarm(bus, sampleAlarm());
  expect(await first.next()).toMatchObject({ id: 'test-1' });
  await first.close();
  await vi.waitFor(() => expect(live.viewers).toBe(0));
  clock.now = START + 60_001;
  await publishAlarm(bus, sampleAlarm({ seq: 2 }));
  clock.now = START + 1;
  const { next } = await openStream(url, { cookie, 'last-event-id': 'test-1' });
  expect(await next()).toMatchObject({ id: 'test-2', event: 'snapshot' });
});

test('a quiet plant still gives a sign of life', async () => {
  const { url, live, clock, logIn } = await openListening();
  const { next } = await openStream(url, { cookie: await logIn() });
  await next();
  live.tick();
  clock.now += 5_000;
  live.tick();
  const pulses = [await next(), await next()];
  expect(pulses).toMatchObject([{ data: { now: START } }, { data: { now: START + 5_000 } }]);
});

test('a stream ends with its login and with the server, which does not wait for it', async () => {
  const { url, live, clock, app, logIn } = await openListening();
  const cookie = await logIn();
  const first = await openStream(url, { cookie });
  await first.next();
  clock.now += 60_000;
  live.tick();
  expect(await first.next()).toBeUndefined();
  const second = await openStream(url, { cookie: await logIn() });
  await second.next();
  expect(live.viewers).toBe(1);
  await app.close();
  expect(await second.next()).toBeUndefined();
  expect(live.viewers).toBe(0);
});

test('logging out ends the streams of that session, not those of another', async () => {
  const { url, live, app, logIn } = await openListening();
  const [kept, ended] = [await logIn(), await logIn()];
  const streams = [await openStream(url, { cookie: kept }), await openStream(url, { cookie: ended })] as const;
  for (const { next } of streams) await next();
  await app.inject({ method: 'POST', url: '/api/logout', headers: { cookie: ended, ...PAGE } });
  expect(await streams[1].next()).toBeUndefined();
  live.tick();
  expect(await streams[0].next()).toMatchObject({ event: 'changes' });
});

test('one who opens streams without end is refused, then others too, and both are told', async () => {
  const { url, live, app, logIn } = await openListening(['vera', 'olaf', 'eva']);
  const ask = async (user: string) =>
    (await app.inject({ url: '/api/events', headers: { cookie: await logIn(user) } })).json();
  const open = (user: string) =>
    live.join({ user, isOver: () => false, send: () => new Promise(() => {}), close: () => {} });
  for (let i = 0; i < VIEWERS_OF_ONE_MAX; i++) open('vera');
  expect(await ask('vera')).toMatchObject({ status: 503, detail: expect.stringContaining('close one') });
  const other = await openStream(url, { cookie: await logIn('olaf') });
  expect(await other.next()).toMatchObject({ event: 'snapshot' });
  for (let i = live.viewers; i < VIEWERS_MAX; i++) open(`u${i}`);
  expect(await ask('eva')).toMatchObject({ status: 503, detail: expect.stringContaining('100 pages are open') });
  expect(live.viewers).toBe(VIEWERS_MAX);
});
