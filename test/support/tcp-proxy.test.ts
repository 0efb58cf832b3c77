import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { until } from './processes.ts';
import { TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
/** What the server has read of each connection, as it came. */
let arrived: Buffer[][];
let served: Socket[];
const clients: Socket[] = [];

beforeEach(async () => {
  arrived = [];
  served = [];
  server = createServer((socket) => {
    const chunks: Buffer[] = [];
    arrived.push(chunks);
    served.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      socket.write(chunk); // an echo
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await new TcpProxy((server.address() as AddressInfo).port).listen();
});

afterEach(async () => {
  for (const socket of [...clients.splice(0), ...served]) socket.destroy();
  await proxy[Symbol.asyncDispose]();
  await new Promise((resolve) => server.close(resolve));
});

/** A client and all that it has read. */
function open() {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true });
  clients.push(socket);
  let text = '';
  let isClosed = false;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('close', () => {
    isClosed = true;
  });
  return { socket, text: () => text, isClosed: () => isClosed };
}

const textOf = (chunks: readonly Buffer[] | undefined) => Buffer.concat(chunks ?? []).toString();

test('clear weather: bytes pass both ways, and so does the end', async () => {
  const client = open();
  client.socket.write('hello');
  await until('the echo', () => client.text() === 'hello' || undefined);
  client.socket.end();
  await until('the end', () => client.isClosed() || undefined);
  await until('the other end', () => served[0]?.destroyed || undefined);
});

test('cut: connections are reset, new ones too, until the weather is clear', async () => {
  const first = open();
  first.socket.write('a');
  await until('the echo', () => first.text() === 'a' || undefined);
  proxy.weather = { kind: 'cut' };
  const second = open();
  for (const client of [first, second]) await until('the reset', () => client.isClosed() || undefined);
  await until('the server to hear of it', () => served[0]?.destroyed || undefined);
  proxy.weather = { kind: 'clear' };
  const third = open();
  third.socket.write('b');
  await until('the echo', () => third.text() === 'b' || undefined);
  expect([proxy.connections, arrived.length]).toEqual([3, 2]);
});

test('half-open: not one byte passes, nobody hears of it, and it stays so for those connections', async () => {
  const old = open();
  old.socket.write('a');
  await until('the echo', () => old.text() === 'a' || undefined);
  proxy.weather = { kind: 'half-open' };
  const made = open();
  await once(made.socket, 'connect');
  for (const client of [old, made]) client.socket.write('lost');
  served[0]?.write('lost');
  proxy.weather = { kind: 'clear' };
  const fresh = open();
  fresh.socket.write('b');
  await until('the echo', () => fresh.text() === 'b' || undefined);
  old.socket.write('still lost');
  old.socket.destroy();
  await until('its end', () => old.isClosed() || undefined);
  fresh.socket.write('c');
  await until('the echo', () => fresh.text() === 'bc' || undefined);
  expect([textOf(arrived[0]), old.text(), served[0]?.destroyed]).toEqual(['a', 'a', false]);
  expect([made.text(), made.isClosed()]).toEqual(['', false]);
});

test('slow: bytes come late and in order, also after the weather has turned', async () => {
  proxy.weather = { kind: 'slow', delayMs: 200, bytesPerSecond: 1_000_000 };
  const client = open();
  const startedAt = performance.now();
  client.socket.write('late');
  await until('the first to arrive at the proxy', () => proxy.connections === 1 || undefined);
  proxy.weather = { kind: 'slow', delayMs: 0, bytesPerSecond: 100 };
  client.socket.write('x'.repeat(20));
  await until('the echo', () => client.text() === `late${'x'.repeat(20)}` || undefined);
  expect(performance.now() - startedAt).toBeGreaterThan(200);
});

test('split: every byte arrives, in pieces', async () => {
  proxy.weather = { kind: 'split', random: createRandom(7) };
  const sent = Array.from({ length: 500 }, (_, i) => `${i} `).join('');
  const client = open();
  client.socket.write(sent);
  await until('the echo', () => client.text() === sent || undefined);
  expect(arrived[0]?.length).toBeGreaterThan(20);
});
