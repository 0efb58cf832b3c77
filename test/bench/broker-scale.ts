// The embedded broker with very much to keep and very many who return, beside mosquitto under the same clients:
//   retained   a million retained topics: one exact subscribe, everything at once, everybody else's ping, memory, restart
//   storm      5,000 clients with retained wills drop and return: until all are back, and everybody else's ping
// `npm run bench -- broker-scale --topics 50000 --clients 500 --only penstock` for a quick look.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startLoad } from '../support/load.ts';
import { PacketClient } from '../support/packet-client.ts';
import { freePorts, tempFolder } from '../support/processes.ts';
import { type Kind, missing, NAME, type Ports, START } from './broker-kinds.ts';
import { machineLine } from './machine.ts';
import { memoryMegabytes } from './memory.ts';
import { percentile } from './percentile.ts';

const { values: args } = parseArgs({
  args: process.argv.slice(3),
  options: {
    topics: { type: 'string', default: '1000000' },
    clients: { type: 'string', default: '5000' },
    only: { type: 'string', default: 'penstock,mosquitto' },
  },
});
const TOPICS = Number(args.topics);
const CLIENTS = Number(args.clients);
const PUBLISHERS = 50;
const SUBSCRIBES = 500;
const STORM_S_MAX = 120;
const PING_EVERY_MS = 2;

const n = (value: number) => Math.round(value).toLocaleString('en');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const seconds = (since: number) => ((performance.now() - since) / 1_000).toFixed(1);
const topicOf = (publisher: number, i: number) => `plant/v1/site/hall-${publisher}/d${i}/status`;

/** Asks without pause until `what` is over, and tells the longest wait for an answer in ms. */
async function worstPingDuring(port: number, what: Promise<unknown>): Promise<number> {
  using pinger = await PacketClient.connect(port, { clientId: 'pinger', waitMs: STORM_S_MAX * 1_000 });
  let isOver = false;
  void what.finally(() => (isOver = true)).catch(() => {}); // whoever waits for it hears of it
  let worst = 0;
  while (!isOver) {
    const at = performance.now();
    pinger.send({ cmd: 'pingreq' });
    await pinger.next('pingresp');
    worst = Math.max(worst, performance.now() - at);
    await pause(PING_EVERY_MS);
  }
  return worst;
}

async function publishAll(port: number): Promise<string> {
  const startedAt = performance.now();
  await using load = await startLoad({
    port,
    devices: PUBLISHERS,
    qos: 1,
    rate: Number.POSITIVE_INFINITY,
    window: 20,
    from: 0,
    retain: true,
    each: TOPICS / PUBLISHERS,
    topic: topicOf,
    payload: (publisher, i) => `{"status":"online","publisher":${publisher},"n":${i}}`,
  });
  await load.done();
  return seconds(startedAt);
}

/** How long one subscribe to one topic takes until its retained message is there, in ms, sorted. */
async function exactSubscribes(port: number): Promise<number[]> {
  using reader = await PacketClient.connect(port, { clientId: 'reader', waitMs: STORM_S_MAX * 1_000 });
  const took: number[] = [];
  for (let i = 0; i < SUBSCRIBES; i++) {
    const at = performance.now();
    await reader.subscribe([topicOf(i % PUBLISHERS, (i * 7_919) % (TOPICS / PUBLISHERS)), 0]);
    await reader.next('publish');
    took.push(performance.now() - at);
  }
  return took.sort((a, b) => a - b);
}

/** Everything by `#`. The packets are counted and not parsed: the pinger lives in this process too. */
async function subscribeToAll(port: number): Promise<string> {
  const startedAt = performance.now();
  using reader = await PacketClient.connect(port, { clientId: 'everything', waitMs: STORM_S_MAX * 1_000 });
  await reader.subscribe(['none', 0]);
  reader.socket.removeAllListeners('data');
  let count = 0;
  let rest = Buffer.alloc(0);
  const all = new Promise<void>((resolve, reject) => {
    reader.socket.once('close', () => reject(new Error(`the connection ended after ${count} of ${TOPICS} messages`)));
    reader.socket.on('data', (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      // All packets of this benchmark are shorter than 16 kB: one or two bytes of length.
      for (;;) {
        const isLong = ((bytes[at + 1] ?? 0) & 0x80) !== 0;
        if (at + (isLong ? 3 : 2) > bytes.length) break;
        const body = isLong ? ((bytes[at + 1] ?? 0) & 0x7f) + (bytes[at + 2] ?? 0) * 128 : (bytes[at + 1] ?? 0);
        const end = at + (isLong ? 3 : 2) + body;
        if (end > bytes.length) break;
        if (((bytes[at] ?? 0) & 0xf0) === 0x30) count++;
        at = end;
      }
      rest = bytes.subarray(at);
      if (count >= TOPICS) resolve();
    });
  });
  reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'plant/#', qos: 0 }] });
  await all;
  return seconds(startedAt);
}

/** Each connects with a retained will and subscribes to its commands; the seconds until the last has, and who failed. */
async function connectAll(port: number): Promise<{ clients: PacketClient[]; took: string; failed: string }> {
  const startedAt = performance.now();
  const results = await Promise.allSettled(
    Array.from({ length: CLIENTS }, async (_, i) => {
      const will = { topic: `plant/v1/storm/hall/d${i}/status`, payload: Buffer.from('offline'), qos: 1, retain: true };
      const options = { clientId: `storm-${i}`, will: { ...will, qos: 1 as const }, waitMs: STORM_S_MAX * 1_000 };
      const client = await PacketClient.connect(port, options);
      await client.subscribe([`plant/v1/storm/hall/d${i}/cmd`, 1]);
      return client;
    }),
  );
  const clients = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const [reason] = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  const failed = `${CLIENTS - clients.length} failed${reason === undefined ? '' : ` (${reason})`}`;
  return { clients, took: seconds(startedAt), failed };
}

async function retained(kind: Kind, folder: string, ports: Ports): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await START[kind](folder, ports));
  const [port] = ports;
  console.log(
    `  ${n(TOPICS)} retained messages         published in ${await publishAll(port)} s, RSS ${n(memoryMegabytes(broker, 'VmRSS'))} MB`,
  );
  const exact = await exactSubscribes(port);
  console.log(
    `  exact subscribe                    p50 ${percentile(exact, 0.5).toFixed(1)} ms, p99 ${percentile(exact, 0.99).toFixed(1)} ms`,
  );
  const all = subscribeToAll(port);
  const worst = await worstPingDuring(port, all);
  console.log(
    `  all of them by one subscribe       ${await all} s; the others' worst ping ${n(worst)} ms, RSS ${n(memoryMegabytes(broker, 'VmRSS'))} MB`,
  );
  if (kind !== 'penstock') return;
  await broker.kill();
  const startedAt = performance.now();
  stack.use(await START[kind](folder, ports));
  console.log(`  ready again after kill -9          ${seconds(startedAt)} s`);
}

async function storm(kind: Kind, folder: string, ports: Ports): Promise<void> {
  await using _broker = await START[kind](folder, ports);
  const [port] = ports;
  const first = await connectAll(port);
  console.log(`  ${n(CLIENTS)} clients with retained wills  connected in ${first.took} s, ${first.failed}`);
  for (const client of first.clients) client.socket.destroy();
  const returning = connectAll(port);
  const worst = await worstPingDuring(port, returning);
  const { took, failed, clients } = await returning;
  console.log(`  dropped, and all back in           ${took} s, ${failed}; the others' worst ping ${n(worst)} ms`);
  for (const client of clients) client.socket.destroy();
}

console.log(machineLine());
for (const kind of Object.keys(START) as Kind[]) {
  if (!args.only.split(',').includes(kind)) continue;
  const reason = await missing(kind);
  console.log(`\n${NAME[kind]}${reason === undefined ? '' : `: left out, ${reason}`}`);
  if (reason !== undefined) continue;
  for (const part of [retained, storm]) {
    using folder = tempFolder();
    mkdirSync(path.join(folder.path, 'mosquitto'), { recursive: true });
    const [port = 0, metricsPort = 0] = await freePorts(2);
    await part(kind, folder.path, [port, metricsPort]);
  }
}
