// What is measured of one store. Each measure fails where the store's answers are not right.

import { percentile } from '../percentile.ts';
import { difference, seriesOf } from './answer.ts';
import { ingest, type Pace, steadily } from './ingest.ts';
import type { Plant } from './plants.ts';
import { lastOf } from './questions.ts';
import type { Batches, SampleStream } from './sample-stream.ts';
import type { Store } from './store.ts';
import type { Row } from './table.ts';

/** The stream that the batches are a piece of knows what a store has to hold after them. */
export type Piece = { readonly plant: Plant; readonly batches: Batches; readonly stream: SampleStream };

const MEGABYTE = 2 ** 20;
const REOPENED_WITHIN_MS = 120_000;
const REOPENED_EVERY_MS = 5;

export async function measureIngest(store: Store, { plant, batches, stream }: Piece): Promise<Row[]> {
  await store.createDatabase(plant.database);
  const before = { store: store.cpuSeconds(), client: process.cpuUsage() };
  const { seconds, lines } = await ingest(store, plant.database, batches);
  const perLine = (cpuS: number) => (cpuS * 1e6) / lines;
  const cpuAtOnce = perLine(store.cpuSeconds() - before.store);
  const client = process.cpuUsage(before.client);
  await store.settled();
  const cpuSettled = perLine(store.cpuSeconds() - before.store);
  await checkHeld(store, plant, stream);
  return [
    ['lines/s', lines / seconds],
    ['CPU until the last answer, µs/line', cpuAtOnce, 2],
    ['CPU until sealed or compacted, µs/line', cpuSettled, 2],
    ["the client's own CPU, µs/line", perLine((client.user + client.system) / 1e6), 2],
    ['peak memory, MB', store.peakMegabytes()],
    ...(await sizeRows(store, stream.distinct)),
  ];
}

/** Not measured: resolves when it has the samples and is done with them. */
export async function fill(store: Store, { plant, batches, stream }: Piece): Promise<void> {
  await store.createDatabase(plant.database);
  await ingest(store, plant.database, batches);
  await store.settled();
  await checkHeld(store, plant, stream);
}

/** What a store takes on the disk that holds so many samples, and nothing else. */
export async function sizeRows(store: Store, samples: number): Promise<Row[]> {
  const { all, log } = store.diskBytes();
  const unsealed = await store.unsealed();
  return [
    ['bytes/point on the disk', all / samples, 2],
    ['  without its log, per sealed point', (all - log) / (samples - unsealed), 2],
    ['  log, MB', log / MEGABYTE, 1],
    ['  in the log only, share of the points', unsealed / samples, 3],
  ];
}

export async function measureStalls(store: Store, batches: Batches, pace: Pace): Promise<Row[]> {
  const { writesMs, queriesMs, clientMs } = await steadily(store, batches, pace);
  return [
    ['write, ms: p50', percentile(writesMs, 0.5), 1],
    ['           p99', percentile(writesMs, 0.99), 1],
    ['           longest', percentile(writesMs, 1), 1],
    ['light query, ms: p50', percentile(queriesMs, 0.5), 1],
    ['                 p99', percentile(queriesMs, 0.99), 1],
    ['                 longest', percentile(queriesMs, 1), 1],
    ['the client itself stood still, ms: longest', clientMs, 1],
  ];
}

/** Killed when the last write is acknowledged, and asked from then on until it gives the right answer. */
export async function measureReopen(store: Store, { plant, batches, stream }: Piece): Promise<Row[]> {
  await ingest(store, plant.database, batches);
  const peak = store.peakMegabytes();
  await store.kill();
  const startedAt = performance.now();
  await store.start();
  using client = store.client();
  for (;;) {
    const answer = await client.query(lastOf(plant)).catch(() => '');
    if (answer !== '' && isNewest(answer, stream)) break;
    if (performance.now() - startedAt > REOPENED_WITHIN_MS)
      throw new Error(`${store.kind} did not answer rightly within ${REOPENED_WITHIN_MS} ms after it was killed`);
    await new Promise((resolve) => setTimeout(resolve, REOPENED_EVERY_MS));
  }
  const reopenedS = (performance.now() - startedAt) / 1_000;
  await checkHeld(store, plant, stream);
  return [
    ['from its start to the right answer, s', reopenedS, 2],
    ['peak memory until it was killed, MB', peak],
    ['peak memory since, MB', store.peakMegabytes()],
  ];
}

/** @throws Error where a store does not hold just what it acknowledged */
async function checkHeld(store: Store, plant: Plant, stream: SampleStream): Promise<void> {
  using client = store.client();
  const [counted] = seriesOf(await client.query(`SELECT count("value") FROM "${plant.database}"."raw"."reading"`));
  const held = counted?.values[0]?.[1];
  if (held !== stream.distinct)
    throw new Error(`${store.kind} holds ${held} samples where it acknowledged ${stream.distinct}`);
  if (!isNewest(await client.query(lastOf(plant)), stream))
    throw new Error(`${store.kind} does not answer the newest sample of each series`);
}

function isNewest(answer: string, stream: SampleStream): boolean {
  const found = seriesOf(answer).map(({ tags, values: [row] }) => [`${tags?.device} ${tags?.metric}`, row] as const);
  return difference(Object.fromEntries(found), Object.fromEntries(stream.newest())) === undefined;
}
