// What hours without a store come to, in half a minute: batches as fast as the writer's journal takes them. Its memory does not
// grow with the backlog, a kill in the middle of it costs nothing, and all of it is in the store in the end.

import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';

const BATCHES = 60_000;
/** Ten series in each of twenty areas. */
const LINES_PER_BATCH = 10;
const AREAS = 20;
/** Batches that the broker may owe an acknowledgement for. */
const WINDOW = 200;
const RSS_MAX = 256 * 1024 * 1024;

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.[Symbol.asyncDispose]());

function batch(n: number, from: number): string {
  const line = (_: unknown, device: number) =>
    `reading,area=hall${n % AREAS},device=d${device},metric=temperature,site=lyon value=${n % 77}.5 ${from + n}`;
  return Array.from({ length: LINES_PER_BATCH }, line).join('\n');
}

/** Highest resident memory since the process began, bytes. */
function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

it(`${BATCHES * LINES_PER_BATCH} lines wait on disk for a store that is away`, async () => {
  const running = await startPipeline({ services: ['writer'] });
  pipeline = running;
  const metric = (name: string) => running.metric('writer', `penstock_${name}`);
  const writer = () => running.processes.get('writer')?.child.pid ?? 0;
  await running.processes.get('historian')?.kill();
  const client = await running.client(running.loginOf('root'));
  const from = Date.now() - 3_600_000;
  const publish = async (first: number, end: number) => {
    for (let n = first; n < end; n += WINDOW) {
      const window = Array.from({ length: Math.min(WINDOW, end - n) }, (_, i) => n + i);
      await Promise.all(
        window.map((each) => client.publishAsync(`points/v1/${each % AREAS}`, batch(each, from), { qos: 1 })),
      );
    }
    await until('all of it in the journal', async () => ((await metric('writer_in_flight')) === 0 ? true : undefined));
  };
  await publish(0, BATCHES / 2);
  const firstPeak = peakOf(writer());
  await running.processes.get('writer')?.kill();
  running.launch('writer'); // it is not ready while its store is away
  await until('the writer to answer', () => metric('writer_journal_bytes'), 30_000);
  await publish(BATCHES / 2, BATCHES);
  const journalBytes = await metric('writer_journal_bytes');
  const peak = Math.max(firstPeak, peakOf(writer()));
  const startedAt = performance.now();
  await running.restart('historian');
  const lines = BATCHES * LINES_PER_BATCH;
  const stored = await until(
    `${lines} lines in the store`,
    async () => {
      const count = Number((await running.query('SELECT count("value") FROM "plant"."raw"."reading"'))[0]?.[1] ?? 0);
      return count >= lines ? count : undefined;
    },
    180_000,
  );
  const rate = Math.round(lines / ((performance.now() - startedAt) / 1_000));
  process.stderr.write(
    `${lines} lines, journal ${Math.round(journalBytes / 1048576)} MiB, peak ${Math.round(peak / 1048576)} MiB ` +
      `(${Math.round(peakOf(writer()) / 1048576)} MiB while catching up), ${rate} lines/s\n`,
  );
  expect(stored).toBe(lines);
  expect(peak).toBeLessThan(RSS_MAX);
  await until('the journal to be let go of', async () =>
    (await metric('writer_journal_bytes')) < journalBytes / 5 ? true : undefined,
  );
});
