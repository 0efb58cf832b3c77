// The store goes away under load and comes back: nothing is missing, nothing is there twice, the writer's memory is bounded, and
// it catches up while the load goes on.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Load, startLoad } from '../support/load.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';

const DEVICES = 20;
const RATE = 2_000;
const OUTAGE_MS = 30_000;
const RSS_MAX = 256 * 1024 * 1024;
/** Lines stored for each one that comes meanwhile, from the store's return until it has nearly all. */
const CATCH_UP_MIN = 3;
/** Of what was acknowledged: as near as a store can be while more comes in. */
const CAUGHT_UP = 0.98;

/** Resident memory, bytes. */
function rssOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the historian is away for 30 s under load', () => {
  let pipeline: Pipeline | undefined;
  let load: Load | undefined;
  afterEach(async () => {
    await load?.[Symbol.asyncDispose]();
    await pipeline?.[Symbol.asyncDispose]();
  });

  for (const how of ['killed', 'frozen'] as const) {
    it(`${how}: every acknowledged point is in the store once`, async () => {
      pipeline = await startPipeline({ services: ['ingest', 'rules', 'writer'], rules: () => {} });
      const { query, processes } = pipeline;
      const count = async () =>
        Number((await query(`SELECT count("value") FROM "plant"."raw"."reading"`))[0]?.[1] ?? 0);
      load = await startLoad({
        port: pipeline.brokerPort,
        devices: DEVICES,
        qos: 1,
        rate: RATE,
        window: 50,
        from: Date.now() - 600_000,
        topic: (device) => `plant/v1/lyon/hall/d${device}/tele`,
        payload: (_, n, ts) => `{"ts":${ts},"value":${n}}`,
      });
      await until('points in the store', async () => ((await count()) > RATE ? true : undefined), 30_000);
      const historian = processes.get('historian');
      const writer = processes.get('writer')?.child.pid ?? 0;
      if (how === 'killed') await historian?.kill();
      else historian?.child.kill('SIGSTOP');
      let peak = 0;
      for (let waited = 0; waited < OUTAGE_MS; waited += 500) {
        await pause(500);
        peak = Math.max(peak, rssOf(writer));
      }
      if (how === 'killed') await pipeline.restart('historian');
      else historian?.child.kill('SIGCONT');
      const before = await until('the store to answer', async () => ({
        stored: await count(),
        acked: load?.acked ?? 0,
      }));
      const after = await until(
        'the store to have nearly all',
        async () => {
          const now = { stored: await count(), acked: load?.acked ?? 0 };
          peak = Math.max(peak, rssOf(writer));
          return now.stored >= now.acked * CAUGHT_UP ? now : undefined;
        },
        60_000,
      );
      const catchUp = (after.stored - before.stored) / (after.acked - before.acked);
      await load.drain();
      const { acked } = load;
      const stored = await until(
        `${acked} points in the store`,
        async () => {
          peak = Math.max(peak, rssOf(writer));
          const found = await count();
          return found >= acked ? found : undefined;
        },
        60_000,
      );
      process.stderr.write(
        `${how}: ${acked} acknowledged, ${stored} stored, writer's peak ${Math.round(peak / 1048576)} MiB, ` +
          `${catchUp.toFixed(1)} times the live rate while catching up\n`,
      );
      expect(stored).toBe(acked);
      expect(peak).toBeLessThan(RSS_MAX);
      expect(catchUp).toBeGreaterThan(CATCH_UP_MIN);
      for (const [name, { child }] of processes) expect(child.exitCode, name).toBeNull();
    });
  }
});
