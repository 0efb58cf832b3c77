// Devices through broker, ingest, rules (100 rules) and writer to the historian, each a process of its own.
//   overdriven  as fast as the devices are let: messages a second from the first publish to the last point in the store
//   sustained   the highest offered rate at which nothing is lost and nothing piles up
//   latency     publish to alarm at a subscriber, at 1,000 messages a second and at half of the sustained rate
//   CPU         microseconds of each process per message during the sustained run
// The reference of the run is the broker alone with one subscriber: the rest of the pipeline is printed as a share of it.

import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import mqtt from 'mqtt';
import type { AlarmMessage } from '#domain/alarm.ts';
import { UNBOUND_CLIENTS } from '../support/brokers.ts';
import { startLoad } from '../support/load.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { machineLine } from './machine.ts';
import { percentile } from './percentile.ts';

const DEVICES = 50;
const RULES = 100;
const SUSTAINED_S = 15;
const LATENCY_S = 15;
const PROBES_PER_S = 20;
const IDLE_MS = 1_500;
/** What was offered was carried if the rest arrives within this. */
const DRAIN_S_MAX = 1.5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two rules for each device, a high and a low limit, and one rule without delay that the latency probe trips. */
function writeRules(folder: string): void {
  const write = (id: string, rule: object) =>
    writeFileSync(path.join(folder, `${id}.json`), JSON.stringify({ id, ...rule }));
  for (let i = 0; i < RULES; i++) {
    const device = `d${Math.floor(i / 2)}`;
    const condition = i % 2 === 0 ? { '>': [{ var: 'v' }, 90] } : { '<': [{ var: 'v' }, -90] };
    write(`r${i}`, {
      scope: { devices: [device] },
      inputs: { v: 'temperature' },
      condition,
      deadband: 2,
      onDelay: '2s',
    });
  }
  write('probe', { inputs: { v: 'probe' }, condition: { '>': [{ var: 'v' }, 0] }, ackRequired: false });
}

/** 100 bytes, as the peers in README were measured with. */
function payload(device: number, n: number, ts: number): string {
  const text = `{"ts":${ts},"temperature":${(20 + (n % 100) / 10).toFixed(1)},"pressure":${(1 + device / 100).toFixed(2)}`;
  return `${text},"id":"${'x'.repeat(Math.max(0, 92 - text.length))}"}`;
}
const POINTS_PER_MESSAGE = 3;

const loadOf = (pipeline: Pipeline, qos: 0 | 1, rate: number) =>
  startLoad({
    port: pipeline.brokerPort,
    devices: DEVICES,
    qos,
    rate,
    window: 20,
    from: Date.now() - 3_600_000 * (1 + qos),
    topic: (device) => `plant/v1/bench/hall/d${device}/tele`,
    payload,
  });

const stored = async (pipeline: Pipeline) =>
  Number(
    (
      await pipeline.query('SELECT count("value") FROM "plant"."raw"."reading" WHERE "metric" = \'temperature\'')
    )[0]?.[1] ?? 0,
  );

type Sustained = {
  /** Messages a second from the first publish until the last point was in the store. */
  readonly rate: number;
  readonly sent: number;
  readonly lost: number;
  /** Seconds from the last publish until the last point was in the store. */
  readonly drainS: number;
  readonly cpu: Map<string, number>;
};

async function sustained(qos: 0 | 1, offered: number): Promise<Sustained> {
  await using pipeline = await startPipeline({
    services: ['ingest', 'rules', 'writer'],
    rules: writeRules,
    env: UNBOUND_CLIENTS,
  });
  const pids = [...pipeline.processes].map(([name, { child }]) => [name, child.pid ?? 0] as const);
  const before = new Map(pids.map(([name, pid]) => [name, cpuSeconds(pid)]));
  const startedAt = performance.now();
  await using load = await loadOf(pipeline, qos, offered);
  await pause(SUSTAINED_S * 1_000);
  await load.drain();
  const stoppedAt = performance.now();
  const { sent } = load;
  // The writer says when it has nothing left (for a while: a batch may be between two processes); the store says what it has.
  let idleSince = performance.now();
  await until(
    'the writer to have nothing left',
    async () => {
      const unsent = await pipeline.metric('writer', 'penstock_writer_oldest_unsent_seconds');
      if (unsent > 0 || (await pipeline.metric('writer', 'penstock_writer_in_flight')) > 0)
        idleSince = performance.now();
      return performance.now() - idleSince > IDLE_MS || undefined;
    },
    180_000,
  );
  const cpu = new Map(pids.map(([name, pid]) => [name, ((cpuSeconds(pid) - (before.get(name) ?? 0)) * 1e6) / sent]));
  const lost = sent - (await stored(pipeline));
  return { rate: (sent * 1_000) / (idleSince - startedAt), sent, lost, drainS: (idleSince - stoppedAt) / 1_000, cpu };
}

/** The highest of a falling row of offered rates at which nothing is lost and nothing piles up. */
async function sustainedWithoutLoss(qos: 0 | 1): Promise<Sustained> {
  let result = await sustained(qos, Number.POSITIVE_INFINITY);
  console.log(`  overdriven                     ${describe(result)}`);
  for (let offered = result.rate; result.lost > 0 || result.drainS > DRAIN_S_MAX; offered *= 0.9) {
    result = await sustained(qos, offered);
  }
  return result;
}

/** Messages a second that the broker alone delivers to one QoS 1 subscriber which does nothing. */
async function brokerAlone(qos: 0 | 1): Promise<number> {
  await using pipeline = await startPipeline({ services: [], rules: () => {}, env: UNBOUND_CLIENTS });
  const { MqttConsumer } = await import('#runtime/mqtt-consumer.ts');
  const { silentLog } = await import('#runtime/log.ts');
  let received = 0;
  const onDelivery = ({ ack }: { ack: () => void }) => {
    received++;
    ack();
  };
  const options = { clientId: 'reference', filters: ['plant/#'], cleanSession: true, onDelivery };
  await using consumer = new MqttConsumer({ url: `mqtt://127.0.0.1:${pipeline.brokerPort}` }, options, silentLog());
  await consumer.ready;
  const startedAt = performance.now();
  await using load = await loadOf(pipeline, qos, Number.POSITIVE_INFINITY);
  await pause(SUSTAINED_S * 500);
  await load.drain();
  await until('every message', () => (received >= load.sent ? true : undefined), 60_000);
  return (received * 1_000) / (performance.now() - startedAt);
}

type Latency = { readonly rate: number; readonly p50: number; readonly p99: number; readonly probes: number };

async function latency(qos: 0 | 1, rate: number): Promise<Latency> {
  await using pipeline = await startPipeline({
    services: ['ingest', 'rules', 'writer'],
    rules: writeRules,
    env: UNBOUND_CLIENTS,
  });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${pipeline.brokerPort}`);
  (client.stream as Socket).setNoDelay(true); // its own Nagle would be measured
  const sentAt = new Map<number, number>();
  const took: number[] = [];
  client.on('message', (_, bytes) => {
    const message = bytes.length === 0 ? undefined : (JSON.parse(bytes.toString()) as AlarmMessage);
    const at = sentAt.get(Number(message?.inputs.v?.value));
    if (at !== undefined && message?.state === 'UNACK') took.push(performance.now() - at);
  });
  await client.subscribeAsync('alarm/v1/+/+/probe/+', { qos: 1 });
  await using load = await loadOf(pipeline, qos, rate);
  await pause(2_000);
  for (let i = 1; i <= LATENCY_S * PROBES_PER_S; i++) {
    sentAt.set(i, performance.now());
    client.publish('plant/v1/bench/probe/p/tele', `{"probe":${i}}`, { qos });
    await pause(500 / PROBES_PER_S);
    client.publish('plant/v1/bench/probe/p/tele', '{"probe":-1}', { qos });
    await pause(500 / PROBES_PER_S);
  }
  await load.drain();
  await client.endAsync();
  took.sort((a, b) => a - b);
  return { rate, p50: percentile(took, 0.5), p99: percentile(took, 0.99), probes: took.length };
}

const n = (value: number) => Math.round(value).toLocaleString('en');
function describe({ rate, sent, lost, drainS }: Sustained): string {
  return `${n(rate)} msg/s: ${n(sent)} sent, ${n(lost)} lost, ${drainS.toFixed(1)} s to drain`;
}

console.log(machineLine());
console.log(
  `${DEVICES} devices, 100-byte JSON with ${POINTS_PER_MESSAGE} metrics, ${RULES} rules (2 for each device), historian as store\n`,
);
for (const qos of [0, 1] as const) {
  const reference = await brokerAlone(qos);
  console.log(`QoS ${qos}`);
  console.log(`  broker alone, one subscriber   ${n(reference)} msg/s`);
  const result = await sustainedWithoutLoss(qos);
  console.log(
    `  sustained, nothing lost        ${describe(result)}, ${(result.rate / reference).toFixed(2)} of the broker alone`,
  );
  console.log(
    `  CPU per message                ${[...result.cpu].map(([name, us]) => `${name} ${us.toFixed(1)} µs`).join(', ')}`,
  );
  for (const rate of [1_000, Math.round(result.rate / 2)]) {
    const { p50, p99, probes } = await latency(qos, rate);
    console.log(
      `  alarm latency at ${n(rate).padStart(6)} msg/s   p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${probes} alarms)`,
    );
  }
  console.log('');
}
