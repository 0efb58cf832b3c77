import path from 'node:path';
import { expect, it } from 'vitest';
import { parseDuration } from '#domain/duration.ts';
import { createRandom } from '#domain/random.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { SIMULATED_DEVICES } from './devices.ts';
import { FIRST_PLANT } from './plant.ts';

const files = readPlantFiles(path.resolve(import.meta.dirname, '../../../rules'));

it('the files that describe the plant are without problems', () => {
  expect(files.problems).toEqual([]);
});

it('some thirty signals', () => {
  const signals = SIMULATED_DEVICES.flatMap((device) => Object.keys(device.read(FIRST_PLANT, createRandom(1))));
  expect(signals).toHaveLength(30);
});

it.each(SIMULATED_DEVICES.map((device) => [device.device, device] as const))(
  '%s is described as it reports itself',
  (_, device) => {
    expect(files.devices.get(`${device.site}/${device.area}/${device.device}`)?.model).toBe(device.model);
    const metrics = files.models.get(device.model)?.metrics;
    for (const [metric, value] of Object.entries(device.read(FIRST_PLANT, createRandom(1)))) {
      const model = metrics?.get(metric);
      expect(model?.type).toBe(typeof value === 'string' ? 'text' : typeof value);
      expect(model?.unit).toBe(device.units[metric]);
      expect(parseDuration(model?.interval ?? '')).toBe(device.intervalS * 1_000);
    }
  },
);
