// The historian beside InfluxDB 1.6.7 (`influxd`, from Debian), each a process of its own, over HTTP with the same client and
// the same data: 500 series, a sample every two seconds, one percent late, one percent sent again with another value.
//   ingest    lines a second, CPU of the store per line, memory, bytes on the disk when it has sealed or compacted everything
//   queries   what dashboards ask, until the whole answer was read; every answer has to be the same from both
//   stalls    writes and a light query while 50,000 lines a second come in steadily
//   reopen    kill -9 right after the last acknowledged write, until the first right answer
//   sizes     bytes per point also of times that jitter and of float32 values
// Both sync their log before they answer a write. `npm run bench -- historian --points 1000000 --stall-seconds 10` for a quick
// look; `--only historian` where there is no InfluxDB, `--parts ingest,queries` for less (ingest is always done).

import { parseArgs } from 'node:util';
import { NO_INFLUXD } from '../support/influxd.ts';
import { findProgram } from '../support/processes.ts';
import { askAll } from './historian/ask.ts';
import { fill, measureIngest, measureReopen, measureStalls, sizeRows } from './historian/measures.ts';
import { LIVE_SERIES, livePlant, oldPlant, type Plant, streamOf } from './historian/plants.ts';
import { lastOfOne, questions } from './historian/questions.ts';
import { PERIOD_MS, type SampleStream, type StreamOptions } from './historian/sample-stream.ts';
import { Store, type StoreKind } from './historian/store.ts';
import { printTable, type Row } from './historian/table.ts';
import { machineLine } from './machine.ts';

const { values: args } = parseArgs({
  args: process.argv.slice(3),
  options: {
    points: { type: 'string', default: '10000000' },
    'stall-seconds': { type: 'string', default: '60' },
    only: { type: 'string', default: 'historian,influxdb' },
    parts: { type: 'string', default: 'queries,stalls,reopen,sizes' },
  },
});
const POINTS = Number(args.points);
/** With fewer points the plant is younger in proportion: of the 30 days that a query looks back over, too. */
const SCALE = POINTS / 10_000_000;
const STEADY_PER_S = 50_000;
const STEADY_POINTS = STEADY_PER_S * Number(args['stall-seconds']);
const BURST_POINTS = Math.min(POINTS / 10, 1_000_000);
const SIZES: Readonly<Record<string, Partial<StreamOptions>>> = {
  'two decimals, times that jitter by up to 20 ms': { jitterMs: 20 },
  'float32 values': { rounded: Math.fround },
};

const durationMs = (points: number) => Math.round(points / LIVE_SERIES) * PERIOD_MS;
const n = (value: number) => Math.round(value).toLocaleString('en');

/** Measured one after another, so that none is while another still works. */
async function printEach(title: string, stores: readonly Store[], measure: (store: Store) => Promise<readonly Row[]>) {
  const columns: (readonly Row[])[] = [];
  for (const store of stores) columns.push(await measure(store));
  printTable(title, stores, columns);
}

async function queries(stores: readonly Store[], live: Plant, end: number): Promise<void> {
  const plant = oldPlant('history', end, SCALE);
  const stream = streamOf(plant);
  const piece = { plant, stream, batches: stream.until(plant.end) };
  for (const store of stores) await fill(store, piece);
  printTable('Queries, ms until the whole answer was read', stores, await askAll(stores, questions(live, plant)));
}

async function stalls(stores: readonly Store[], plant: Plant, stream: SampleStream): Promise<void> {
  const batches = stream.until(plant.end + durationMs(STEADY_POINTS));
  const pace = { linesPerS: STEADY_PER_S, queryEveryMs: 100, database: plant.database, influxql: lastOfOne(plant) };
  await printEach(`Stalls at ${n(STEADY_PER_S)} lines/s`, stores, (store) => measureStalls(store, batches, pace));
}

async function reopen(stores: readonly Store[], plant: Plant, stream: SampleStream): Promise<void> {
  const piece = { plant, stream, batches: stream.until(plant.end + durationMs(STEADY_POINTS + BURST_POINTS)) };
  const title = `Killed after a burst of ${n(piece.batches.flat().reduce((sum, { lines }) => sum + lines, 0))} lines`;
  await printEach(title, stores, (store) => measureReopen(store, piece));
}

async function sizes(kinds: readonly StoreKind[], end: number): Promise<void> {
  const plant = livePlant({ database: 'plant', metrics: 1, samples: POINTS / 10, end });
  for (const [name, options] of Object.entries(SIZES)) {
    const stream = streamOf(plant, options);
    const piece = { plant, stream, batches: stream.until(plant.end) };
    await using stack = new AsyncDisposableStack();
    await printEach(`Size: ${name}`, await startAll(stack, kinds), async (store) => {
      await fill(store, piece);
      return sizeRows(store, stream.distinct);
    });
  }
}

async function startAll(stack: AsyncDisposableStack, kinds: readonly StoreKind[]): Promise<Store[]> {
  const stores: Store[] = [];
  for (const kind of kinds) stores.push(stack.use(await Store.start(kind)));
  return stores;
}

async function compare(kinds: readonly StoreKind[], parts: ReadonlySet<string>): Promise<void> {
  const end = Math.floor(Date.now() / 60_000) * 60_000;
  const rest = durationMs(STEADY_POINTS + BURST_POINTS);
  const plant = livePlant({ database: 'plant', samples: POINTS, end: end - rest });
  const stream = streamOf(plant);
  await using stack = new AsyncDisposableStack();
  const stores = await startAll(stack, kinds);
  const piece = { plant, stream, batches: stream.until(plant.end) };
  await printEach(`Ingest of ${n(stream.distinct)} points`, stores, (store) => measureIngest(store, piece));
  piece.batches = []; // hundreds of megabytes
  if (parts.has('queries')) await queries(stores, plant, end);
  if (parts.has('stalls')) await stalls(stores, plant, stream);
  if (parts.has('reopen')) await reopen(stores, plant, stream);
}

console.log(`${machineLine()}; ${LIVE_SERIES} series`);
// A store and its files do not outlive an interrupted benchmark: see Store.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const hasInfluxd = findProgram('influxd') !== undefined;
const wanted = (['historian', 'influxdb'] as const).filter((kind) => args.only.split(',').includes(kind));
if (wanted.includes('influxdb') && !hasInfluxd) console.log(`influxdb is left out: ${NO_INFLUXD}`);
const kinds = wanted.filter((kind) => kind !== 'influxdb' || hasInfluxd);
const parts = new Set(args.parts.split(','));
await compare(kinds, parts);
if (parts.has('sizes')) await sizes(kinds, Math.floor(Date.now() / 60_000) * 60_000);
