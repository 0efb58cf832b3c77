// What every list of the API has in common: tags, pages, and what becomes of a wrong method or address.

import { expect, test } from 'vitest';
import { topics } from '#domain/topic.ts';
import {
  delivered,
  openTestConsole,
  PAGE,
  publishAlarm,
  START,
  sampleAlarm,
  sampleDevice,
  sampleLine,
} from '../testing.ts';

async function openPlant(alarms = 1) {
  const console = await openTestConsole();
  for (let n = 0; n < alarms; n++) {
    const instance = `tank-${String(n).padStart(2, '0')}`;
    await publishAlarm(console.bus, sampleAlarm({ instance, alarmId: `lyon/tank-farm/tank-hot/${instance}` }));
    await console.bus.publish(topics.points(0), sampleLine('temperature', 'value=1', START, instance));
    const device = sampleDevice({ device: instance });
    await console.bus.publish(topics.registry(device), JSON.stringify(device), { retain: true });
  }
  await delivered();
  const headers = { cookie: await console.logIn() };
  const ask = (url: string, more: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'DELETE' | 'POST' = 'GET') =>
    console.app.inject({ method, url, headers: { ...headers, ...more } });
  return { ...console, ask };
}

const LISTS = ['alarms', 'values', 'devices', 'services'] as const;

test.each(LISTS)('/api/%s is not sent again while it has not changed', async (list) => {
  const { ask, bus, clock } = await openPlant();
  const first = await ask(`/api/${list}`);
  const tag = String(first.headers.etag);
  expect([first.statusCode, tag, first.headers['cache-control']]).toEqual([
    200,
    expect.stringMatching(/^W\/".+"$/),
    'private, no-cache',
  ]);
  clock.now += 1_000;
  const again = await ask(`/api/${list}`, { 'if-none-match': `"another", ${tag}` });
  expect([again.statusCode, again.payload, again.headers.etag]).toEqual([304, '', tag]);
  await publishAlarm(bus, sampleAlarm({ instance: 'new' }));
  await bus.publish(topics.points(0), sampleLine('temperature', 'value=2', START + 1));
  const device = sampleDevice({ device: 'new' });
  await bus.publish(topics.registry(device), JSON.stringify(device), { retain: true });
  const status = { service: 'writer', id: 'writer', status: 'up', since: START, version: '1' };
  await bus.publish(topics.service('writer', 'writer'), JSON.stringify(status), { retain: true });
  await delivered();
  const changed = await ask(`/api/${list}`, { 'if-none-match': tag });
  expect([changed.statusCode, changed.headers.etag]).toEqual([200, expect.not.stringMatching(tag)]);
});

test('what has no number of its own is tagged by its content', async () => {
  const { ask } = await openPlant();
  const { headers, statusCode } = await ask('/docs/json');
  expect([statusCode, headers.etag]).toEqual([200, expect.stringMatching(/^W\/".{27}"$/)]);
  expect((await ask('/docs/json', { 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
});

test('what is about a person, or went wrong, is kept by nobody', async () => {
  const { ask, app } = await openPlant();
  for (const answer of [
    await ask('/api/session'),
    await app.inject('/api/login'),
    await app.inject('/api/alarms'),
    await ask('/api/alarms?limit=0'),
  ])
    expect([answer.headers.etag, answer.headers['cache-control']]).toEqual([undefined, 'no-store']);
});

test('nobody learns by a tag that a list is as it was', async () => {
  const { app, ask } = await openPlant();
  const tag = String((await ask('/api/alarms')).headers.etag);
  const answer = await app.inject({ url: '/api/alarms', headers: { 'if-none-match': tag } });
  expect(answer.statusCode).toBe(401);
});

test.each(['alarms', 'values', 'devices'])('/api/%s comes in pages, each item once', async (list) => {
  const { ask } = await openPlant(7);
  const seen: string[] = [];
  let url = `/api/${list}?limit=3`;
  const sizes: number[] = [];
  for (;;) {
    const answer = await ask(url);
    const { next, [list]: items } = answer.json();
    seen.push(...items.map((item: { device?: string; instance?: string }) => item.instance ?? item.device));
    sizes.push(items.length);
    if (next === null) {
      expect(answer.headers.link).toBeUndefined();
      break;
    }
    const link = /^<(\?[^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
    expect(new URLSearchParams(link).get('cursor')).toBe(next);
    url = `/api/${list}${link}`;
  }
  expect(sizes).toEqual([3, 3, 1]);
  expect(seen).toEqual(Array.from({ length: 7 }, (_, n) => `tank-0${n}`));
});

test('an item that comes or goes between two pages moves no other', async () => {
  const { ask, bus } = await openPlant(4);
  const { next } = (await ask('/api/alarms?limit=2')).json();
  await bus.publish(topics.alarm(sampleAlarm({ instance: 'tank-01' })), '', { retain: true });
  await publishAlarm(bus, sampleAlarm({ instance: 'a-first', alarmId: 'lyon/tank-farm/tank-hot/a-first' }));
  await delivered();
  const { alarms } = (await ask(`/api/alarms?limit=9&cursor=${next}`)).json();
  expect(alarms.map(({ instance }: { instance: string }) => instance)).toEqual(['tank-02', 'tank-03']);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=all', 'limit'],
  ['limit=5001', 'limit'],
  ['cursor=', "must be the 'next' of an answer of this list"],
  ['cursor=%00', "must be the 'next' of an answer of this list"],
  [`cursor=${'A'.repeat(5_000)}`, "must be the 'next' of an answer of this list"],
  [`cursor=${Buffer.from('values x').toString('base64url')}`, "must be the 'next' of an answer of this list"],
  ['page=2', 'page'],
])('/api/alarms?%s is refused with a sentence', async (query, sentence) => {
  const answer = await (await openPlant()).ask(`/api/alarms?${query}`);
  expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining(sentence)]);
});

test('HEAD says what GET would, without the answer', async () => {
  const { ask } = await openPlant();
  const [head, get] = [await ask('/api/alarms', {}, 'HEAD'), await ask('/api/alarms')];
  expect([head.statusCode, head.payload]).toEqual([200, '']);
  for (const name of ['etag', 'content-length', 'content-type', 'cache-control'])
    expect(head.headers[name]).toBe(get.headers[name]);
});

test.each([
  ['DELETE', '/api/alarms', 405, 'GET, HEAD'],
  ['POST', '/api/values?x=1', 405, 'GET, HEAD'],
  ['GET', '/api/logout', 405, 'POST'],
  ['GET', '/api/alarms/operations', 405, 'POST'],
  ['HEAD', '/api/events', 405, 'GET'],
  ['GET', '/api/nothing', 404, undefined],
  ['POST', '/nothing', 404, undefined],
] as const)('%s %s is %i', async (method, url, status, allow) => {
  const answer = await (await openPlant()).ask(url, { ...PAGE }, method);
  expect([answer.statusCode, answer.headers.allow]).toEqual([status, allow]);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  if (method !== 'HEAD') expect(answer.json()).toMatchObject({ status, detail: expect.stringMatching(/\w/) });
});
