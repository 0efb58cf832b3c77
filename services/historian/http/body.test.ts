// What a body may do to the memory and the time of others, over HTTP.

import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { until } from '../../../test/support/processes.ts';
import { BodyMemory } from './body-memory.ts';
import { openTestServer, type TestServer } from './test-server.ts';

type Talk = Disposable & { readonly socket: Socket; readonly heard: () => string; readonly closed: Promise<unknown> };

/** A connection that has said this, and what it has heard so far. */
function say({ url }: TestServer, text: string): Talk {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.on('error', () => {});
  socket.write(text);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  return { socket, heard: () => heard, closed, [Symbol.dispose]: () => socket.destroy() };
}

const head = (length: number, ...headers: readonly string[]) =>
  ['POST /write?db=g HTTP/1.1', 'host: localhost', `content-length: ${length}`, ...headers, '', ''].join('\r\n');

const heardBy = ({ heard }: Talk, what: string) => until(what, () => (heard().includes(what) ? true : undefined));

test('beyond the memory of all bodies a request is told to come again, small ones later than large ones', async () => {
  const memory = new BodyMemory(10_000_000);
  await using server = await openTestServer({ body: { maxBytes: 4_000_000, memory } });
  using stack = new DisposableStack();
  const held = Array.from({ length: 2 }, () => stack.use(say(server, head(3_000_000) + 'x'.repeat(2_900_000))));
  await until('both to be held', () => (memory.bytes > 5_800_000 ? true : undefined));
  const refused = await fetch(`${server.url}/write?db=g`, { method: 'POST', body: '#'.repeat(3_500_000) });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await refused.json()).toEqual({ error: 'too many requests are being read at once' });
  expect(await server.write('m v=1 1')).toEqual([204, '']);
  for (const { socket } of held) socket.destroy();
  await until('their memory to be given back', () => (memory.bytes === 0 ? true : undefined));
  expect((await fetch(`${server.url}/write?db=g`, { method: 'POST', body: '#'.repeat(3_500_000) })).status).toBe(204);
});

test('a body of a byte per chunk costs its bytes', async () => {
  const memory = new BodyMemory(2_000_000);
  await using server = await openTestServer({ body: { maxBytes: 400_000, memory } });
  const chunked = head(0).replace('content-length: 0', 'transfer-encoding: chunked');
  const body = `#${'x'.repeat(99_999)}`;
  using talk = say(server, chunked + [...body].map((byte) => `1\r\n${byte}\r\n`).join(''));
  await until('all of it to be read', () => (memory.bytes > 95_000 ? true : undefined));
  expect(memory.bytes).toBeLessThan(200_000);
  expect(talk.heard()).toBe('');
});

test.each([
  ['a length beyond the limit', head(2_000_000), '413'],
  [
    'a body in chunks beyond the limit',
    `${head(0).replace('content-length: 0', 'transfer-encoding: chunked')}10000\r\n${'x'.repeat(65_536)}\r\n10000\r\n${'x'.repeat(65_536)}\r\n`,
    '413',
  ],
  ['an encoding that nobody knows', head(5, 'content-encoding: deflate'), '415'],
  ['a database that is not there', head(2_000_000).replace('db=g', 'db=nodb'), '404'],
])('%s is refused before the body is there', async (_, text, status) => {
  await using server = await openTestServer({ body: { maxBytes: 100_000, memory: new BodyMemory(1_000_000) } });
  using talk = say(server, text);
  await heardBy(talk, `HTTP/1.1 ${status}`);
});

test('after a refused body the connection goes on, with the request behind it', async () => {
  await using server = await openTestServer({ body: { maxBytes: 100_000, memory: new BodyMemory(1_000_000) } });
  const bomb = gzipSync(Buffer.alloc(50_000_000)).toString('latin1');
  using socket = say(server, '');
  for (const body of [bomb, 'no gzip at all', 'x'.repeat(300_000)]) {
    socket.socket.write(Buffer.from(head(body.length, 'content-encoding: gzip') + body, 'latin1'));
  }
  socket.socket.write('GET /ping?verbose=true HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await heardBy(socket, '{"version"');
  expect([...socket.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
    ...['413', '400', '413', '200'],
  ]);
});

test.each([
  ['plain', head(1_000)],
  ['gzip', head(1_000, 'content-encoding: gzip')],
])('a client that goes away in the middle of its %s body leaves nothing behind', async (_, text) => {
  const memory = new BodyMemory(1_000_000);
  await using server = await openTestServer({ body: { maxBytes: 100_000, memory } });
  using talk = say(server, text);
  talk.socket.write(gzipSync('m v=1 1').subarray(0, 12));
  await until('the body to be begun', () => (memory.bytes > 0 ? true : undefined));
  talk.socket.destroy();
  await until('its memory to be given back', () => (memory.bytes === 0 ? true : undefined));
});

test.each([
  ['head', 'POST /write?db=g HTTP/1.1\r\nhost: localhost\r\nx: '],
  ['body', `${head(1_000)}m v=`],
])('a %s that comes byte by byte ends with its time, and others are served meanwhile', async (_, start) => {
  await using server = await openTestServer({ requestTimeoutMs: 1_000 });
  using stack = new DisposableStack();
  const slow = Array.from({ length: 100 }, () => stack.use(say(server, start)));
  const dripping = setInterval(() => {
    for (const { socket } of slow) socket.write('1');
  }, 100);
  try {
    expect(await server.write('m v=1 1')).toEqual([204, '']);
    await Promise.all(slow.map(({ closed }) => closed));
    expect(slow.every(({ heard }) => /^(HTTP.1.1 408|$)/.test(heard()))).toBe(true);
  } finally {
    clearInterval(dripping);
  }
});
