import { afterEach, expect, test } from 'vitest';
import { MemoryAudit } from '#runtime/audit-log/memory-audit.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { brokerSection } from '#runtime/sections.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { PacketClient, publish } from '../../test/support/packet-client.ts';
import { asService, openTestGate } from './access/test-gate.ts';
import { type Broker, openBroker } from './aedes.ts';
import type { StoreOptions } from './persistence/store.ts';
import { openTestStore } from './persistence/test-store.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

/** With a second that lasts a tenth. */
async function open(options: Partial<StoreOptions> = {}): Promise<Broker> {
  const store = opened.use(await openTestStore(options));
  const limits = brokerSection.parse({});
  const metrics = new Metrics('broker');
  const listeners = { plans: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] } as const;
  const parts = {
    listeners,
    limits,
    store,
    gate: openTestGate(),
    audit: new MemoryAudit(),
    now: () => 0,
    log: silentLog(),
    metrics,
  };
  const broker = opened.use(await openBroker(parts));
  const timer = setInterval(() => broker.tick(), 100);
  opened.defer(() => clearInterval(timer));
  return broker;
}

type Options = Partial<Parameters<typeof PacketClient.connect>[1]>;
const connect = async ({ port }: Broker, clientId: string, options: Options = {}) =>
  opened.use(await PacketClient.connect(port, { ...options, clientId }));

/** Pings for longer than its keepalive of a second would let it be silent. */
async function staysConnected(client: PacketClient): Promise<void> {
  for (let i = 0; i < 8; i++) {
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

test('a full disk acknowledges nothing, but nobody is cut off as silent; all is acknowledged when there is room', async () => {
  const files = new PowerCutFiles();
  const broker = await open({ files });
  const [device, reader] = [await connect(broker, 'device', { keepalive: 1 }), await connect(broker, 'reader')];
  await reader.subscribe(['a', 1]);
  files.bytesFree = 0;
  device.send(...[1, 2, 3].map((messageId) => publish({ topic: 'a', payload: `${messageId}`, qos: 1, messageId })));
  await staysConnected(device);
  await expect(PacketClient.connect(broker.port, { clientId: 'keeper', clean: false })).rejects.toThrow(
    'refused with 3',
  );
  await connect(broker, 'passer-by');
  files.bytesFree = Number.POSITIVE_INFINITY;
  for (const messageId of [1, 2, 3]) expect((await device.next('puback')).messageId).toBe(messageId);
  for (const text of ['1', '2', '3']) expect(await reader.heard()).toBe(`a ${text} q1`);
  await connect(broker, 'keeper', { clean: false });
}, 30_000);

test("a publisher that waits for room in a service's queue is not cut off as silent", async () => {
  const broker = await open({ services: { messages: 2, bytes: 1e9 } });
  const service = await connect(broker, 'penstock-ingest-in', { clean: false, ...asService('ingest') });
  await service.subscribe(['a', 1]);
  const device = await connect(broker, 'device', { keepalive: 1 });
  device.send(...[1, 2, 3, 4].map((messageId) => publish({ topic: 'a', payload: `${messageId}`, qos: 1, messageId })));
  for (const messageId of [1, 2]) expect((await device.next('puback')).messageId).toBe(messageId);
  await staysConnected(device);
  for (let n = 1; n <= 4; n++) {
    const { payload, messageId = 0 } = await service.next('publish');
    expect(String(payload)).toBe(`${n}`);
    service.send({ cmd: 'puback', messageId });
  }
  for (const messageId of [3, 4]) expect((await device.next('puback')).messageId).toBe(messageId);
}, 30_000);

test('what is on disk reaches those who are connected, also where its publisher was gone before PUBACK', async () => {
  const broker = await open();
  const reader = await connect(broker, 'reader');
  await reader.subscribe(['a', 2]);
  const witness = await connect(broker, 'witness');
  for (let n = 0; n < 20; n++) {
    const qos = n % 2 === 0 ? 1 : 2;
    const device = await connect(broker, `device-${n}`);
    device.send(publish({ topic: 'a', payload: `${n}`, qos, messageId: 1 }));
    // What it sent is read before its end is.
    device.socket.end();
    await device.closed;
    await witness.publish('a', `after ${n}`);
    expect(await reader.heard()).toBe(`a ${n} q${qos}`);
    expect(await reader.heard()).toBe(`a after ${n} q1`);
  }
}, 30_000);
