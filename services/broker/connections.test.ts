// Who may connect, how much it may send, and what ends a connection: always that one alone.

import { once } from 'node:events';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { afterEach, expect, test, vi } from 'vitest';
import { PacketClient, publish } from '../../test/support/packet-client.ts';
import { openTestBroker, type TestBroker } from './test-broker.ts';

let opened: AsyncDisposableStack;
const open = async (...options: Parameters<typeof openTestBroker>) => {
  opened = new AsyncDisposableStack();
  return opened.use(await openTestBroker(...options));
};
afterEach(() => opened.disposeAsync());
const connect = async ({ port }: TestBroker, options: Parameters<typeof PacketClient.connect>[1]) =>
  opened.use(await PacketClient.connect(port, options));
const dial = ({ port }: TestBroker) => opened.use(PacketClient.dial(port));
const counted = async (broker: TestBroker, name: string) =>
  Number(new RegExp(`^penstock_${RegExp.escape(name)}\\} (\\d+)$`, 'm').exec(await broker.metrics())?.[1] ?? 0);
const soon = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 10_000, interval: 10 });
const within = async (what: Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await what;
  return performance.now() - startedAt;
};
const CONNECT_FLAGS_AT = 9;
const connectPacket = (clientId: string) =>
  generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 0 });

test('ten strangers who announce 256 MB and drip cost next to nothing, and are gone at once', async () => {
  const broker = await open('is killed and comes back'); // a process of its own, whose memory can be told
  const good = await connect(broker, { clientId: 'good' });
  const memory = async () => {
    const text = await broker.metrics();
    return Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
  };
  await good.subscribe(['a', 0]);
  const before = await memory();
  const drip = Buffer.alloc(64 * 1024);
  const lasted = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const stranger = dial(broker);
      const { socket } = stranger;
      socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
      const pour = () => void (socket.writable && socket.write(drip, pour));
      pour();
      return within(stranger.closed);
    }),
  );
  expect(Math.max(...lasted)).toBeLessThan(6_000);
  await good.publish('a', 'still here', { qos: 0 });
  expect(await good.heard()).toBe('a still here q0');
  expect((await memory()) - before).toBeLessThan(32 * 1024 * 1024);
  expect(await counted(broker, 'broker_clients_lost_total{reason="too long",service="broker"')).toBe(10);
});

test('a packet may be long once the client is let in, and not before', async () => {
  const broker = await open('goes on', { connectBytesMax: 1_000, packetBytesMax: 10_000 });
  const reader = await connect(broker, { clientId: 'reader' });
  await reader.subscribe(['a', 1]);
  await expect(connect(broker, { clientId: 'x'.repeat(1_000) })).rejects.toThrow('ended the connection');
  const writer = await connect(broker, { clientId: 'writer' });
  await writer.publish('a', 'x'.repeat(9_900));
  expect((await reader.heard()).length).toBeGreaterThan(9_900);
  writer.send(publish({ topic: 'a', payload: 'x'.repeat(10_000), qos: 1, messageId: 1 }));
  await writer.closed;
  const other = await connect(broker, { clientId: 'other' });
  await other.publish('a', 'after');
  expect(await reader.heard()).toBe('a after q1');
});

test('who connects and says nothing, or never ends its CONNECT, is gone within 6 s', async () => {
  const broker = await open();
  const [silent, slow] = [dial(broker), dial(broker)];
  const bytes = [...connectPacket('x'.repeat(200))];
  const timer = setInterval(() => {
    const byte = bytes.shift();
    if (byte !== undefined && slow.socket.writable) slow.socket.write(Buffer.from([byte]));
  }, 100);
  const lasted = await Promise.all([within(silent.closed), within(slow.closed)]);
  clearInterval(timer);
  expect(Math.min(...lasted)).toBeGreaterThan(4_000);
  expect(Math.max(...lasted)).toBeLessThan(6_000);
  expect(await counted(broker, 'broker_clients_lost_total{reason="handshake",service="broker"')).toBe(2);
});

test('a client that falls silent for one and a half times its keepalive is ended, and its will published', async () => {
  const broker = await open();
  const will = { topic: 'will', payload: Buffer.from('down'), qos: 1, retain: false } as const;
  const watcher = await connect(broker, { clientId: 'watcher' });
  await watcher.subscribe(['will', 0]);
  const [silent, alive] = await Promise.all([
    connect(broker, { clientId: 'silent', keepalive: 1, will }),
    connect(broker, { clientId: 'alive', keepalive: 1 }),
  ]);
  const timer = setInterval(() => alive.send({ cmd: 'pingreq' }), 500);
  const lasted = await within(silent.closed);
  expect(lasted).toBeGreaterThan(1_300);
  expect(lasted).toBeLessThan(3_000);
  expect(await watcher.heard()).toBe('will down q0');
  for (let i = 0; i < 4; i++) await alive.next('pingresp');
  clearInterval(timer);
  expect(alive.socket.closed).toBe(false);
  await soon(async () => {
    expect(await counted(broker, 'broker_clients_lost_total{reason="silent",service="broker"')).toBe(1);
  });
});

test('a client without a name is let in for a clean session, and refused a kept one', async () => {
  const broker = await open();
  await connect(broker, { clientId: '', clean: true });
  const nameless = dial(broker);
  const bytes = connectPacket('');
  bytes[CONNECT_FLAGS_AT] = 0; // a kept session; mqtt-packet would not write that
  nameless.socket.write(bytes);
  expect(await nameless.next('connack')).toMatchObject({ returnCode: 2, sessionPresent: false });
  await nameless.closed;
});

test('a client that asks for MQTT 5 is told what is spoken here, and is none that was lost', async () => {
  const broker = await open();
  const modern = dial(broker);
  modern.socket.write(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'a', clean: true }));
  expect(await modern.next('connack')).toMatchObject({ returnCode: 1 });
  await modern.closed;
  expect(await broker.metrics()).not.toMatch(/^penstock_broker_clients_lost_total\{/m);
});

test.each<readonly [limit: string, limits: NonNullable<Parameters<typeof openTestBroker>[1]>]>([
  ['total', { connectionsMax: 3 }],
  ['address', { connectionsPerAddressMax: 3 }],
])('connections over the limit (%s) are ended, and there is room again when others go', async (limit, limits) => {
  const broker = await open('goes on', limits);
  const three = await Promise.all(['1', '2', '3'].map((clientId) => connect(broker, { clientId })));
  await dial(broker).closed;
  await dial(broker).closed;
  expect(await counted(broker, `broker_connections_refused_total{limit="${limit}",service="broker"`)).toBe(2);
  await three[0]?.disconnect();
  await soon(async () => void (await connect(broker, { clientId: '4' })));
});

test('1,000 connections at once are all let in, and who is there already is served meanwhile', async () => {
  const broker = await open();
  const good = await connect(broker, { clientId: 'good' });
  let isDone = false;
  const all = Promise.all(Array.from({ length: 1_000 }, (_, n) => connect(broker, { clientId: `${n}` }))).then(() => {
    isDone = true;
  });
  let worst = 0;
  while (!isDone) {
    good.send({ cmd: 'pingreq' });
    worst = Math.max(worst, await within(good.next('pingresp').then(() => {})));
  }
  await all;
  expect(worst).toBeLessThan(1_000);
}, 30_000);

test('what is no MQTT ends its own connection only', async () => {
  const broker = await open();
  const good = await connect(broker, { clientId: 'good' });
  await good.subscribe(['good', 0]);
  const seeds = [
    connectPacket('fuzz'),
    generate(publish({ topic: 'a/b', payload: 'x', qos: 2, messageId: 1 })),
    generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/+', qos: 1 }] }),
    generate({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a/+'] }),
    generate({ cmd: 'pubrel', messageId: 9 }),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x00]),
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { maxLength: 4 }))
    .map(([seed, changes]) => {
      const bytes = Buffer.from(seed);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(mutated, { minLength: 1, maxLength: 5 }), async (isIn, packets) => {
      const stranger = PacketClient.dial(broker.port);
      if (isIn) stranger.socket.write(connectPacket('fuzz'));
      stranger.socket.end(Buffer.concat(packets));
      await stranger.closed;
    }),
    { numRuns: 300 },
  );
  await good.publish('good', 'still here', { qos: 0 });
  expect(await good.heard()).toBe('good still here q0');
}, 60_000);

test('of connections with one id that come at once a single one stays, and those that go at once are not counted', async () => {
  const broker = await open();
  for (let round = 0; round < 20; round++) {
    const first = await connect(broker, { clientId: 'same' });
    await first.subscribe(['a', 1], ['b', 1]); // what a client has subscribed to makes its end take a moment
    const rivals = Array.from({ length: 5 }, () => dial(broker));
    await Promise.all(rivals.map(({ socket }) => once(socket, 'connect')));
    first.send({ cmd: 'pingreq' }); // by its answer the broker has taken all of them
    await first.next('pingresp');
    for (const rival of rivals) rival.socket.write(connectPacket('same'));
    await first.closed;
    await soon(async () => expect(rivals.filter(({ socket }) => !socket.closed)).toHaveLength(1));
  }
  // Some that are gone before they are let in.
  for (let n = 0; n < 50; n++) {
    const hasty = dial(broker);
    if (n % 2 === 0) hasty.socket.end(connectPacket(`hasty-${n}`));
    else hasty.socket.write(connectPacket(`hasty-${n}`), () => hasty.socket.resetAndDestroy());
    await hasty.closed;
  }
  await soon(async () => expect(await counted(broker, 'broker_clients{service="broker"')).toBe(1));
});
