import { expect, test } from 'vitest';
import { type GapReport, parseGapReport } from '#domain/gaps.ts';
import { GapReporter, SETTLE_MS } from './gap-reporter.ts';
import { Sequences } from './sequences.ts';

const NOW = 1_795_355_425_172;
const DAY = 86_400_000;
const TANK = 'lyon/tanks/tank-01';

type Told = { readonly device: string; readonly report: GapReport | null };

/** A reporter whose broker takes everything at once, unless `isHeld`. */
function makeReporter(sequences = new Sequences(), reportsMax?: number) {
  const told: Told[] = [];
  const broker = { isHeld: false, release: () => {} };
  const reporter = new GapReporter({
    sequences,
    keepMs: 7 * DAY,
    publish: (device, report) => {
      told.push({ device, report: report === null ? null : (parseGapReport(report) as GapReport) });
      return broker.isHeld ? new Promise((resolve) => (broker.release = resolve)) : Promise.resolve();
    },
    ...(reportsMax === undefined ? {} : { reportsMax }),
  });
  const take = (n: number, at = NOW, device = TANK, boot = 1) => sequences.take(device, { boot, n }, at, 'whole');
  return { sequences, reporter, told, broker, take };
}

test('a hole that stays is reported with its range and its beginning; filled, the report follows and then goes', async () => {
  const { reporter, told, take, sequences } = makeReporter();
  for (const n of [1, 2, 6]) take(n);
  await reporter.run(NOW + SETTLE_MS - 1);
  expect(told).toEqual([]);
  await reporter.run(NOW + SETTLE_MS);
  const base = { site: 'lyon', area: 'tanks', device: 'tank-01', since: NOW, unlisted: 0 };
  expect(told).toEqual([
    { device: TANK, report: { ...base, missed: 3, gaps: [{ boot: 1, from: 3, to: 5, since: NOW }] } },
  ]);
  take(4, NOW + 9_000);
  await reporter.run(NOW + 9_001);
  const left = [
    { boot: 1, from: 3, to: 3, since: NOW },
    { boot: 1, from: 5, to: 5, since: NOW },
  ];
  expect(told.slice(1)).toEqual([{ device: TANK, report: { ...base, missed: 2, gaps: left } }]);
  take(3, NOW + 9_002);
  take(5, NOW + 9_002);
  await reporter.run(NOW + 9_003);
  expect(told.slice(2)).toEqual([{ device: TANK, report: null }]);
  for (let i = 0; i < 3; i++) await reporter.run(NOW + 99_000);
  expect(told).toHaveLength(3);
  expect([reporter.missed, sequences.foundLate, reporter.reports, sequences.watched.size]).toEqual([3, 3, 0, 0]);
});

test('repeats, disorder, a boot that begins, and records that are late by little are no gap', async () => {
  const { reporter, told, take } = makeReporter();
  for (const n of [3, 1, 2, 5, 4, 4, 4, 8, 7, 6]) take(n);
  for (const n of [70, 71, 73]) take(n, NOW, TANK, 2);
  take(72, NOW + SETTLE_MS - 1, TANK, 2);
  await reporter.run(NOW + SETTLE_MS);
  expect(told).toEqual([]);
  expect(reporter.missed).toBe(0);
});

test('a clock that steps back by an hour does not hide a gap', async () => {
  const { reporter, told, take } = makeReporter();
  for (const n of [1, 3]) take(n);
  await reporter.run(NOW - 3_600_000);
  expect(told).toMatchObject([{ report: { missed: 1 } }]);
});

test('a gap that nobody filled is told for a week', async () => {
  const { reporter, told, take } = makeReporter();
  for (const n of [1, 3]) take(n);
  take(9, NOW + DAY);
  await reporter.run(NOW + 2 * DAY);
  await reporter.run(NOW + 7 * DAY);
  await reporter.run(NOW + 8 * DAY);
  expect(told.map(({ report }) => report?.missed)).toEqual([6, 5, undefined]);
});

test('more gaps than are listed are counted', async () => {
  const { reporter, told, take } = makeReporter();
  for (let n = 0; n <= 400; n += 2) take(n);
  await reporter.run(NOW + SETTLE_MS);
  expect(told[0]?.report).toMatchObject({ missed: 200, unlisted: 136 });
  expect(told[0]?.report?.gaps).toHaveLength(64);
  expect(reporter.missed).toBe(200);
});

test('while the broker takes nothing, a device whose gaps go on changing waits once', async () => {
  const { reporter, told, take, broker } = makeReporter();
  broker.isHeld = true;
  for (const n of [1, 3]) take(n);
  const round = reporter.run(NOW + SETTLE_MS);
  for (const n of [5, 7, 9]) take(n);
  await reporter.run(NOW + 2 * SETTLE_MS);
  expect(told).toHaveLength(1);
  broker.isHeld = false;
  broker.release();
  await round;
  await reporter.run(NOW + 3 * SETTLE_MS);
  expect(told.map(({ report }) => report?.missed)).toEqual([1, 4]);
});

test('a device that is forgotten takes its report with it, and one that is back has it replaced', async () => {
  const { reporter, told, take } = makeReporter(new Sequences({ devicesMax: 1 }));
  for (const n of [1, 3]) take(n);
  await reporter.run(NOW + SETTLE_MS);
  take(1, NOW, 'lyon/tanks/other');
  await reporter.run(NOW + SETTLE_MS);
  expect(told.map(({ device, report }) => [device, report?.missed])).toEqual([
    [TANK, 1],
    [TANK, undefined],
  ]);
  for (const n of [11, 13]) take(n);
  await reporter.run(NOW + SETTLE_MS);
  take(1, NOW, 'lyon/tanks/other');
  for (const n of [21, 22]) take(n); // back before anybody took the report away
  await reporter.run(NOW + SETTLE_MS);
  expect(told.slice(2).map(({ device, report }) => [device, report?.missed])).toEqual([
    [TANK, 1],
    [TANK, undefined],
  ]);
});

test('past the bound of reports gaps are counted, and told when there is room', async () => {
  const { reporter, told, take } = makeReporter(new Sequences(), 1);
  for (const device of ['a/b/first', 'a/b/second']) for (const n of [1, 3]) take(n, NOW, device);
  await reporter.run(NOW + SETTLE_MS);
  await reporter.run(NOW + SETTLE_MS);
  expect(told.map(({ device }) => device)).toEqual(['a/b/first']);
  expect(reporter.missed).toBe(2);
  take(2, NOW, 'a/b/first');
  await reporter.run(NOW + SETTLE_MS);
  await reporter.run(NOW + SETTLE_MS);
  expect(told.slice(1)).toMatchObject([
    { device: 'a/b/first', report: null },
    { device: 'a/b/second', report: { missed: 1 } },
  ]);
});

test('a bus that is being closed refuses, and the report is told anew by who comes after', async () => {
  const sequences = new Sequences();
  for (const n of [1, 3]) sequences.take(TANK, { boot: 1, n }, NOW, 'whole');
  const closing = new GapReporter({ sequences, keepMs: DAY, publish: () => Promise.reject(new Error('closed')) });
  await closing.run(NOW + SETTLE_MS);
  const { reporter, told } = makeReporter(sequences);
  await reporter.run(NOW + SETTLE_MS);
  expect(told).toMatchObject([{ device: TANK, report: { missed: 1 } }]);
});
