// The brokers that benchmarks compare, each started as a process of its own.

import path from 'node:path';
import { startBareAedes, startEmbedded, startMosquitto, UNBOUND_CLIENTS } from '../support/brokers.ts';
import { findProgram, type Running } from '../support/processes.ts';

export type Kind = 'penstock' | 'memory' | 'level' | 'mosquitto';
export type Ports = readonly [port: number, metricsPort: number];

const LEVEL = ['aedes-persistence-level@9.2.0', 'classic-level@3.0.0'];

export const START: Readonly<Record<Kind, (folder: string, ports: Ports) => Promise<Running>>> = {
  penstock: (folder, [port, metricsPort]) =>
    startEmbedded({ dataDir: folder, port, metricsPort, env: UNBOUND_CLIENTS }),
  memory: (_folder, [port]) => startBareAedes(port),
  level: (folder, [port]) => startBareAedes(port, folder),
  mosquitto: (folder, [port]) =>
    startMosquitto(folder, port, ['persistence true', `persistence_location ${path.join(folder, 'mosquitto')}/`]),
};

export const NAME: Readonly<Record<Kind, string>> = {
  penstock: 'penstock',
  memory: 'aedes, memory',
  level: 'aedes, level',
  mosquitto: 'mosquitto',
};

/** Why it cannot be measured here; undefined where it can. */
export async function missing(kind: Kind): Promise<string | undefined> {
  if (kind === 'mosquitto' && findProgram('mosquitto') === undefined) return 'apt-get install mosquitto';
  if (kind !== 'level') return undefined;
  const names = LEVEL.map((each) => each.replace(/@.*/, ''));
  const found = await Promise.all(
    names.map((name) =>
      import(name).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean) ? undefined : `npm install --no-save --ignore-scripts ${LEVEL.join(' ')}`;
}
