import { expect, test } from 'vitest';
import type { DeviceEntry } from '#domain/device.ts';
import type { DeviceModel, PlantFiles } from '#runtime/plant-files.ts';
import { DeviceRegistry } from './registry.ts';

const model = (name: string): DeviceModel => ({ model: name, metrics: new Map() });
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
    ['tank-sensor', model('tank-sensor')],
    ['pump', model('pump')],
  ]),
  devices: new Map([['lyon/tanks/tank-01', entry]]),
  problems: [],
};
const known = { site: 'lyon', area: 'tanks', device: 'tank-01' };
const other = (device: string) => ({ site: 'lyon', area: 'tanks', device });
const NOW = 1_795_355_425_172;

test('devices of the files are there from the start, as the files say', () => {
  const registry = new DeviceRegistry(files);
  expect(registry.takeChanges(NOW)).toEqual([
    { ...entry, online: null, lastSeen: null, firmware: null, lastError: null },
  ]);
  expect(registry.takeChanges(NOW)).toEqual([]);
});

test('what a device says of itself never wins over the files', () => {
  const registry = new DeviceRegistry(files);
  registry.born(known, { model: 'pump', role: 'pump', labels: { tank: 'X', process: 'storage' }, firmware: '1.4' });
  expect(registry.modelOf(known)?.model).toBe('tank-sensor');
  expect(registry.takeChanges(NOW)).toMatchObject([
    { model: 'tank-sensor', role: 'level', labels: { tank: 'T1', process: 'storage' }, firmware: '1.4' },
  ]);
});

test('a device that no file names is what its birth says, and what it said stays', () => {
  const registry = new DeviceRegistry(files);
  registry.born(other('p'), { model: 'pump', labels: { line: 'a' } });
  registry.born(other('p'), { online: true });
  expect(registry.modelOf(other('p'))?.model).toBe('pump');
  expect(registry.takeChanges(NOW).at(-1)).toMatchObject({ model: 'pump', labels: { line: 'a' }, online: true });
});

test('labels of a new birth replace those of the last, so that they cannot pile up', () => {
  const registry = new DeviceRegistry(files);
  for (let i = 0; i < 100; i++) registry.born(known, { labels: { [`l${i}`]: 'x' } });
  expect(registry.takeChanges(NOW)[0]?.labels).toEqual({ tank: 'T1', l99: 'x' });
});

test('a model that no file describes checks nothing', () => {
  const registry = new DeviceRegistry(files);
  registry.born(other('p'), { model: 'constructor' });
  expect(registry.modelOf(other('p'))).toBeNull();
});

test('last seen is published at most every ten seconds, everything else at once', () => {
  const registry = new DeviceRegistry(files);
  registry.takeChanges(NOW);
  const published: number[] = [];
  for (let at = NOW; at < NOW + 60_000; at += 100) {
    registry.seen(known, at);
    for (const view of registry.takeChanges(at)) published.push(view.lastSeen ?? 0);
  }
  // The first is new information; then one per ten seconds.
  expect(published.map((at) => at - NOW)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  registry.refused(known, { reason: 'type', message: 'no' }, NOW + 60_001);
  expect(registry.takeChanges(NOW + 60_001)).toMatchObject([{ lastError: { at: NOW + 60_001, reason: 'type' } }]);
});

test('a clock that steps back an hour does not stop last seen', () => {
  const registry = new DeviceRegistry(files);
  registry.seen(known, NOW);
  registry.takeChanges(NOW);
  registry.seen(known, NOW - 3_600_000);
  expect(registry.takeChanges(NOW - 3_600_000)).toMatchObject([{ lastSeen: NOW - 3_600_000 }]);
});

test('a flood of invented ids is bounded, forgets the longest silent first, and never a device of the files', () => {
  const registry = new DeviceRegistry(files, 10);
  registry.born(other('real'), { model: 'pump' });
  for (let i = 0; i < 1_000; i++) {
    registry.seen(other(`x${i}`), NOW);
    registry.seen(other('real'), NOW);
  }
  expect(registry.size).toBe(11);
  const views = registry.takeChanges(NOW);
  expect(views.length).toBeLessThanOrEqual(11);
  expect(views.map((view) => view.device)).toEqual(expect.arrayContaining(['tank-01', 'real', 'x999']));
  expect(registry.modelOf(other('real'))?.model).toBe('pump');
});
