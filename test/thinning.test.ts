// Thinning on the whole way: rules see every point, the store has those that are kept, and a writer that is killed while a door is
// open loses none of them.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { createRandom, type Random } from '#domain/random.ts';
import { missingPart, type Pipeline, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

const WITHIN = 5;
const SITE = 'lyon';

function writeRules(folder: string): void {
  const write = (file: string, content: object) => writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('models/tank.model.json', {
    model: 'tank',
    metrics: {
      level: { store: { swingingDoor: WITHIN } },
      running: { type: 'boolean', store: { changes: true } },
      other: {},
    },
  });
  write('models/gauge.model.json', {
    model: 'gauge',
    metrics: { pressure: { store: { deadband: WITHIN, atLeastEvery: '2s' } } },
  });
  write('devices/roof.json', { site: SITE, area: 'roof', devices: { p1: { model: 'gauge' } } });
  write('devices/cellar.json', { site: SITE, area: 'cellar', devices: { t1: { model: 'tank' } } });
  write('high.json', {
    id: 'high',
    inputs: { level: { metric: 'level', maxAge: '1d' } },
    condition: { '>': [{ var: 'level' }, 52] },
    priority: 'high',
    rationalisation: { response: 'Look at it', timeToRespond: '10m' },
  });
}

type Sample = { readonly at: number; readonly value: number };

for (const store of ['historian', 'influxdb'] as const) {
  const missing = missingPart({ store });
  describe.skipIf(missing !== undefined)(
    `thinning: ${store}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      let pipeline: Pipeline;
      const published: Sample[] = [];
      const from = (Math.floor(Date.now() / 60_000) - 5) * 60_000;

      beforeAll(async () => {
        pipeline = await startPipeline({
          store,
          rules: writeRules,
          services: ['ingest', 'rules', 'writer'],
          env: { PENSTOCK_WRITER_ROLL_UP_SETTLE: '1s' },
        });
        const born = await pipeline.client();
        // What t2 is, only its birth says.
        await born.publishAsync(`plant/v1/${SITE}/attic/t2/meta`, '{"model":"tank"}', { qos: 1, retain: true });
        await until('all devices to be known to the writer', async () =>
          (await pipeline.metric('writer', 'penstock_writer_thinned_series')) === 5 ? true : undefined,
        );
      }, 60_000);
      afterAll(() => pipeline?.[Symbol.asyncDispose]());

      const publish = async (topic: string, samples: readonly object[]) => {
        const device = await pipeline.client();
        for (const sample of samples) await device.publishAsync(topic, JSON.stringify(sample), { qos: 1 });
        await device.endAsync();
      };
      const stored = async (metric: string, device = 't1') =>
        (
          await pipeline.query(
            `SELECT value, flag FROM plant.raw.reading WHERE metric = '${metric}' AND device = '${device}'`,
          )
        ).map(([at, value, flag]) => ({ at: Number(at), value: value ?? flag }));

      it('rules judge a point that the store never sees', async () => {
        const alarms: AlarmMessage[] = [];
        const observer = await pipeline.client();
        observer.on('message', (_, payload) => alarms.push(JSON.parse(payload.toString())));
        await observer.subscribeAsync('alarm/v1/+/+/high/+', { qos: 1 });
        const values = [50, 51, 53, 50, 51, 50];
        const samples = values.map((value, i) => ({ at: from + i * 1_000, value }));
        await publish(
          `plant/v1/${SITE}/cellar/t1/tele`,
          samples.map(({ at, value }) => ({ ts: at, level: value, other: value, running: value > 50 })),
        );
        published.push(...samples);
        await until('the alarm of 53', () => (alarms.some(({ episode }) => episode !== undefined) ? true : undefined));
        await until('every point of a metric that is not thinned', async () =>
          (await stored('other')).length === values.length ? true : undefined,
        );
        expect(await stored('level')).toEqual([{ at: from, value: 50 }]);
        expect((await stored('running')).map(({ value }) => value)).toEqual([false, true, false, true, false]);
        expect(await pipeline.metric('writer', 'penstock_writer_points_thinned_total')).toBeGreaterThan(0);
      }, 60_000);

      it('the model that a birth says counts as well', async () => {
        const samples = [1, 1, 1, 30, 1].map((value, i) => ({ ts: from + i * 1_000, level: value, other: 1 }));
        await publish(`plant/v1/${SITE}/attic/t2/tele`, samples);
        await until('the last point', async () => ((await stored('other', 't2')).length === 5 ? true : undefined));
        expect(await stored('level', 't2')).toEqual(
          [0, 2, 3].map((i) => ({ at: from + i * 1_000, value: samples[i]?.level })),
        );
      }, 60_000);

      it('the newest point is in the store soon after atLeastEvery, and then the roll-up of how long it was what', async () => {
        await publish(
          `plant/v1/${SITE}/roof/p1/tele`,
          [0, 1, 2].map((i) => ({ ts: from + i * 100, pressure: 7 + i })),
        );
        const last = { at: from + 200, value: 9 };
        await until('the last point', async () =>
          (await stored('pressure', 'p1')).some(({ at }) => at === last.at) ? true : undefined,
        );
        expect(await stored('pressure', 'p1')).toEqual([{ at: from, value: 7 }, last]);
        const minute = await until('its minute', async () => {
          const [row] = await pipeline.query(
            `SELECT mean, min, max, count FROM plant.r1m.reading WHERE metric = 'pressure'`,
          );
          return row;
        });
        expect(minute).toEqual([from, 7, 7, 9, 1]);
      }, 60_000);

      /** So many more points of t1, noise upon noise. */
      const wander = (count: number, random: Random) =>
        Array.from({ length: count }, () => {
          const { at, value } = published.at(-1) ?? { at: from, value: 50 };
          const next = { at: at + 100, value: Math.round((value + (random() - 0.5) * 4) * 10) / 10 };
          published.push(next);
          return { ts: next.at, level: next.value };
        });

      it('a writer that is killed with a door open, again and again, loses no point that had to be kept', async () => {
        const random = createRandom(11);
        const topic = `plant/v1/${SITE}/cellar/t1/tele`;
        for (let life = 0; life < 3; life++) {
          await publish(topic, wander(150, random));
          await pipeline.processes.get('writer')?.kill();
          await publish(topic, wander(50, random));
          await pipeline.restart('writer');
        }
        const end = { at: (published.at(-1)?.at ?? 0) + 100, value: 1_000 };
        await publish(topic, [
          { ts: end.at, level: end.value },
          { ts: end.at + 100, level: -1_000 },
        ]);
        const kept = await until('the end', async () => {
          const found = (await stored('level')) as Sample[];
          return found.some(({ at }) => at === end.at) ? found : undefined;
        });
        const keptAt = new Set(kept.map(({ at }) => at));
        const off = published.flatMap(({ at, value }) => {
          if (keptAt.has(at)) return [];
          const [before, next] = [kept.findLast((each) => each.at < at), kept.find((each) => each.at > at)];
          if (before === undefined || next === undefined) return [Number.POSITIVE_INFINITY];
          return [
            Math.abs(before.value + ((next.value - before.value) * (at - before.at)) / (next.at - before.at) - value),
          ];
        });
        expect(off.length).toBeGreaterThan(published.length / 2);
        expect(Math.max(...off)).toBeLessThanOrEqual(WITHIN + 1e-6);
      }, 120_000);
    },
  );
}
