// A subscriber that does not keep up, and what the others notice of it. The broker is a process of its own here.

import type { IConnectPacket } from 'mqtt-packet';
import { afterEach, expect, test } from 'vitest';
import { PacketClient, publish } from '../../test/support/packet-client.ts';
import { openTestBroker, type TestBroker } from './test-broker.ts';

let broker: TestBroker;
let opened: AsyncDisposableStack;
const open = async () => {
  opened = new AsyncDisposableStack();
  broker = opened.use(await openTestBroker('is killed and comes back'));
};
afterEach(() => opened.disposeAsync());
const connect = async (clientId: string, options: Partial<IConnectPacket> = {}) =>
  opened.use(await PacketClient.connect(broker.port, { clientId, ...options }));
const kicked = async () =>
  Number(/^penstock_broker_clients_lost_total\{reason="slow".*\} (\d+)$/m.exec(await broker.metrics())?.[1] ?? 0);

/** Publishes `payload` until `isOver`, and tells the longest silence at a healthy subscriber meanwhile, in ms. */
async function longestGap(payload: string, isOver: () => Promise<boolean>): Promise<number> {
  const [reader, writer] = [await connect('reader'), await connect('writer')];
  await reader.subscribe(['a', 0]);
  let [gap, heardAt] = [0, performance.now()];
  const deadline = heardAt + 20_000;
  for (let n = 0; n % 50 !== 0 || !(await isOver()); n++) {
    if (performance.now() > deadline) throw new Error('nobody was cut off in 20 s');
    await writer.publish('a', payload);
    await reader.next('publish');
    gap = Math.max(gap, performance.now() - heardAt);
    heardAt = performance.now();
  }
  return gap;
}

test.each([
  ['at QoS 0', 0, true],
  ['at QoS 1', 1, true],
  ['at QoS 1 with a session', 1, false],
] as const)(
  'a subscriber %s that stops reading is cut off and counted, and the others hardly notice',
  async (_, qos, clean) => {
    await open();
    const frozen = await connect('frozen', { clean });
    await frozen.subscribe(['a', qos]);
    frozen.socket.pause();
    // Its sockets and the mark of 4 MiB must fill first.
    const gap = await longestGap('x'.repeat(64 * 1024), async () => (await kicked()) > 0);
    expect(gap).toBeLessThan(1_000);
    expect(await kicked()).toBe(1);
  },
  40_000,
);

test('a frozen service is cut off as soon as anybody', async () => {
  await open();
  const frozen = await connect('penstock-ingest-in', { clean: false, ...broker.asService('ingest') });
  await frozen.subscribe(['a', 1]);
  frozen.socket.pause();
  const gap = await longestGap('x'.repeat(64 * 1024), async () => (await kicked()) > 0);
  expect(gap).toBeLessThan(1_000);
}, 40_000);

test('a service that lags and shows that it lives is waited for, and misses nothing at QoS 0', async () => {
  await open();
  const slow = await connect('penstock-ingest-in', { clean: false, ...broker.asService('ingest') });
  await slow.subscribe(['a', 1]);
  slow.socket.pause();
  const writer = await connect('writer');
  const other = await connect('other');
  const total = 400; // 25 MB: more than all buffers on the way
  writer.send(...Array.from({ length: total }, () => publish({ topic: 'a', payload: 'x'.repeat(64 * 1024), qos: 0 })));
  // Longer than anybody waits for who stands still.
  for (const until = performance.now() + 1_500; performance.now() < until; ) {
    slow.send({ cmd: 'puback', messageId: 1 }); // of nothing; a ping would be answered among the messages
    other.send({ cmd: 'pingreq' });
    await other.next('pingresp');
  }
  slow.socket.resume();
  for (let n = 0; n < total; n++) await slow.next('publish');
  expect(await kicked()).toBe(0);
}, 40_000);

test('a subscriber that reads and acknowledges nothing is cut off too', async () => {
  await open();
  const mute = await connect('mute');
  await mute.subscribe(['b', 1]);
  const writer = await connect('writer');
  const burst = Array.from({ length: 1_000 }, (_, n) =>
    publish({ topic: 'b', payload: `${n}`, qos: 1, messageId: n + 1 }),
  );
  let isClosed = false;
  void mute.closed.then(() => (isClosed = true));
  for (let n = 0; n < 100 && !isClosed; n++) {
    writer.send(...burst);
    for (let i = 0; i < burst.length; i++) await writer.next('puback');
  }
  await mute.closed;
  expect(await kicked()).toBe(1);
}, 40_000);

test('a session that returns and reads nothing holds up nobody, and gets everything once it reads', async () => {
  await open();
  const first = await connect('returning', { clean: false });
  await first.subscribe(['a', 1]);
  await first.disconnect();
  const writer = await connect('publisher');
  const payload = 'x'.repeat(64 * 1024);
  for (let n = 0; n < 200; n++) await writer.publish('a', payload);
  const second = await connect('returning', { clean: false });
  second.socket.pause();
  let rounds = 0;
  expect(await longestGap(payload, async () => ++rounds > 3)).toBeLessThan(1_000);
  expect(await kicked()).toBe(0);
  await writer.publish('a', 'end');
  second.socket.resume();
  let [count, last] = [0, ''];
  while (last !== 'end') {
    const { payload: bytes, messageId = 0 } = await second.next('publish');
    second.send({ cmd: 'puback', messageId });
    last = bytes.length < 10 ? String(bytes) : '';
    count++;
  }
  expect(count).toBe(200 + 3 * 50 + 1);
}, 40_000);

test('a session is sent no more than it may leave unacknowledged, and the rest in order once it answers', async () => {
  await open();
  const first = await connect('reader', { clean: false });
  await first.subscribe(['a', 1]);
  await first.disconnect();
  const writer = await connect('writer');
  const total = 33_000;
  for (let n = 0; n < total; n += 1_000) {
    writer.send(
      ...Array.from({ length: 1_000 }, (_, i) =>
        publish({ topic: 'a', payload: `${n + i}`, qos: 1, messageId: i + 1 }),
      ),
    );
    for (let i = 0; i < 1_000; i++) await writer.next('puback');
  }
  const second = await connect('reader', { clean: false });
  const ids: number[] = [];
  const read = async (n: number) => {
    const { payload, messageId = 0 } = await second.next('publish');
    expect(String(payload)).toBe(`${n}`);
    ids.push(messageId);
  };
  for (let n = 0; n < 32_768; n++) await read(n);
  // Longer than a live reader may make its publishers wait: nothing more comes, and it is not cut off.
  for (const until = performance.now() + 1_500; performance.now() < until; ) {
    second.send({ cmd: 'pingreq' });
    await second.next('pingresp');
  }
  for (const messageId of ids.splice(0)) second.send({ cmd: 'puback', messageId });
  for (let n = 32_768; n < total; n++) await read(n);
}, 60_000);
