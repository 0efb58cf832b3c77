// The same random writes and the same random queries to the historian and to a real InfluxDB 1.6.7, compared answer by
// answer. A run is lived again by its seed:
//   PENSTOCK_DIFFERENTIAL_SEED=7 PENSTOCK_DIFFERENTIAL_QUERIES=5000 npm test -- test/differential

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer } from '../../services/historian/http/test-server.ts';
import { NO_INFLUXD, startInfluxd } from '../support/influxd.ts';
import { findProgram, freePorts, tempFolder } from '../support/processes.ts';
import { ask, difference } from './answer.ts';
import { askCsv } from './csv-answer.ts';
import { dataset, POLICIES, type Write } from './dataset.ts';
import { reasonFor } from './kept-differences.ts';
import { dependsOnOrder } from './query-text.ts';
import { query } from './random-query.ts';

const QUERIES = Number(process.env.PENSTOCK_DIFFERENTIAL_QUERIES ?? 400);
const SEED = Number(process.env.PENSTOCK_DIFFERENTIAL_SEED ?? 1);
const QUERIES_PER_DATASET = 100;

const isMissing = findProgram('influxd') === undefined;
if (isMissing) process.stderr.write(`differential.test.ts: skipped, ${NO_INFLUXD}\n`);

type Stores = { readonly theirs: string; readonly ours: string };
const stack = new AsyncDisposableStack();
let stores: Stores;
beforeAll(async () => {
  if (isMissing) return;
  const folder = stack.use(tempFolder());
  const [port = 0, rpcPort = 0] = await freePorts(2);
  stack.use(await startInfluxd({ folder: folder.path, port, rpcPort }));
  const server = stack.use(
    await openTestServer({ queries: { limits: { maxBuckets: 1e8, maxPoints: 1e8, maxRows: 1e8, maxSeries: 1e8 } } }),
  );
  stores = { theirs: `http://127.0.0.1:${port}`, ours: server.url };
});
afterAll(() => stack.disposeAsync());

async function post(url: string, body?: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', ...(body !== undefined && { body }) });
  expect(response.status, `${url}: ${await response.text()}`).toBeLessThan(300);
}

async function fill(url: string, database: string, writes: readonly Write[]): Promise<void> {
  const statements = [
    `CREATE DATABASE ${database}`,
    ...POLICIES.slice(1).map((name) => `CREATE RETENTION POLICY ${name} ON ${database} DURATION INF REPLICATION 1`),
  ];
  for (const q of statements) await post(`${url}/query?${new URLSearchParams({ q })}`);
  for (const { policy, body } of writes) {
    await post(`${url}/write?${new URLSearchParams({ db: database, rp: policy, precision: 'ms' })}`, body);
  }
}

test.skipIf(isMissing)(
  `${QUERIES} random queries from seed ${SEED} get InfluxDB's answers`,
  async () => {
    const found: string[] = [];
    const kept = new Map<string, number>();
    for (let asked = 0, seed = SEED; asked < QUERIES; asked += QUERIES_PER_DATASET, seed++) {
      const database = `d${seed}`;
      const [data] = fc.sample(dataset, { seed, numRuns: 1 });
      await fill(stores.theirs, database, data?.writes ?? []);
      await fill(stores.ours, database, data?.writes ?? []);
      const fitting = data?.hasTies
        ? // InfluxDB gives samples of several series at one moment in the order in which its heap happens to hold them.
          query.filter((q) => !dependsOnOrder(q))
        : query;
      for (const q of fc.sample(fitting, { seed, numRuns: Math.min(QUERIES_PER_DATASET, QUERIES - asked) })) {
        const [theirs, ours] = await Promise.all([ask(stores.theirs, database, q), ask(stores.ours, database, q)]);
        const different = difference(theirs, ours);
        if (different === undefined) continue;
        const again = {
          ask: (other: string) => ask(stores.theirs, database, other),
          askUs: (other: string) => ask(stores.ours, database, other),
          askCsv: (other: string) => askCsv(stores.theirs, database, other),
        };
        const why = await reasonFor({ query: q, theirs, ours, ...again });
        if (why === undefined) found.push(`seed ${seed}: ${q}\n    ${different}`);
        else kept.set(why, (kept.get(why) ?? 0) + 1);
      }
      await post(`${stores.theirs}/query?${new URLSearchParams({ q: `DROP DATABASE ${database}` })}`);
    }
    for (const [why, count] of kept) process.stdout.write(`kept ${count} times: ${why}\n`);
    expect(found, found.join('\n')).toEqual([]);
  },
  60_000 + QUERIES * 100,
);
