// Each service killed without warning, again and again, under load: every point that the broker acknowledged is in the
// store once, and the alarm journal holds every transition of the values that were sent, none twice and none invented.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '#domain/random.ts';
import type { ServiceName } from '#domain/service.ts';
import { type Load, startLoad } from '../support/load.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';

const DEVICES = 10;
const RATE = 500;
/** How often; alarms are what nobody may lose, so the rules service has the hardest life. */
const KILLS = { ingest: 5, rules: 20, writer: 5, historian: 5 } as const satisfies Partial<Record<ServiceName, number>>;

/** The value is high for every other ten messages: each device changes its alarm once in ten messages. */
function makePayload() {
  const sentAt = new Map<number, number>();
  return (device: number, n: number) => {
    const ts = Math.max(Date.now(), (sentAt.get(device) ?? 0) + 1); // no two points of a series coincide
    sentAt.set(device, ts);
    return `{"ts":${ts},"value":${Math.floor(n / 10) % 2 === 0 ? 0 : 100}}`;
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function writeRules(folder: string): void {
  const rule = { id: 'high', inputs: { v: 'value' }, condition: { '>': [{ var: 'v' }, 50] }, ackRequired: false };
  writeFileSync(path.join(folder, 'high.json'), JSON.stringify(rule));
}

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe(`killed without warning (SEED=${seed})`, () => {
  let pipeline: Pipeline | undefined;
  let load: Load | undefined;
  afterEach(async () => {
    await load?.[Symbol.asyncDispose]();
    await pipeline?.[Symbol.asyncDispose]();
  });

  for (const [service, kills] of Object.entries(KILLS) as [keyof typeof KILLS, number][]) {
    it(`${service}, ${kills} times: nothing is lost and nothing is there twice`, async () => {
      const random = createRandom(seed);
      pipeline = await startPipeline({ services: ['ingest', 'rules', 'writer'], rules: writeRules });
      const { query, processes } = pipeline;
      const count = async (measurement: string, field: string, where = '') =>
        Number((await query(`SELECT count("${field}") FROM "plant"."raw"."${measurement}" ${where}`))[0]?.[1] ?? 0);
      load = await startLoad({
        port: pipeline.brokerPort,
        devices: DEVICES,
        qos: 1,
        rate: RATE,
        window: 50,
        from: 0, // the payload has times of its own
        topic: (device) => `plant/v1/lyon/hall/d${device}/tele`,
        payload: makePayload(),
      });
      await until(
        'points in the store',
        async () => ((await count('reading', 'value')) > RATE ? true : undefined),
        30_000,
      );
      for (let i = 0; i < kills; i++) {
        await pause(random() * 1_500);
        await processes.get(service)?.kill();
        await pipeline.restart(service);
      }
      await load.drain();
      const { acked } = load;
      const stored = await until(
        `${acked} points in the store`,
        async () => {
          const found = await count('reading', 'value');
          return found >= acked ? found : undefined;
        },
        60_000,
      );
      // Every device has sent the same number of messages, give or take one round of the load.
      const changes = await Promise.all(
        Array.from({ length: DEVICES }, async (_, device) => {
          const sent = await count('reading', 'value', `WHERE "device" = 'd${device}'`);
          return Math.floor((sent - 1) / 10);
        }),
      );
      const expected = changes.reduce((sum, each) => sum + each, 0);
      const transitions = await until(
        `${expected} transitions in the journal`,
        async () => {
          const found = await count('alarm_event', 'seq');
          return found >= expected ? found : undefined;
        },
        30_000,
      );
      process.stderr.write(
        `${service}: ${acked} acknowledged, ${stored} stored; ${transitions} of ${expected} transitions\n`,
      );
      expect(stored).toBe(acked);
      expect(transitions).toBe(expected);
    });
  }
});
