import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from './processes.ts';
import { StoreFront } from './store-front.ts';

let store: Server;
let front: StoreFront;
let status: number;
let stored: string[];
let lines: string[];

beforeEach(async () => {
  [status, stored, lines] = [204, [], []];
  store = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url?.startsWith('/write') === true && status === 204) stored.push(...body.split('\n'));
    response.writeHead(request.method === 'GET' ? 200 : status, { 'content-type': 'application/json' });
    response.end(request.method === 'GET' ? `{"url":"${request.url}"}` : undefined);
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  front = await new StoreFront((line) => lines.push(line)).listen();
  front.targetUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await front[Symbol.asyncDispose]();
  store.closeAllConnections();
  await new Promise((resolve) => store.close(resolve));
});

const write = (body: string, signal?: AbortSignal) =>
  fetch(`${front.url}/write?db=plant`, { method: 'POST', body, ...(signal === undefined ? {} : { signal }) });

test('while it is well it passes on, and tells of the lines that the store has taken', async () => {
  expect((await write('a 1\nb 2')).status).toBe(204);
  status = 503;
  expect((await write('c 3')).status).toBe(503);
  expect(await (await fetch(`${front.url}/query?q=x`)).json()).toEqual({ url: '/query?q=x' });
  expect([stored, lines]).toEqual([
    ['a 1', 'b 2'],
    ['a 1', 'b 2'],
  ]);
  expect(front.writes.map((each) => each.status)).toEqual([204, 503]);
});

test('failing: the status and how long to wait, and nothing is stored', async () => {
  front.mood = { kind: 'failing', status: 429, retryAfterS: 7 };
  const answer = await write('a 1');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
  expect(stored).toEqual([]);
});

test('hanging: no answer ever, and it is well again for those who come later', async () => {
  front.mood = { kind: 'hanging' };
  const patience = new AbortController();
  const hung = write('a 1', patience.signal);
  await until('the request', () => front.hanging === 1 || undefined);
  front.mood = { kind: 'well' };
  expect((await write('b 2')).status).toBe(204);
  patience.abort();
  await expect(hung).rejects.toThrow('aborted');
  expect(stored).toEqual(['b 2']);
});

test('choosy: good lines are stored whatever stands beside them, and its words say why the others are not', async () => {
  front.mood = { kind: 'choosy', isBad: (line) => line.startsWith('bad'), words: 'field type conflict' };
  const mixed = await write('a 1\nbad 2\nb 3');
  expect([mixed.status, await mixed.json()]).toEqual([400, { error: 'partial write: field type conflict dropped=1' }]);
  expect((await write('bad 4')).status).toBe(400);
  expect((await write('c 5')).status).toBe(204);
  expect(stored).toEqual(['a 1', 'b 3', 'c 5']);
});

test('a store that is away takes the front away with it', async () => {
  front.targetUrl = 'http://127.0.0.1:1';
  await expect(write('a 1')).rejects.toThrow('fetch failed');
});
