// A million devices that nobody has: what is remembered of names is bounded, who was there is served, and nothing of the flood
// is lost without a word. In one process, so that its memory can be told.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { loneIngest } from '../../services/ingest/lone-ingest.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const IDS = 1_000_000;
const DEVICES_MAX = 20_000;
const METRICS_MAX = 50_000;
const GROWTH_BYTES_MAX = 48 * 1024 * 1024;
const NOW = 1_795_355_425_172;

it(`${IDS} invented devices, and as many metrics of one: memory stays, and all but the first are refused`, {
  timeout: 300_000,
}, async () => {
  const counts = { points: 0, refused: 0, acked: 0 };
  const { ingest, registry } = loneIngest({
    ...{ limits: { devices: DEVICES_MAX, metrics: METRICS_MAX }, now: () => NOW },
    onPoints: (count) => {
      counts.points += count;
    },
    onRefusal: () => counts.refused++,
  });
  const take = (topic: string, payload: string) =>
    ingest.take({ topic, payload: Buffer.from(payload), retained: false, qos: 1, ack: () => counts.acked++ });
  const flood = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      take(`plant/v1/lyon/flood/d${i}/tele`, '{"temperature":21}');
      take('plant/v1/lyon/flood/counter/tele', `{"m${i}":1}`);
      if (i % 1_000 === 999) {
        registry.takeChanges(NOW); // as once a second
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  const heap = () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  await flood(0, IDS * 0.3); // until everything that is remembered is
  const before = heap();
  await flood(IDS * 0.3, IDS);
  const after = heap();
  take('plant/v1/lyon/flood/d5/tele', '{"temperature":22}');
  await new Promise((resolve) => setImmediate(resolve));
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  process.stdout.write(`${IDS} ids: heap ${megabytes(before)}, then ${megabytes(after)}; ${counts.refused} refused\n`);
  expect(after - before).toBeLessThan(GROWTH_BYTES_MAX);
  expect(registry.size).toBe(DEVICES_MAX);
  expect(registry.metrics).toBe(METRICS_MAX);
  expect(counts.acked).toBe(2 * IDS + 1);
  expect(counts.points + counts.refused).toBe(2 * IDS + 1);
  expect(counts.points).toBe(METRICS_MAX + 1);
});
