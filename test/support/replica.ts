// One of several of a service, beside a pipeline: with a data folder and a port of its own, over all its lives.

import { cpSync } from 'node:fs';
import path from 'node:path';
import type { RankedService } from '#domain/service.ts';
import { type Pipeline, readMetric } from './pipeline.ts';
import { freePorts, ROOT, type Running, run, tempFolder, until } from './processes.ts';

export type Replica = AsyncDisposable & {
  readonly folder: string;
  /** Resolves when it is ready. */
  start(rank: number, replicas: number): Promise<void>;
  /** With a goodbye. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** By its whole name, over all its labels. */
  metric(name: string): Promise<number>;
};

/** `env`: settings of its own. */
export async function openReplica(
  { dataDir, brokerPort, storeUrl }: Pipeline,
  service: RankedService,
  env: NodeJS.ProcessEnv,
): Promise<Replica> {
  const temp = tempFolder();
  const [port = 0] = await freePorts(1);
  cpSync(path.join(dataDir, 'secrets'), path.join(temp.path, 'secrets'), { recursive: true });
  const prefix = `PENSTOCK_${service.toUpperCase()}`;
  let running: Running | undefined;
  const stop = async () => running?.[Symbol.asyncDispose]();
  return {
    folder: temp.path,
    async start(rank, replicas) {
      const life = run(process.execPath, [path.join(ROOT, 'services', service, 'main.ts')], {
        PENSTOCK_SUPERVISED: '1', // it stops with the test's own process, however that ends
        PENSTOCK_DATA: temp.path,
        PENSTOCK_BROKER_PORT: String(brokerPort),
        PENSTOCK_HISTORIAN_PORT: new URL(storeUrl).port,
        [`${prefix}_METRICS_PORT`]: String(port),
        [`${prefix}_RANK`]: String(rank),
        [`${prefix}_REPLICAS`]: String(replicas),
        ...env,
      });
      running = life;
      await until(
        `${service} ${rank} of ${replicas}`,
        async () => {
          if (life.child.exitCode !== null) throw new Error(life.output());
          return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok ? true : undefined;
        },
        30_000,
      );
    },
    stop,
    kill: async () => running?.kill(),
    metric: (name) => readMetric(port, name),
    async [Symbol.asyncDispose]() {
      await stop();
      temp[Symbol.dispose]();
    },
  };
}
