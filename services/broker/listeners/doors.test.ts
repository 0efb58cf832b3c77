// What holds at every door: TCP, TLS, WebSocket, secure WebSocket.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { DOORS, type Door, dial } from '../../../test/support/dial.ts';
import { publish } from '../../../test/support/packet-client.ts';
import { type BrokerProcess, openTestListeners, startTestListeners, type TestListeners } from './test-listeners.ts';

const within = async (what: Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await what;
  return performance.now() - startedAt;
};

describe('in this process', () => {
  let broker: TestListeners;
  const open = async (...options: Parameters<typeof openTestListeners>) => {
    broker = await openTestListeners(...options);
  };
  afterEach(() => broker[Symbol.asyncDispose]());

  test.each(DOORS)('%s carries messages of every size, and a goodbye ends it without a will', async (door) => {
    await open();
    const will = { topic: 'a', payload: Buffer.from('the will'), qos: 0, retain: false } as const;
    const reader = await broker.dial('tcp').letIn({ clientId: 'reader' });
    await reader.subscribe(['a', 2]);
    const client = await broker.dial(door).letIn({ clientId: 'client', will });
    await client.subscribe(['b', 0]);
    for (const [qos, length] of [
      [0, 0],
      [1, 1],
      [2, 125],
      [1, 65_536],
      [2, 262_000],
    ] as const) {
      await client.publish('a', 'x'.repeat(length), { qos });
      const { payload, messageId = 0 } = await reader.next('publish');
      expect(payload.length).toBe(length);
      if (qos === 1) reader.send({ cmd: 'puback', messageId });
      if (qos === 2) {
        reader.send({ cmd: 'pubrec', messageId });
        await reader.next('pubrel');
        reader.send({ cmd: 'pubcomp', messageId });
      }
      await reader.publish('b', 'y'.repeat(length), { qos: 0 });
      expect((await client.next('publish')).payload.length).toBe(length);
    }
    await client.disconnect();
    await reader.publish('a', 'end', { qos: 0 });
    expect(await reader.heard()).toBe('a end q0');
  });

  test.each(DOORS)('%s tells a client why it is not let in', async (door) => {
    await open();
    const nameless = broker.dial(door);
    nameless.socket.write(Buffer.from('100c00044d51545404000000' + '0000', 'hex')); // a session to be kept, and no name
    expect(await nameless.next('connack')).toMatchObject({ returnCode: 2 });
    await nameless.closed;
  });

  test.each(DOORS)('at %s a packet is as long as the settings allow', async (door) => {
    await open({ limits: { connectBytesMax: 1_000, packetBytesMax: 10_000 } });
    const stranger = broker.dial(door);
    await expect(stranger.letIn({ clientId: 'x'.repeat(1_000) })).rejects.toThrow('ended the connection');
    const client = await broker.dial(door).letIn({ clientId: 'client' });
    await client.publish('a', 'x'.repeat(9_900));
    client.send(publish({ topic: 'a', payload: 'x'.repeat(10_000), qos: 1, messageId: 1 }));
    await client.closed;
  });

  test.each(DOORS.filter((door) => door !== 'tcp'))('who drips its way into %s has 5 s for all of it', async (door) => {
    await open();
    const socket = dial('tcp', broker.ports[door]);
    const first = door === 'ws' ? Buffer.from('GET /mqtt HTTP/1.1\r\nHost: a\r\n') : CLIENT_HELLO;
    let sent = 0;
    const timer = setInterval(() => {
      if (sent < first.length - 1 && socket.writable) socket.write(first.subarray(sent, ++sent));
    }, 60);
    socket.on('error', () => {});
    const lasted = await within(new Promise((resolve) => socket.once('close', () => resolve())));
    clearInterval(timer);
    expect(lasted).toBeGreaterThan(4_000);
    expect(lasted).toBeLessThan(6_000);
    expect(await broker.counted(`broker_handshakes_failed_total{listener="${door}",reason="late"}`)).toBe(1);
  });

  test.each(DOORS.filter((door) => door !== 'tcp'))(
    'who says nothing behind the door of %s has the rest of them',
    async (door) => {
      await open();
      const silent = broker.dial(door);
      const lasted = await within(silent.closed);
      expect(lasted).toBeGreaterThan(4_000);
      expect(lasted).toBeLessThan(6_000);
    },
  );

  test('the limits hold over all doors together', async () => {
    await open({ limits: { connectionsPerAddressMax: 4 } });
    const four = await Promise.all(DOORS.map((door) => broker.dial(door).letIn({ clientId: door })));
    for (const door of DOORS) await broker.dial(door).closed;
    expect(await broker.counted('broker_connections_refused_total{limit="address"}')).toBe(4);
    await four[2]?.disconnect();
    await vi.waitFor(async () => void (await broker.dial('wss').letIn({ clientId: 'again' })), { timeout: 5_000 });
  });
});

/** The beginning of any TLS 1.2 or 1.3 client, as far as a server waits for the rest of it. */
const CLIENT_HELLO = Buffer.from('1603010200010001fc0303', 'hex');

describe('as a process of its own', () => {
  let broker: BrokerProcess;
  beforeAll(async () => {
    broker = await startTestListeners();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  /** Publishes until `isOver`, and tells the longest silence at a healthy subscriber meanwhile, ms. */
  async function longestGap(isOver: () => Promise<boolean>): Promise<number> {
    const reader = await broker.dial('tcp').letIn({ clientId: 'reader' });
    const writer = await broker.dial('tcp').letIn({ clientId: 'writer' });
    await reader.subscribe(['a', 0]);
    const payload = 'x'.repeat(64 * 1024);
    let [gap, heardAt] = [0, performance.now()];
    const deadline = heardAt + 20_000;
    for (let n = 0; n % 50 !== 0 || !(await isOver()); n++) {
      if (performance.now() > deadline) throw new Error('nobody was cut off in 20 s');
      await writer.publish('a', payload);
      await reader.next('publish');
      gap = Math.max(gap, performance.now() - heardAt);
      heardAt = performance.now();
    }
    await Promise.all([reader.disconnect(), writer.disconnect()]);
    return gap;
  }

  test.each(DOORS)(
    'a subscriber at %s that stops reading is cut off and counted, and others hardly notice',
    async (door) => {
      const before = await broker.metric('penstock_broker_clients_lost_total');
      const frozen = await broker.dial(door).letIn({ clientId: 'frozen' });
      await frozen.subscribe(['a', 1]);
      frozen.socket.pause();
      const cutOff = async () => (await broker.metric('penstock_broker_clients_lost_total')) > before;
      expect(await longestGap(cutOff)).toBeLessThan(5_000); // with aedes alone 55 s
      await vi.waitFor(async () => expect(await broker.metric('penstock_broker_clients')).toBe(0), { timeout: 5_000 });
    },
  );

  test.each(DOORS)(
    'a service at %s that lags and shows that it lives is waited for, and misses nothing',
    async (door) => {
      const before = await broker.metric('penstock_broker_clients_lost_total');
      const slow = await broker.dial(door).letIn({ clientId: 'penstock-ingest-in', clean: false, ...broker.asIngest });
      await slow.subscribe(['c', 0]);
      slow.socket.pause();
      const writer = await broker.dial('tcp').letIn({ clientId: 'writer' });
      const total = 400; // 25 MB: more than all buffers on the way
      writer.send(...Array.from({ length: total }, () => publish({ topic: 'c', payload: 'x'.repeat(65_536), qos: 0 })));
      // Longer than anybody waits for who stands still.
      for (const end = performance.now() + 1_500; performance.now() < end; ) {
        slow.send({ cmd: 'puback', messageId: 1 });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      slow.socket.resume();
      for (let n = 0; n < total; n++) await slow.next('publish');
      expect(await broker.metric('penstock_broker_clients_lost_total')).toBe(before);
      await Promise.all([slow.disconnect(), writer.disconnect()]);
    },
  );

  test.each(DOORS)('at %s ten strangers who announce a giant packet and pour cost next to nothing', async (door) => {
    const good = await broker.dial(door).letIn({ clientId: 'good' });
    await good.subscribe(['g', 0]);
    const before = await broker.metric('process_resident_memory_bytes');
    const lasted = await Promise.all(Array.from({ length: 10 }, () => pour(broker, door)));
    expect(Math.max(...lasted)).toBeLessThan(6_000);
    await good.publish('g', 'still here', { qos: 0 });
    expect(await good.heard()).toBe('g still here q0');
    expect((await broker.metric('process_resident_memory_bytes')) - before).toBeLessThan(50 * 1024 * 1024);
    await good.disconnect();
  });
});

/** Announces a CONNECT of 256 MB and sends what it can of it. @returns how long the broker let it, ms */
async function pour(broker: BrokerProcess, door: Door): Promise<number> {
  const stranger = broker.dial(door);
  const drip = Buffer.alloc(8 * 1024); // short enough for a first message of a WebSocket
  stranger.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
  const more = () => void (stranger.socket.writable && stranger.socket.write(drip, more));
  more();
  return within(stranger.closed);
}
