// What services tell of themselves, from the point to the answer.

import { expect, test } from 'vitest';
import type { Point } from '#domain/point.ts';
import { makeSeries } from '#domain/series.ts';
import { PIPELINE, type ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import type { NumberId } from '../api/pipeline.ts';
import { delivered, openTestConsole, START, sampleLine } from '../testing.ts';
import { readHealth } from './health.ts';
import { readNumbers } from './read-numbers.ts';
import { serviceOfDevice, Tellings } from './tellings.ts';

const point = (device: string, metric: string, value: Point['value'], at = START): Point => ({
  series: makeSeries({ ...PIPELINE, device, metric }),
  value,
  quality: 'good',
  measuredAt: at,
  late: false,
});

/** What came, in order; each as device, metric, value, moment after the start. */
function tell(...told: readonly (readonly [string, string, number, number])[]): Tellings {
  const tellings = new Tellings();
  for (const [device, metric, value, after] of told)
    tellings.put(point(device, metric, value, START + after), START + after);
  return tellings;
}

function valuesOf(tellings: Tellings, device: string, id: NumberId): (number | null)[] | undefined {
  const found = readNumbers(device, tellings.of(device)).find((number) => number.id === id);
  return found?.told.map(([, value]) => value);
}

test('a level is told as it is', () => {
  const tellings = tell(['writer', 'writer_lag_seconds', 2, 0], ['writer', 'writer_lag_seconds', 3, 1_000]);
  expect(valuesOf(tellings, 'writer', 'lag')).toEqual([2, 3]);
});

test('a count is told as what it rises by in a second, and not at its first telling', () => {
  const count = 'ingest_points_total';
  const tellings = tell(['ingest', count, 100, 0], ['ingest', count, 160, 30_000], ['ingest', count, 160, 60_000]);
  expect(valuesOf(tellings, 'ingest', 'points')).toEqual([null, 2, 0]);
});

test('a count that began anew says nothing, rather than a fall', () => {
  const count = 'writer_lines_total';
  const tellings = tell(['writer', count, 500, 0], ['writer', count, 10, 1_000], ['writer', count, 30, 2_000]);
  expect(valuesOf(tellings, 'writer', 'stored')).toEqual([null, null, 20]);
});

test('a number that was left out of one telling is not known then, and no 0', () => {
  const tellings = tell(
    ['writer', 'writer_lag_seconds', 2, 0],
    ['writer', 'writer_in_flight', 1, 1_000],
    ['writer', 'writer_lag_seconds', 4, 2_000],
  );
  expect(valuesOf(tellings, 'writer', 'lag')).toEqual([2, null, 4]);
});

test('what labels tell is added up; a label is there from its first event on', () => {
  const tellings = tell(
    ['ingest', 'ingest_in_flight', 0, 0],
    ['ingest', 'ingest_in_flight', 0, 1_000],
    ['ingest', 'ingest_rejected_total/json', 3, 1_000],
    ['ingest', 'ingest_rejected_total/json', 4, 2_000],
    ['ingest', 'ingest_rejected_total/unit', 1, 2_000],
  );
  expect(valuesOf(tellings, 'ingest', 'refused')).toEqual([null, 3, 2]);
});

test('points of one telling may come apart, and a late one finds its place', () => {
  const tellings = tell(
    ['rules', 'rules_held', 1, 0],
    ['rules', 'rules_points_total', 10, 0],
    ['rules', 'rules_held', 2, 1_000],
    ['rules', 'rules_notifications_waiting', 7, 0],
    ['rules', 'rules_held', 9, 500],
  );
  expect(valuesOf(tellings, 'rules', 'held')).toEqual([1, 2]);
  expect(valuesOf(tellings, 'rules', 'notices')).toEqual([7, null]);
});

test('a clock that ran ahead and was set does not keep the true numbers out', () => {
  const tellings = new Tellings();
  tellings.put(point('rules', 'rules_held', 5, START + 3_600_000), START);
  tellings.put(point('rules', 'rules_held', 6, START), START);
  expect(valuesOf(tellings, 'rules', 'held')).toEqual([6]);
});

test('each replica is told apart; what is none of our services is not kept', () => {
  expect(['writer', 'writer-3', 'writers', 'pump-1', ''].map(serviceOfDevice)).toEqual([
    'writer',
    'writer',
    undefined,
    undefined,
    undefined,
  ]);
  const tellings = tell(['writer', 'writer_lag_seconds', 1, 0], ['writer-1', 'writer_lag_seconds', 2, 0]);
  tellings.put(point('pump-1', 'writer_lag_seconds', 1), START);
  tellings.put(point('rules', 'rules_held', 'many'), START);
  expect([...tellings.devices()]).toEqual(['writer', 'writer-1']);
});

test('memory is bounded, whatever is published in the name of services', () => {
  const tellings = new Tellings();
  for (let n = 0; n < 1_000; n++) tellings.put(point(`writer-${n}`, 'writer_lag_seconds', n), START);
  expect([...tellings.devices()]).toHaveLength(256);
  for (let n = 0; n < 1_000; n++)
    tellings.put(point('writer-0', `ingest_rejected_total/x${n}`, n, START + 1), START + 1);
  for (let n = 2; n < 100; n++) tellings.put(point('writer-0', 'writer_lag_seconds', n, START + n), START + n);
  expect(tellings.of('writer-0')).toHaveLength(21);
  const sizes = tellings.of('writer-0').map(({ numbers }) => numbers.size);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
});

test('what is not shown is not kept, but says that the way is open', () => {
  const tellings = tell(['writer', 'process_cpu_seconds_total', 3, 0]);
  expect(tellings.of('writer')).toEqual([{ at: START, numbers: new Map() }]);
});

const status = (changes: Partial<ServiceStatus> = {}): ServiceStatus => ({
  ...{ service: 'writer', id: 'writer', status: 'up', since: START, version: '1.0.0' },
  ...changes,
});

test.each([
  ['all is up', [status()], null, true],
  ['one is down', [status(), status({ service: 'rules', id: 'rules', status: 'down' })], null, false],
  ['one says of a problem', [status({ problems: [{ id: 'disk-space', text: 'full' }] })], null, false],
  ['the broker is lost', [status()], 'connection refused', false],
] as const)('health: %s', (_, services, broker, isWell) => {
  expect(readHealth({ services, tellings: new Tellings(), broker, now: START }).isWell).toBe(isWell);
});

test('GET /api/health tells of each process how old its numbers are', async () => {
  const { app, bus, clock, logIn } = await openTestConsole();
  for (const each of [status(), status({ id: '1' })])
    await bus.publish(topics.service('writer', each.id), JSON.stringify(each), { retain: true });
  const line = sampleLine('writer_lag_seconds', 'value=1', START, 'writer-1');
  await bus.publish(topics.points(0), line.replace('area=tank-farm', 'area=pipeline').replace('lyon', 'penstock'));
  await delivered();
  clock.now += 4_000;
  const answer = await app.inject({ url: '/api/health', headers: { cookie: await logIn() } });
  expect(answer.json()).toMatchObject({
    isWell: true,
    broker: null,
    services: [
      { device: 'writer', status: 'up', version: '1.0.0', since: START, numbersAgeMs: null },
      { device: 'writer-1', status: 'up', numbersAgeMs: 4_000 },
    ],
  });
});

test('GET /api/pipeline gives the numbers, and none of them is a value of the plant', async () => {
  const { app, bus, logIn } = await openTestConsole();
  const headers = { cookie: await logIn() };
  const line = (value: number, at: number) =>
    `reading,area=pipeline,device=ingest,metric=ingest_points_total,site=penstock value=${value} ${at}`;
  await bus.publish(topics.points(0), line(10, START));
  await bus.publish(topics.points(0), line(30, START + 10_000));
  await delivered();
  const answer = await app.inject({ url: '/api/pipeline', headers });
  const { everyMs, numbers } = answer.json();
  expect(everyMs).toBe(30_000);
  expect(numbers).toContainEqual({
    id: 'points',
    device: 'ingest',
    told: [
      [START, null],
      [START + 10_000, 2],
    ],
  });
  expect((await app.inject({ url: '/api/values', headers })).json().values).toEqual([]);
  const again = await app.inject({
    url: '/api/pipeline',
    headers: { ...headers, 'if-none-match': String(answer.headers.etag) },
  });
  expect(again.statusCode).toBe(304);
});
