// What $SYS says, to whom, and who cannot speak there.

import { afterEach, expect, test } from 'vitest';
import { startBareAedes } from '../../../test/support/brokers.ts';
import { PacketClient, publish } from '../../../test/support/packet-client.ts';
import { freePorts } from '../../../test/support/processes.ts';
import { asService } from '../access/test-gate.ts';
import { LimitedBroker } from '../limits/test-limited-broker.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});
const open = async (...limits: Parameters<typeof LimitedBroker.open>) =>
  opened.use(await LimitedBroker.open(...limits));

type Client = Pick<PacketClient, 'next' | 'send'>;

/** Everything up to the answer of a ping, by topic. */
async function read(client: Client, count: number): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (let n = 0; n < count; n++) {
    const { topic, payload, qos } = await client.next('publish');
    expect(qos).toBe(0);
    values.set(topic.replace('$SYS/broker/', ''), String(payload));
  }
  return values;
}

/** As mosquitto 2.0 has them, but for those that it calls deprecated. */
const LOADS = ['messages/received', 'messages/sent', 'publish/received', 'publish/sent', 'publish/dropped']
  .concat(['bytes/received', 'bytes/sent', 'sockets', 'connections'])
  .flatMap((name) => ['1min', '5min', '15min'].map((over) => `load/${name}/${over}`));
const NAMES = [
  ...['version', 'uptime', 'heap/current', 'heap/maximum', 'subscriptions/count', 'retained messages/count'],
  ...['clients/total', 'clients/maximum', 'clients/connected', 'clients/disconnected', 'clients/expired'],
  ...['messages/received', 'messages/sent', 'messages/stored', 'store/messages/count', 'store/messages/bytes'],
  ...['publish/messages/received', 'publish/messages/sent', 'publish/messages/dropped'],
  ...['publish/bytes/received', 'publish/bytes/sent', 'bytes/received', 'bytes/sent'],
  ...LOADS,
];

test('the broker says what goes on, by the names of mosquitto', async () => {
  const broker = await open();
  const away = await broker.connect({ clientId: 'away', clean: false });
  await away.subscribe(['a', 1], ['b', 0]);
  await away.disconnect();
  const writer = await broker.connect({ clientId: 'writer' });
  await writer.subscribe(['c', 0]);
  await writer.publish('a', 'hello');
  await writer.publish('c', 'to itself', { retain: true });
  await writer.next('publish');
  await broker.pass(10_000);
  const reader = await broker.connect({ clientId: 'reader' });
  await reader.subscribe(['$SYS/#', 1]);
  const said = await read(reader, NAMES.length);
  expect([...said.keys()].sort()).toEqual([...NAMES].sort());
  expect(Object.fromEntries(said)).toMatchObject({
    version: expect.stringMatching(/^penstock version \d/),
    uptime: '10 seconds',
    'clients/total': '2',
    'clients/connected': '1',
    'clients/disconnected': '1',
    'clients/expired': '0',
    'clients/maximum': expect.stringMatching(/^[12]$/),
    'subscriptions/count': '3',
    'retained messages/count': '1',
    'store/messages/count': '2',
    'store/messages/bytes': '14',
    // Two CONNECT, two SUBSCRIBE, DISCONNECT, two PUBLISH; and their answers, and one PUBLISH.
    'messages/received': '7',
    'messages/sent': '7',
    'publish/messages/received': '2',
    'publish/messages/sent': '1',
    'publish/messages/dropped': '0',
    'publish/bytes/received': '14',
    'publish/bytes/sent': '9',
    'load/publish/received/1min': (12 * (1 - Math.exp(-1 / 6))).toFixed(2),
    'load/connections/1min': (12 * (1 - Math.exp(-1 / 6))).toFixed(2),
  });
  expect(Number(said.get('bytes/received'))).toBeGreaterThan(50);
  expect(Number(said.get('heap/current'))).toBeGreaterThan(1_000_000);
});

test('only what has changed is said again, nothing of it reaches the disk, and 0s is never', async () => {
  const broker = await open();
  const reader = await broker.connect({ clientId: 'reader' });
  await reader.subscribe(['$SYS/broker/version', 0], ['$SYS/broker/uptime', 0]);
  await broker.pass(0); // what was written when it started is on disk
  const { bytes } = broker.store.ledger.log;
  await broker.pass(10_000);
  await broker.pass(5_000);
  await broker.pass(5_000);
  const [version, first, second] = [await reader.heard(), await reader.heard(), await reader.heard()];
  expect(version).toMatch(/^\$SYS\/broker\/version penstock version \S+ q0$/);
  expect([first, second]).toEqual(['$SYS/broker/uptime 10 seconds q0', '$SYS/broker/uptime 20 seconds q0']);
  expect(broker.store.ledger.log.bytes).toBe(bytes);
  const silent = await open({ sysInterval: 0 });
  const other = await silent.connect({ clientId: 'other' });
  await other.subscribe(['$SYS/#', 0]);
  await silent.pass(3_600_000);
  await other.publish('a', 'x'); // and no word before its PUBACK
});

test('a wildcard at the top does not fit it, and who has no rights there hears nothing', async () => {
  const broker = await open();
  const all = await broker.connect({ clientId: 'all' });
  await all.subscribe(['#', 0], ['+/broker/uptime', 0]);
  const device = await broker.connectDevice(1);
  expect(await device.subscribe(['$SYS/#', 0], ['$SYS/broker/uptime', 0])).toEqual([128, 128]);
  const writer = await broker.connect({ clientId: 'penstock-writer', ...asService('writer') });
  expect(await writer.subscribe(['$SYS/#', 0])).toEqual([128]);
  await broker.pass(10_000);
  await all.publish('a', 'x', { qos: 0 });
  expect(await all.heard()).toBe('a x q0');
});

test('aedes tells whoever listens who connects and what they subscribe to; we do not', async () => {
  const watch = async (watcher: PacketClient, port: number) => {
    await watcher.subscribe(['$SYS/#', 0], ['$SYS/+/new/clients', 0], ['end', 0]);
    const victim = opened.use(await PacketClient.connect(port, { clientId: 'victim' }));
    await victim.subscribe(['secret', 0]);
    await victim.publish('end', '');
    const heard: string[] = [];
    while (heard.at(-1) !== 'end') {
      const { topic, payload } = await watcher.next('publish');
      heard.push(topic === 'end' ? 'end' : `${topic} ${payload}`);
    }
    return heard.filter((each) => each.includes('victim') || each.includes('secret'));
  };
  const [port = 0] = await freePorts(1);
  opened.use(await startBareAedes(port));
  const bare = opened.use(await PacketClient.connect(port, { clientId: 'watcher' }));
  expect((await watch(bare, port)).length).toBeGreaterThan(0);
  const broker = await open();
  expect(await watch(await broker.connect({ clientId: 'watcher' }), broker.port)).toEqual([]);
}, 30_000);

test.each(['$SYS/other/new/clients', '$SYS/other/heartbeat', '$SYS/broker/uptime', '$other', '$SYS'])(
  'nobody can publish to %s, and nobody is kicked by it',
  async (topic) => {
    const broker = await open();
    const victim = await broker.connect({ clientId: 'victim' });
    const attackers = [
      await broker.connect({ clientId: 'attacker' }),
      await broker.connectDevice(1),
      await broker.connect({ clientId: 'penstock-cli', ...asService('cli') }),
    ];
    for (const attacker of attackers) {
      attacker.send(publish({ topic, payload: 'victim', qos: 1, messageId: 1, retain: true }));
      await attacker.closed;
    }
    const will = { topic, payload: Buffer.from('victim'), qos: 1, retain: true } as const;
    await expect(broker.connect({ clientId: 'mortal', will })).rejects.toThrow('refused with 5');
    victim.send({ cmd: 'pingreq' });
    await victim.next('pingresp');
    expect(broker.store.ledger.state.retained.size).toBe(0);
  },
);
