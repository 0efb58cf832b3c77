import { expect, test } from 'vitest';
import { Metrics } from './metrics.ts';
import { OwnNumbers } from './own-numbers.ts';

test('metrics of ours bear their names and what their labels tell, and little of Node is among them', async () => {
  const metrics = new Metrics('ingest');
  metrics.counter('ingest_points_total', 'Points.').inc(7);
  metrics.counter('ingest_rejected_total', 'By reason.', ['reason']).inc({ reason: 'json' }, 2);
  metrics.gauge('ingest_devices', 'Devices.', () => 3);
  const numbers = new OwnNumbers().of(await metrics.samples());
  expect(numbers).toMatchObject({ ingest_points_total: 7, 'ingest_rejected_total/json': 2, ingest_devices: 3 });
  expect(
    Object.keys(numbers)
      .filter((name) => !name.startsWith('ingest_'))
      .sort(),
  ).toEqual(['nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total', 'process_resident_memory_bytes']);
});

test('of a histogram: sum, count, and the 99th percentile of what has come since it was last told', async () => {
  const metrics = new Metrics('writer');
  const seconds = metrics.histogram('writer_request_seconds', 'Requests.', [0.1, 1, 10]);
  const own = new OwnNumbers();
  const told = async () => own.of(await metrics.samples());
  const p99 = 'writer_request_seconds_p99';
  expect(await told()).not.toHaveProperty(p99);
  for (let i = 0; i < 100; i++) seconds.observe(0.05);
  const first = await told();
  expect(first).toMatchObject({ writer_request_seconds_count: 100 });
  expect(first[p99]).toBeCloseTo(0.099, 6);
  seconds.observe(5);
  expect((await told())[p99]).toBeCloseTo(1 + 9 * 0.99, 6);
  seconds.observe(50);
  expect((await told())[p99]).toBe(10);
  expect(await told()).not.toHaveProperty(p99);
});

test('what can be no metric and what is no number is left out', () => {
  const sample = (name: string, value: number, labels = {}) => ({ name, type: 'gauge', values: [{ value, labels }] });
  expect(
    new OwnNumbers().of([
      sample('penstock_a', Number.NaN),
      sample('penstock_b', Number.POSITIVE_INFINITY),
      sample('penstock_c', 1, { name: 'a=b' }),
      sample('penstock_d', 1, { service: 'x' }),
      sample('foreign_e', 1),
    ]),
  ).toEqual({ d: 1 });
});
