// Acknowledged QoS 1 messages a second of the embedded broker, as a process, beside others under the same generator:
//   penstock          on disk before PUBACK
//   aedes, memory     bare aedes, which keeps nothing: what the same code does without a disk
//   aedes, level      bare aedes on aedes-persistence-level, which acknowledges before it stores; only where installed
//   mosquitto         persistence as Debian ships it: saved every half an hour, not per message; only where installed
// In the first three columns nobody subscribes, so that there is little to keep; in the last one a persistent session reads
// everything along, as ingest does, and what counts is what it has read. Where both shares of a core are near 1, the generator is as slow as the broker, and the microseconds of
// CPU that the broker used per message say more than the rate. `npm run bench -- broker --seconds 2 --only penstock,memory` for a quick look.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Delivery } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { startLoad } from '../support/load.ts';
import { freePorts, type Running, tempFolder } from '../support/processes.ts';
import { type Kind, missing, NAME, START } from './broker-kinds.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { machineLine } from './machine.ts';
import { percentile } from './percentile.ts';

const { values: args } = parseArgs({
  args: process.argv.slice(3),
  options: {
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'penstock,memory,level,mosquitto' },
  },
});
const MEASURED_MS = Number(args.seconds) * 1_000;
/** Code is compiled and sockets are warm by then. */
const WARM_UP_MS = 1_000;

type Shape = { readonly devices: number; readonly window: number; readonly reader?: 'persistent' };
type Speed = { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly cpuUs: number };

const SHAPES: readonly Shape[] = [
  { devices: 50, window: 10 },
  { devices: 1, window: 200 },
  { devices: 1, window: 1 },
  { devices: 50, window: 10, reader: 'persistent' },
];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** 100 bytes, as the pipeline's benchmark sends. */
const payload = (device: number, n: number, ts: number) =>
  `{"ts":${ts},"temperature":${20 + (n % 100) / 10},"device":${device}}`.padEnd(100);

async function startReader(port: number): Promise<AsyncDisposable & { count(): number }> {
  let count = 0;
  const onDelivery = ({ ack }: Delivery) => {
    count++;
    ack();
  };
  const options = { clientId: 'reader', filters: ['plant/#'], cleanSession: false, onDelivery };
  const consumer = new MqttConsumer({ url: `mqtt://127.0.0.1:${port}` }, options, silentLog());
  await consumer.ready;
  return { count: () => count, [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose]() };
}

async function measure({ child }: Running, port: number, { devices, window, reader }: Shape): Promise<Speed> {
  let latencies: number[] = [];
  await using read = reader === undefined ? undefined : await startReader(port);
  await using load = await startLoad({
    port,
    devices,
    qos: 1,
    rate: Number.POSITIVE_INFINITY,
    window,
    from: Date.now(),
    topic: (device) => `plant/v1/bench/hall/d${device}/tele`,
    payload,
    onAcked: (ms) => latencies.push(ms),
  });
  await pause(WARM_UP_MS);
  latencies = [];
  const broker = child.pid ?? 0;
  const count = () => read?.count() ?? load.acked;
  const before = { count: count(), at: performance.now(), cpu: cpuSeconds(broker) };
  await pause(MEASURED_MS);
  const counted = count() - before.count;
  const perSecond = (counted * 1_000) / (performance.now() - before.at);
  const cpuUs = ((cpuSeconds(broker) - before.cpu) * 1e6) / counted;
  latencies.sort((a, b) => a - b);
  const speed = { perSecond, cpuUs, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) };
  await load.drain();
  return speed;
}

async function measureAll(kind: Kind): Promise<Speed[]> {
  using folder = tempFolder();
  mkdirSync(path.join(folder.path, 'mosquitto'), { recursive: true });
  const [port = 0, metricsPort = 0] = await freePorts(2);
  await using broker = await START[kind](folder.path, [port, metricsPort]);
  const speeds: Speed[] = [];
  for (const shape of SHAPES) speeds.push(await measure(broker, port, shape));
  return speeds;
}

console.log(machineLine());
console.log(
  'QoS 1, 100 bytes, connections × unacknowledged messages of each: acks/s, p50 / p99 until PUBACK in ms, CPU of the broker in µs\n',
);
const cell = (text: string) => text.padStart(27);
console.log(
  ''.padEnd(15) +
    SHAPES.map(({ devices, window, reader }) =>
      cell(`${devices} × ${window}${reader === undefined ? '' : ', read'}`),
    ).join(''),
);
const results = new Map<Kind, Speed[]>();
for (const kind of Object.keys(START) as Kind[]) {
  if (!args.only.split(',').includes(kind)) continue;
  const reason = await missing(kind);
  if (reason !== undefined) {
    console.log(`${NAME[kind].padEnd(15)}   left out: ${reason}`);
    continue;
  }
  const speeds = await measureAll(kind);
  results.set(kind, speeds);
  const cells = speeds.map(({ perSecond, p50Ms, p99Ms, cpuUs }) =>
    cell(
      `${Math.round(perSecond).toLocaleString('en')}  ${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)}  ${cpuUs.toFixed(0)}`,
    ),
  );
  console.log(NAME[kind].padEnd(15) + cells.join(''));
}
const ours = results.get('penstock');
if (ours !== undefined && results.size > 1) console.log('\npenstock, as a multiple of');
for (const [kind, theirs] of results) {
  if (ours === undefined || kind === 'penstock') continue;
  const ratios = theirs.map(({ perSecond }, i) => cell(`${((ours[i]?.perSecond ?? 0) / perSecond).toFixed(2)}`));
  console.log(NAME[kind].padEnd(15) + ratios.join(''));
}
