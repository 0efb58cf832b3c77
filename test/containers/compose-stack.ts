// The stack of deploy/compose.yaml on a Docker engine, with ports of its own and volumes that go with it. By `docker compose` as
// a user has it: the package testcontainers would start the same, and bring some hundred packages along.

import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePorts, ROOT, tempFolder } from '../support/processes.ts';

export type Stack = AsyncDisposable & {
  readonly ports: {
    readonly broker: number;
    readonly console: number;
    readonly influxdb: number;
    readonly grafana: number;
  };
  /** `docker compose …`; gives what it prints. */
  compose(...words: readonly string[]): Promise<string>;
};

/** Images are fetched and built at the first time. */
const UP_MS_MAX = 20 * 60_000;
const OUTPUT_BYTES_MAX = 64 * 1_048_576;

/** Why it cannot be started here; undefined where it can. */
export function noEngine(): string | undefined {
  const says = (...words: string[]) => spawnSync('docker', words, { encoding: 'utf8', timeout: 10_000 });
  const engine = says('version', '--format', '{{.Server.Version}}');
  if (engine.error !== undefined) return 'docker is not installed';
  if (engine.status !== 0) return 'no Docker engine answers';
  // `!override`, by which the ports are others here.
  const [major = 0, minor = 0] = says('compose', 'version', '--short').stdout.replace(/^v/, '').split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 25) ? undefined : 'docker compose is older than 2.25, or not installed';
}

const INNER = { broker: 1883, console: 8080, influxdb: 8086, grafana: 3000 } as const;

export async function startStack(): Promise<Stack> {
  const folder = tempFolder();
  const [broker = 0, console = 0, influxdb = 0, grafana = 0] = await freePorts(4);
  const ports = { broker, console, influxdb, grafana };
  const file = path.join(folder.path, 'ports.yaml');
  const rows = Object.entries(INNER).map(
    ([name, inner]) => `  ${name}: { ports: !override ["127.0.0.1:${ports[name as keyof typeof INNER]}:${inner}"] }\n`,
  );
  writeFileSync(file, `services:\n${rows.join('')}`);
  const deploy = path.join(ROOT, 'deploy');
  const project = ['compose', '--project-name', `penstock-test-${process.pid}`, '--project-directory', deploy];
  // A .env of whoever works here chooses other things.
  const chosen = ['--env-file', '/dev/null', '--profile', 'demo'];
  const files = ['--file', path.join(deploy, 'compose.yaml'), '--file', file];
  const compose = async (...words: readonly string[]) => {
    const options = { timeout: UP_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX };
    return (await promisify(execFile)('docker', [...project, ...chosen, ...files, ...words], options)).stdout;
  };
  const down = async () => {
    await compose('down', '--volumes', '--remove-orphans', '--timeout', '15');
    folder[Symbol.dispose]();
  };
  try {
    await compose('up', '--detach', '--build');
  } catch (error) {
    await down();
    throw error;
  }
  return { ports, compose, [Symbol.asyncDispose]: down };
}
