// A process that writes one sample after another and says each number once it is stored, and what is wrong while nothing can
// be, until it is killed. For the tests of what survives.

import { startThreads } from '../engine/threads/start-threads.ts';
import { ANYBODY } from '../influxql/access.ts';

const [, , folder = '', from = '0'] = process.argv;
const store = await startThreads(folder, {
  // Small, so that sealing goes on all the time.
  engine: { seriesMax: 1_000, headSize: { samples: 500, textBytes: 1_000_000 } },
  query: {
    ...{ limits: { maxBuckets: 1, maxPoints: 1, maxRows: 1, maxSeries: 1 }, timeoutMs: 1_000 },
    ...{ concurrentMax: 1, version: '', startedAtMs: 0 },
  },
  users: { list: async () => [], change: async () => undefined },
  onDamage: (damage) => process.stderr.write(`damaged: ${JSON.stringify(damage)}\n`),
  onFatal: (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
});
const created = await store.queries.open(1, {
  text: 'CREATE DATABASE plant WITH NAME raw',
  ...{ parameters: new Map(), database: undefined, policy: undefined, access: ANYBODY, isReadOnly: false },
  ...{ format: 'json', epoch: 'ms', chunkRows: undefined, isPretty: false },
});
if (created.text.includes('error')) throw new Error(created.text);

let told: string | undefined;
setInterval(() => {
  const { problem } = store.status();
  if (problem !== told) process.stdout.write(`problem: ${problem}\n`);
  told = problem;
}, 50);

const padding = 'x'.repeat(200);
let next = Number(from);
async function write(): Promise<void> {
  for (;;) {
    const n = next++;
    const body = Uint8Array.from(Buffer.from(`m,series=s${n % 100} v=${n},text="${padding}" ${n}`));
    await store.write({ database: 'plant', policy: undefined, precision: 'u', nowUs: 0, body });
    process.stdout.write(`${n}\n`);
  }
}
for (let i = 0; i < 10; i++) void write();
