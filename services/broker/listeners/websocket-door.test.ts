// MQTT over WebSocket [MQTT-6.0.0]: who may, and how packets lie in frames.

import { once } from 'node:events';
import { connect } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { openWebSocket } from '../../../test/support/dial.ts';
import { publish } from '../../../test/support/packet-client.ts';
import { openTestListeners, type TestListeners } from './test-listeners.ts';

let broker: TestListeners;
const sockets: WebSocket[] = [];
const open = async (...options: Parameters<typeof openTestListeners>) => {
  broker = await openTestListeners(...options);
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await broker[Symbol.asyncDispose]();
});

const CONNECT: Packet = {
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'a',
  clean: true,
  keepalive: 0,
};
const SUBSCRIBE: Packet = { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] };

async function upgraded(): Promise<WebSocket> {
  const socket = openWebSocket('ws', broker.ports.ws);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

/** Everything that came in messages so far. */
function received(socket: WebSocket): () => Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('message', (data) => parts.push(data as Buffer));
  return async () => {
    await once(socket, 'message');
    return Buffer.concat(parts);
  };
}

async function until(read: () => Promise<Buffer>, wanted: Buffer): Promise<void> {
  let got: Buffer;
  do got = await read();
  while (!got.includes(wanted));
}

const all = (...packets: readonly Packet[]) => Buffer.concat(packets.map((packet) => generate(packet)));
const TALK = () => all(CONNECT, SUBSCRIBE, publish({ topic: 'a', payload: 'hello', qos: 0 }));

test.each<readonly [how: string, send: (socket: WebSocket, bytes: Buffer) => void]>([
  ['in one frame', (socket, bytes) => socket.send(bytes)],
  ['byte by byte, a frame each', (socket, bytes) => void [...bytes].map((byte) => socket.send(Buffer.of(byte)))],
  [
    'in fragments of one message',
    (socket, bytes) => {
      for (let at = 0; at < bytes.length; at += 3)
        socket.send(bytes.subarray(at, at + 3), { fin: at + 3 >= bytes.length, binary: true });
    },
  ],
  [
    'with pings and empty messages between',
    (socket, bytes) => {
      for (let at = 0; at < bytes.length; at += 7) {
        socket.send(bytes.subarray(at, at + 7));
        socket.ping();
        socket.send(Buffer.alloc(0));
      }
    },
  ],
])('packets may lie in frames as they like: %s', async (_, send) => {
  await open();
  const socket = await upgraded();
  expect(socket.protocol).toBe('mqtt');
  const read = received(socket);
  send(socket, TALK());
  await until(read, generate(publish({ topic: 'a', payload: 'hello', qos: 0 })));
});

test('a text message ends the connection, and only that one', async () => {
  await open();
  const [good, bad] = [await upgraded(), await upgraded()];
  bad.send(TALK().toString('latin1'));
  const [code] = await once(bad, 'close');
  expect(code).toBe(1003);
  const read = received(good);
  good.send(TALK());
  await until(read, Buffer.from('hello'));
});

test('a message that is too long ends the connection at its announcement', async () => {
  await open();
  const before = await upgraded();
  before.send(Buffer.alloc(17 * 1024));
  expect((await once(before, 'close'))[0]).toBe(1009);
  const after = await upgraded();
  const read = received(after);
  after.send(TALK());
  await until(read, Buffer.from('hello'));
  const burst = publish({ topic: 'b', payload: 'x'.repeat(1_000), qos: 1, messageId: 7 });
  after.send(all(...Array.from({ length: 1_000 }, () => burst))); // 1 MB in one message, as mqtt.js sends it
  await until(read, generate({ cmd: 'puback', messageId: 7 }));
  after.send(Buffer.alloc(1_100_000));
  expect((await once(after, 'close'))[0]).toBe(1009);
});

/** Status and body of what answers a request that is not upgraded; 101 where it is. */
async function ask(lines: readonly string[]): Promise<string> {
  const socket = connect({ port: broker.ports.ws, host: '127.0.0.1' });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
    if (text.startsWith('HTTP/1.1 101')) socket.destroy();
  });
  await once(socket, 'close');
  return text;
}

const upgrade = (...more: readonly string[]) => [
  'GET /mqtt HTTP/1.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ...more,
];
const MQTT = 'Sec-WebSocket-Protocol: mqtt';
const HOST = 'Host: 127.0.0.1:9001';

type Answer = { readonly status: number; readonly words?: string };

const REQUESTS: readonly (readonly [what: string, lines: readonly string[], answer: Answer])[] = [
  ['a program', upgrade(HOST, MQTT), { status: 101 }],
  ['one that offers more', upgrade(HOST, 'Sec-WebSocket-Protocol: other, mqtt'), { status: 101 }],
  ['at the root', ['GET / HTTP/1.1', ...upgrade(HOST, MQTT).slice(1)], { status: 101 }],
  ['a page of this host', upgrade(HOST, MQTT, 'Origin: http://127.0.0.1:8080'), { status: 101 }],
  ['a page that is listed', upgrade(HOST, MQTT, 'Origin: https://scada.plant.example'), { status: 101 }],
  [
    'another page',
    upgrade(HOST, MQTT, 'Origin: https://evil.example'),
    { status: 403, words: 'PENSTOCK_BROKER_WS_ORIGINS' },
  ],
  ['a page without an origin', upgrade(HOST, MQTT, 'Origin: null'), { status: 403 }],
  ['a page whose name leads here', upgrade('Host: evil.example', MQTT, 'Origin: http://evil.example'), { status: 403 }],
  ['one that speaks no MQTT', upgrade(HOST), { status: 400, words: 'subprotocol' }],
  ['one that speaks something like it', upgrade(HOST, 'Sec-WebSocket-Protocol: mqttv3.1'), { status: 400 }],
  ['another path', ['GET /other HTTP/1.1', ...upgrade(HOST, MQTT).slice(1)], { status: 404, words: '/mqtt' }],
  ['a browser that looks', ['GET / HTTP/1.1', HOST], { status: 426, words: 'WebSocket' }],
  ['another upgrade', ['GET / HTTP/1.1', HOST, 'Connection: Upgrade', 'Upgrade: h2c'], { status: 426 }],
  ['no HTTP', ['hello'], { status: 0 }],
];

test.each(REQUESTS)('%s', async (_, lines, { status, words = '' }) => {
  await open({ origins: ['https://scada.plant.example'] });
  const answer = await ask(lines);
  expect(answer).toMatch(status === 0 ? /^$/ : new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain(words);
});

test('headers without end cost no more than 8 KiB', async () => {
  await open();
  const answer = await ask(upgrade(HOST, MQTT, `X-Long: ${'x'.repeat(10_000)}`));
  expect(answer).toBe('');
});
