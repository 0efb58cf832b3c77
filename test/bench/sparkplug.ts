// What a metric of Sparkplug B costs on its way from its bytes to lines of a batch: decoded, known by its alias or its name from the
// birth, put in order, checked, written as a line. Many edge nodes with a device each; the broker and the disk are left out.

import { type SparkplugMessage, sparkplugTopics } from '#domain/sparkplug-topic.ts';
import type { Ingest } from '../../services/ingest/ingest.ts';
import { loneIngest } from '../../services/ingest/lone-ingest.ts';
import { type TahuMetric, tahuEncode } from '../../services/ingest/sparkplug/test-tahu.ts';
import { threadCpuSeconds } from './cpu-seconds.ts';
import { machineLine } from './machine.ts';

const NODES = 100;
const NOW = 1_795_355_425_172;
const ROUNDS = 5;
const METRICS = 400_000;
const TYPES = ['Double', 'Int32', 'Boolean', 'Float'] as const;

let sink = 0;

type Row = { readonly name: string; readonly perMessage: number; readonly isByName: boolean };

const ROWS: readonly Row[] = [
  { name: 'aliases, 4 a message', perMessage: 4, isByName: false },
  { name: 'aliases, 50 a message', perMessage: 50, isByName: false },
  { name: 'names, 50 a message', perMessage: 50, isByName: true },
];

function metricsOf(count: number, n: number, isByName: boolean): TahuMetric[] {
  return Array.from({ length: count }, (_, i) => {
    const type = TYPES[i % TYPES.length] ?? 'Double';
    const value = type === 'Boolean' ? (n + i) % 2 === 0 : type === 'Double' ? n + i / 8 : n + i;
    const who = isByName ? { name: `Line/Motor ${i}/Speed` } : { alias: i + 1 };
    return { ...who, type, value, timestamp: NOW + n };
  });
}

function openHost(): { ingest: Ingest; counts: { points: number; refused: number } } {
  const counts = { points: 0, refused: 0 };
  const { ingest } = loneIngest({
    ...{ now: () => NOW + 1_000_000, reorderMs: 2_000 },
    onLines: (lines) => {
      sink += lines.length;
    },
    onPoints: (count) => {
      counts.points += count;
    },
    onRefusal: () => counts.refused++,
    onRebirth: () => counts.refused++,
  });
  return { ingest, counts };
}

type Message = { readonly topic: string; readonly payload: Buffer };

function messageOf(type: SparkplugMessage, node: number, payload: Parameters<typeof tahuEncode>[0]): Message {
  const device = type.startsWith('D') ? 'press' : null;
  const topic = sparkplugTopics.message(type, { group: 'lyon', edge: `line-${node}`, device });
  return { topic, payload: tahuEncode(payload) };
}

function births({ perMessage, isByName }: Row): Message[] {
  return Array.from({ length: NODES }, (_, node) => {
    const named = metricsOf(perMessage, 0, true).map((each, i) => (isByName ? each : { ...each, alias: i + 1 }));
    return [
      messageOf('NBIRTH', node, { timestamp: NOW, seq: 0, metrics: [{ name: 'bdSeq', type: 'Int64', value: 0 }] }),
      messageOf('DBIRTH', node, { timestamp: NOW, seq: 1, metrics: named }),
    ];
  }).flat();
}

const ack = () => {};

async function spentOn(ingest: Ingest, messages: readonly Message[]): Promise<number> {
  const from = threadCpuSeconds();
  for (const [i, { topic, payload }] of messages.entries()) {
    ingest.take({ topic, payload, qos: 0, retained: false, ack });
    if (i % 100 === 99) await Promise.resolve();
  }
  await new Promise((resolve) => setImmediate(resolve));
  return threadCpuSeconds() - from;
}

console.log(`${machineLine()}; ${NODES} edge nodes`);
console.log(`\n${''.padEnd(24)}${['messages/s', 'metrics/s', 'µs/metric'].map((each) => each.padStart(16)).join('')}`);
for (const row of ROWS) {
  const { ingest, counts } = openHost();
  const perRound = Math.ceil(METRICS / row.perMessage / NODES) * NODES;
  await spentOn(ingest, births(row));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0, n = 1; round < ROUNDS; round++) {
    let spent = 0;
    // Made a stretch at a time, so that what waits to be measured does not fill the heap.
    for (let done = 0; done < perRound; done += NODES, n++) {
      const metrics = metricsOf(row.perMessage, n, row.isByName);
      const payload = { timestamp: NOW + n, seq: (n + 1) % 256, metrics };
      spent += await spentOn(
        ingest,
        Array.from({ length: NODES }, (_, node) => messageOf('DDATA', node, payload)),
      );
    }
    best = Math.min(best, spent);
  }
  const expected = NODES * row.perMessage + ROUNDS * perRound * row.perMessage;
  if (counts.points !== expected || counts.refused > 0) {
    throw new Error(`${row.name}: ${counts.points} points of ${expected}, ${counts.refused} refused`);
  }
  const cells = [perRound / best, (perRound * row.perMessage) / best].map((each) =>
    Math.round(each).toLocaleString('en'),
  );
  cells.push(((best / perRound / row.perMessage) * 1e6).toFixed(2));
  console.log(`${row.name.padEnd(24)}${cells.map((cell) => cell.padStart(16)).join('')}`);
}
if (sink === 0) throw new Error('nothing was written');
