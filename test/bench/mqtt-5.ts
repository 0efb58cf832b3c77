// The hop of ingest's batches through mosquitto, in MQTT 3.1.1, in 5, and in 5 with numbers for topics: our publisher to our
// consumer, over a front that counts bytes and, for 3.1.1, sends MQTT 5 away. Each is a share of 3.1.1 of the same run; the
// rates are of this process as much as of the broker, and the microseconds of CPU that each spent per batch say more.

import { connect, createServer, type Socket } from 'node:net';
import type { Delivery } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { openMqttBus } from '#runtime/mqtt-bus.ts';
import { NO_MOSQUITTO, startMosquitto } from '../support/brokers.ts';
import { findProgram, freePorts, tempFolder } from '../support/processes.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { machineLine } from './machine.ts';
import { median } from './percentile.ts';

const ROUNDS = 5;
const WARM_UP_MS = 500;
const MEASURED_MS = 1_500;
const SHARDS = 64;
/** Batches under way, as ingest's default is. */
const SLOTS = 4;

type Variant = { readonly name: string; readonly version: 4 | 5; readonly isFrequent: boolean };
const VARIANTS: readonly Variant[] = [
  { name: '3.1.1', version: 4, isFrequent: false },
  { name: '5', version: 5, isFrequent: false },
  { name: '5, numbered', version: 5, isFrequent: true },
];
type Measured = { perSecond: number; brokerUs: number; ownUs: number; bytes: number };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** `upBytes` are those that clients sent. */
async function openFront(brokerPort: number, version: 4 | 5) {
  const sockets = new Set<Socket>();
  const front = { upBytes: 0, port: 0 };
  const server = createServer((client) => {
    sockets.add(client);
    client.setNoDelay(true);
    client.on('error', () => {});
    client.once('data', (first: Buffer) => {
      // CONNECT: header, length, name of the protocol in 6 bytes, version. Ours are shorter than 128 bytes.
      if (first.readUInt8(8) > version) {
        client.end(Buffer.from([0x20, 0x02, 0x00, 0x01]));
        return;
      }
      const broker = connect({ port: brokerPort, host: '127.0.0.1', noDelay: true });
      sockets.add(broker);
      broker.on('error', () => {});
      broker.write(first);
      client.on('data', (chunk: Buffer) => {
        front.upBytes += chunk.length;
      });
      client.pipe(broker).pipe(client);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  front.port = (server.address() as { port: number }).port;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(front, { [Symbol.asyncDispose]: close });
}

async function measure(broker: { port: number; pid: number }, variant: Variant, payload: string): Promise<Measured> {
  await using front = await openFront(broker.port, variant.version);
  await using bus = openMqttBus({ url: `mqtt://127.0.0.1:${front.port}`, clientId: 'bench' }, silentLog());
  let count = 0;
  const onDelivery = ({ ack }: Delivery) => {
    count++;
    ack();
  };
  await using consumer = bus.consume({
    clientId: 'bench-in',
    filters: ['points/v1/+'],
    cleanSession: true,
    onDelivery,
  });
  await consumer.ready;
  let isOver = false;
  let shard = 0;
  const slot = async () => {
    while (!isOver) await bus.publish(`points/v1/${shard++ % SHARDS}`, payload, { isFrequent: variant.isFrequent });
  };
  const slots = Promise.all(Array.from({ length: SLOTS }, slot));
  await pause(WARM_UP_MS);
  const own = () => process.cpuUsage().user + process.cpuUsage().system;
  const before = { count, at: performance.now(), cpu: cpuSeconds(broker.pid), own: own(), bytes: front.upBytes };
  await pause(MEASURED_MS);
  const counted = count - before.count;
  const measured = {
    perSecond: (counted * 1_000) / (performance.now() - before.at),
    brokerUs: ((cpuSeconds(broker.pid) - before.cpu) * 1e6) / counted,
    ownUs: (own() - before.own) / counted,
    bytes: (front.upBytes - before.bytes) / counted,
  };
  isOver = true;
  await slots;
  return measured;
}

if (findProgram('mosquitto') === undefined) {
  console.error(NO_MOSQUITTO);
  process.exit(1);
}
using folder = tempFolder();
const [port = 0] = await freePorts(1);
await using mosquitto = await startMosquitto(folder.path, port, [
  'max_inflight_messages 0',
  `max_topic_alias ${SHARDS}`,
]);
const broker = { port, pid: mosquitto.child.pid ?? 0 };
console.log(machineLine());
console.log(`${SLOTS} batches under way, ${SHARDS} topics, medians of ${ROUNDS} rounds\n`);
const line = `reading,area=tank-farm,device=t1,metric=temperature,site=lyon value=81.2 1795355425172`;
for (const lines of [1, 10, 100]) {
  const payload = Array.from({ length: lines }, () => line).join('\n');
  const rounds = VARIANTS.map(() => [] as Measured[]);
  // In turns, so that what else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, variant] of VARIANTS.entries()) rounds[i]?.push(await measure(broker, variant, payload));
  console.log(
    `${lines} points (${payload.length} bytes)   batches/s   broker µs   ours µs   bytes sent   rate of 3.1.1`,
  );
  const rates = rounds.map((each) => median(each.map(({ perSecond }) => perSecond)));
  for (const [i, { name }] of VARIANTS.entries()) {
    const of = (key: keyof Measured) => median((rounds[i] ?? []).map((each) => each[key]));
    const cells = [
      (rates[i] ?? 0).toFixed(0),
      of('brokerUs').toFixed(1),
      of('ownUs').toFixed(1),
      of('bytes').toFixed(0),
    ];
    const ratio = ((rates[i] ?? 0) / (rates[0] ?? 1)).toFixed(2);
    console.log(`  ${name.padEnd(14)}${[...cells, ratio].map((cell) => cell.padStart(13)).join('')}`);
  }
}
