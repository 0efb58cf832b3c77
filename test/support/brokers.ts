// One broker as a process of its own: ours, mosquitto, and bare aedes beside them for comparison.

import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import { findProgram, ROOT, type Running, run, whenReady } from './processes.ts';

export const NO_MOSQUITTO = 'mosquitto is not installed (apt-get install mosquitto)';

/** What a process needs to be told to be the embedded broker. */
export type EmbeddedOptions = {
  readonly dataDir: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly env?: NodeJS.ProcessEnv;
};

/** For the embedded broker, where a few clients of a test are to do what many devices do: none is bound in what it sends. */
export const UNBOUND_CLIENTS = {
  PENSTOCK_BROKER_MESSAGES_PER_SECOND_MAX: '0',
  PENSTOCK_BROKER_BYTES_PER_SECOND_MAX: '0',
  PENSTOCK_BROKER_RETAINED_PER_USER_MAX: '10000000',
  PENSTOCK_BROKER_RETAINED_BYTES_PER_USER_MAX: '10000000000',
};

/** Starts services/broker, and waits until it is ready. */
export async function startEmbedded({ dataDir, port, metricsPort, env }: EmbeddedOptions): Promise<Running> {
  const running = run(process.execPath, [path.join(ROOT, 'services/broker/main.ts')], {
    PENSTOCK_SUPERVISED: '1',
    PENSTOCK_DATA: dataDir,
    PENSTOCK_BROKER_PORT: String(port),
    PENSTOCK_BROKER_WS_PORT: 'off',
    PENSTOCK_BROKER_METRICS_PORT: String(metricsPort),
    ...env,
  });
  const isReady = async () => (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).ok || undefined;
  return whenReady(running, 'the broker to be ready', isReady);
}

/**
 * `persistence` names the lines of mosquitto.conf(5) that decide what it keeps; everything is taken from anyone. Started as root
 * it would change to a user of its own, who cannot write into our folder.
 */
export async function startMosquitto(folder: string, port: number, persistence: readonly string[]): Promise<Running> {
  const file = path.join(folder, 'mosquitto.conf');
  mkdirSync(path.join(folder, 'mosquitto'), { recursive: true });
  writeFileSync(
    file,
    [`listener ${port} 127.0.0.1`, `user ${userInfo().username}`, 'allow_anonymous true', ...persistence, ''].join(
      '\n',
    ),
  );
  const running = run(findProgram('mosquitto') ?? 'mosquitto', ['-c', file]);
  return whenReady(running, 'mosquitto to listen', () => canConnect(port));
}

/** Starts bare aedes; with a folder on aedes-persistence-level, else in memory. */
export async function startBareAedes(
  port: number,
  levelFolder?: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const program = path.join(ROOT, 'test/support/bare-aedes.ts');
  const running = run(
    process.execPath,
    [program, String(port), ...(levelFolder === undefined ? [] : [levelFolder])],
    env,
  );
  return whenReady(running, 'bare aedes to listen', () => canConnect(port));
}

async function canConnect(port: number): Promise<true> {
  try {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
    await client.endAsync();
  } catch (error) {
    if (!String(error).includes('Not authorized')) throw error; // one that lets nobody in unknown listens all the same
  }
  return true;
}
