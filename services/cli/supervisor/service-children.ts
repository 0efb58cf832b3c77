// The children of `penstock start`: one row per service with what it needs, and the simulated plant after them.

import path from 'node:path';
import type { ServiceName } from '#domain/service.ts';
import type { LoadedSettings } from '../settings.ts';
import type { ChildSpec } from './child.ts';
import { compileCache } from './compile-cache.ts';
import { servicesOf } from './listeners.ts';

const SERVICES_DIR = path.resolve(import.meta.dirname, '../..');

/**
 * Who is to be ready before a service is started, at first and after a crash. Ingest comes after those who keep a queue at the broker, or at the very first start its first batches would find no
 * queue to wait in; the simulated plant and the watchdog come after ingest for the same reason.
 */
export const NEEDS: { readonly [name in ServiceName]: readonly ServiceName[] } = {
  broker: [],
  historian: [],
  rules: ['broker'],
  writer: ['broker'],
  console: ['broker'],
  ingest: ['broker', 'rules', 'writer'],
  watchdog: ['ingest'],
};

const SIMULATOR = 'simulator';

/** The program of a service, for `node`. */
export function serviceProgram(name: ServiceName): string {
  return path.join(SERVICES_DIR, name, 'main.ts');
}

/** @param words the settings flags that every child gets */
export function childSpecs({ config, settings }: LoadedSettings, words: readonly string[]): ChildSpec[] {
  const env = childEnvironment(config.root.data, settings);
  const services = servicesOf(config).map(
    (name): ChildSpec => ({
      name,
      args: [serviceProgram(name), ...words],
      env,
      readyUrl: `http://127.0.0.1:${config[name].metricsPort}/readyz`,
      needs: NEEDS[name],
    }),
  );
  if (!config.root.demo) return services;
  const args = [path.join(SERVICES_DIR, 'cli/main.ts'), 'simulate', ...words];
  return [...services, { name: SIMULATOR, args, env, needs: ['ingest'] }];
}

function childEnvironment(dataDir: string, settings: LoadedSettings['settings']): Record<string, string> {
  const isLevelChosen = settings.some(({ path: name, origin }) => name === 'logLevel' && origin !== 'default');
  return {
    ...compileCache(dataDir),
    // The supervisor itself says what runs; a child speaks when something is wrong, unless it was asked for more.
    ...(isLevelChosen ? {} : { PENSTOCK_LOG_LEVEL: 'warn' }),
  };
}
