// For tests of what works with devices: a registry that remembers nothing over restarts.

import type { DeviceName } from '#domain/topic.ts';
import { type DeviceModel, modelOf, type PlantFiles } from '#runtime/plant-files.ts';
import { KnownDevice } from './known-device.ts';
import { DeviceRegistry, type FirstSeen, type RegistryLimits } from './registry.ts';

export const NO_FILES: PlantFiles = { models: new Map(), devices: new Map(), problems: [] };

export function rememberedFirstSeen(rows = new Map<string, number>()): FirstSeen {
  return { of: (key) => rows.get(key), add: (key, at) => rows.set(key, at) };
}

export function testRegistry(
  files: PlantFiles = NO_FILES,
  limits: Partial<RegistryLimits> = {},
  firstSeen = rememberedFirstSeen(),
): DeviceRegistry {
  return new DeviceRegistry(files, { devices: 1_000, metrics: 10_000, ...limits }, firstSeen);
}

/** The device, where there is room for it. @throws where there is none */
export function deviceIn(registry: DeviceRegistry, name: DeviceName, now = 0): KnownDevice {
  const device = registry.device(name, now);
  if ('reason' in device) throw new Error(device.message);
  return device;
}

export function deviceOfModel(model: DeviceModel | null, name: DeviceName = TANK): KnownDevice {
  const device = new KnownDevice({ ...name, model: model?.model ?? null, role: null, labels: {} }, undefined);
  device.learn(model);
  return device;
}

export const TANK: DeviceName = { site: 'lyon', area: 'tanks', device: 'tank-01' };

export function modelNamed(model: string, metrics: Parameters<typeof modelOf>[0]['metrics'] = {}): DeviceModel {
  return modelOf({ model, metrics });
}
