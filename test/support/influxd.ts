// A real InfluxDB 1.x (Debian's package) as a process of its own, with everything it writes in one folder.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram, type Running, run, whenReady } from './processes.ts';

export const NO_INFLUXD = 'influxd is not installed (apt-get install influxdb)';

export type InfluxdOptions = {
  readonly folder: string;
  readonly port: number;
  readonly rpcPort: number;
  /** Lines for sections of influxdb.conf, by section; what they leave out is as Debian has it. */
  readonly settings?: Readonly<Record<string, readonly string[]>>;
};

/** Starts it, and waits until it answers. */
export async function startInfluxd({ folder, port, rpcPort, settings = {} }: InfluxdOptions): Promise<Running> {
  const at = (name: string) => path.join(folder, 'influxdb', name);
  const sections: Record<string, readonly string[]> = {
    ...settings,
    meta: [`dir = "${at('meta')}"`, ...(settings.meta ?? [])],
    data: [`dir = "${at('data')}"`, `wal-dir = "${at('wal')}"`, ...(settings.data ?? [])],
    http: [`bind-address = "127.0.0.1:${port}"`, 'log-enabled = false', ...(settings.http ?? [])],
  };
  const file = path.join(folder, 'influxdb.conf');
  const lines = Object.entries(sections).flatMap(([name, own]) => [`[${name}]`, ...own]);
  writeFileSync(file, ['reporting-disabled = true', `bind-address = "127.0.0.1:${rpcPort}"`, ...lines, ''].join('\n'));
  const running = run(findProgram('influxd') ?? 'influxd', ['-config', file]);
  const answers = async () => (await fetch(`http://127.0.0.1:${port}/ping`)).status === 204 || undefined;
  return whenReady(running, 'influxd to answer', answers);
}
