import { expect, test } from 'vitest';
import { type DeviceEntry, UNHEARD } from '#domain/device.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import { deviceIn, modelNamed, rememberedFirstSeen, testRegistry } from './testing.ts';

const entry: DeviceEntry = {
  site: 'lyon',
  area: 'tanks',
  device: 'tank-01',
  model: 'tank-sensor',
  role: 'level',
  labels: { tank: 'T1' },
};
const files: PlantFiles = {
  models: new Map([
    ['tank-sensor', modelNamed('tank-sensor', { level: { type: 'number', unit: 'm' } })],
    ['pump', modelNamed('pump')],
  ]),
  devices: new Map([['lyon/tanks/tank-01', entry]]),
  problems: [],
};
const known = { site: 'lyon', area: 'tanks', device: 'tank-01' };
const other = (device: string) => ({ site: 'lyon', area: 'tanks', device });
const NOW = 1_795_355_425_172;

test('devices of the files are there from the start, as the files say', () => {
  const registry = testRegistry(files);
  expect(registry.takeChanges(NOW)).toEqual([{ ...entry, ...UNHEARD }]);
  expect(registry.takeChanges(NOW)).toEqual([]);
});

test('what a device says of itself never wins over the files, and is said where it differs', () => {
  const registry = testRegistry(files);
  const tank = deviceIn(registry, known);
  const metrics = new Map([
    ['level', { unit: 'bar', type: 'number' }],
    ['weight', { unit: 'kg' }],
  ] as const);
  const labels = { tank: 'X', process: 'storage' };
  registry.born(tank, { model: 'pump', role: 'pump', labels, firmware: '1.4', metrics });
  expect(tank.model?.model).toBe('tank-sensor');
  expect(registry.takeChanges(NOW)).toMatchObject([
    {
      model: 'tank-sensor',
      role: 'level',
      labels: { tank: 'T1', process: 'storage' },
      firmware: '1.4',
      contradictions: [
        'it says that it is a pump; its file says tank-sensor',
        'its level is in bar; model tank-sensor says m, and the one cannot be converted to the other',
        'it has weight, which model tank-sensor has not',
      ],
    },
  ]);
  registry.born(tank, { model: 'tank-sensor', metrics: new Map([['level', { unit: 'cm' }]]) });
  expect(registry.takeChanges(NOW)).toMatchObject([{ contradictions: [] }]);
});

test('a device that no file names is what its birth says, and what it said stays', () => {
  const registry = testRegistry(files);
  const pump = deviceIn(registry, other('p'));
  registry.born(pump, { model: 'pump', labels: { line: 'a' } });
  registry.born(pump, { online: true });
  expect(pump.model?.model).toBe('pump');
  expect(registry.takeChanges(NOW).at(-1)).toMatchObject({ model: 'pump', labels: { line: 'a' }, online: true });
});

test('what a source supposes goes behind files and births', () => {
  const registry = testRegistry(files);
  const [tank, lamp] = [deviceIn(registry, known), deviceIn(registry, other('lamp'))];
  for (const device of [tank, lamp]) registry.suppose(device, 'pump');
  expect([tank.model?.model, lamp.model?.model]).toEqual(['tank-sensor', 'pump']);
  registry.born(lamp, { model: 'tank-sensor' });
  registry.suppose(lamp, 'pump');
  expect(lamp.model?.model).toBe('tank-sensor');
});

test('labels of a new birth replace those of the last, so that they cannot pile up', () => {
  const registry = testRegistry(files);
  const tank = deviceIn(registry, known);
  for (let i = 0; i < 100; i++) registry.born(tank, { labels: { [`l${i}`]: 'x' } });
  expect(registry.takeChanges(NOW)[0]?.labels).toEqual({ tank: 'T1', l99: 'x' });
});

test('a model that no file describes checks nothing', () => {
  const registry = testRegistry(files);
  const device = deviceIn(registry, other('p'));
  registry.born(device, { model: 'constructor' });
  expect(device.model).toBeNull();
});

test('last seen is published at most every ten seconds, everything else at once', () => {
  const registry = testRegistry(files);
  const tank = deviceIn(registry, known);
  registry.takeChanges(NOW);
  const published: number[] = [];
  for (let at = NOW; at < NOW + 60_000; at += 100) {
    registry.seen(tank, at);
    for (const view of registry.takeChanges(at)) published.push(view.lastSeen ?? 0);
  }
  // The first is new information; then one per ten seconds.
  expect(published.map((at) => at - NOW)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  registry.refused(tank, { reason: 'type', message: 'no' }, NOW + 60_001);
  expect(registry.takeChanges(NOW + 60_001)).toMatchObject([{ lastError: { at: NOW + 60_001, reason: 'type' } }]);
});

test('a clock that steps back an hour does not stop last seen', () => {
  const registry = testRegistry(files);
  const tank = deviceIn(registry, known);
  registry.seen(tank, NOW);
  registry.takeChanges(NOW);
  registry.seen(tank, NOW - 3_600_000);
  expect(registry.takeChanges(NOW - 3_600_000)).toMatchObject([{ lastSeen: NOW - 3_600_000 }]);
});

test('first seen is that of the first time, over restarts too', () => {
  const rows = new Map<string, number>();
  for (const at of [NOW, NOW + 86_400_000]) {
    const registry = testRegistry(files, {}, rememberedFirstSeen(rows));
    registry.takeChanges(at);
    registry.seen(deviceIn(registry, known), at);
    expect(registry.takeChanges(at)).toMatchObject([{ firstSeen: NOW, lastSeen: at }]);
  }
});

test('a flood of invented ids is refused once the room is full; who was there stays, and a file always has room', () => {
  const registry = testRegistry(files, { devices: 10 });
  const real = deviceIn(registry, other('real'), NOW);
  registry.born(real, { model: 'pump' });
  const answers = Array.from({ length: 1_000 }, (_, i) => {
    const device = registry.device(other(`x${i}`), NOW + i);
    if (!('reason' in device)) registry.seen(device, NOW + i);
    registry.seen(real, NOW + i);
    return 'reason' in device ? device.message : 'taken';
  });
  expect(registry.size).toBe(11);
  expect(answers.filter((each) => each === 'taken')).toHaveLength(9);
  expect(answers.at(-1)).toBe(
    "there are 10 devices already that no file names (ingest.devicesMax), so 'lyon/tanks/x999' is not taken; name it in rules/devices",
  );
  expect(registry.takeRefused()).toEqual({ devices: 991, metrics: 0 });
  expect(registry.takeRefused()).toEqual({ devices: 0, metrics: 0 });
  expect(deviceIn(registry, known).model?.model).toBe('tank-sensor');
  expect(deviceIn(registry, other('real')).model?.model).toBe('pump');
});

test('after a week of silence a device that no file names gives its place to another', () => {
  const registry = testRegistry(files, { devices: 2 });
  for (const [name, at] of [
    ['a', NOW],
    ['b', NOW + 1_000],
  ] as const)
    registry.seen(deviceIn(registry, other(name), at), at);
  const week = 7 * 86_400_000;
  expect(registry.device(other('c'), NOW + week - 60_000)).toMatchObject({ reason: 'cardinality' });
  registry.seen(deviceIn(registry, other('c'), NOW + week), NOW + week);
  expect([registry.known(other('a')), registry.known(other('b'))?.about.device]).toEqual([undefined, 'b']);
});

test('a device that counts in the names of its metrics is refused more of them; what a model names has always room', () => {
  const registry = testRegistry(files, { metrics: 5 });
  const wild = deviceIn(registry, other('wild'));
  const seatOf = (device: typeof wild, metric: string) =>
    registry.sit(device, metric, { series: { key: metric } as never, knowledge: null });
  const kinds = Array.from({ length: 8 }, (_, i) => ('reason' in seatOf(wild, `m${i}`) ? 'refused' : 'taken'));
  expect(kinds).toEqual([...Array(5).fill('taken'), ...Array(3).fill('refused')]);
  expect(seatOf(deviceIn(registry, known), 'level')).not.toHaveProperty('reason');
  expect(registry.takeRefused()).toEqual({ devices: 0, metrics: 3 });
  registry.born(wild, { model: 'pump' }); // its seats are made anew
  expect(registry.metrics).toBe(1);
});
