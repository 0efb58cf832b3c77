// The whole pipeline as its users run it: every service a process of its own, around any broker and any store.

import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { ServiceName } from '#domain/service.ts';
import { NO_MOSQUITTO, startMosquitto } from './brokers.ts';
import { NO_INFLUXD, startInfluxd } from './influxd.ts';
import { addPeople, type Login, loginOf, type Person } from './logins.ts';
import { findProgram, freePorts, ROOT, type Running, run, tempFolder, until } from './processes.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** `elsewhere`: one that runs already; `env` says where, and how services log in. */
export type BrokerKind = 'embedded' | 'mosquitto' | 'elsewhere';
export type StoreKind = 'historian' | 'influxdb';

export type PipelineOptions = {
  readonly broker?: BrokerKind;
  readonly store?: StoreKind;
  /** Writes rules, models, devices and sources; the repository's own where it is left out. */
  readonly rules?: (folder: string) => void;
  readonly services?: readonly ServiceName[];
  readonly env?: NodeJS.ProcessEnv;
  /** Gives the address at which services find the store, whose own it is given; without it that is the store's own. */
  readonly storeVia?: (storeUrl: string) => Promise<string>;
  /** A service whose own folder is on a disk of so many bytes. */
  readonly smallDisk?: { readonly service: ServiceName; readonly bytes: number };
};

export type Pipeline = AsyncDisposable & {
  readonly brokerPort: number;
  readonly storeUrl: string;
  readonly consoleUrl: string;
  /** As it is found from here. */
  readonly dataDir: string;
  /** Where one was asked for. */
  readonly disk: SmallDisk | undefined;
  readonly processes: Map<string, Running>;
  /** Starts a service again after it was killed, and waits until it is ready. */
  restart(service: ServiceName): Promise<void>;
  /** The same without waiting: a service may have to start where it cannot become ready. */
  launch(service: ServiceName): void;
  /** Waits until a service that runs is ready. */
  ready(service: ServiceName): Promise<void>;
  metricsPort(service: ServiceName): number;
  /** A metric by its whole name, over all its labels; 0 where there is none. */
  metric(service: ServiceName, name: string): Promise<number>;
  /** A client of its own connection, closed with the pipeline. */
  client(options?: mqtt.IClientOptions): Promise<MqttClient>;
  /** Login of an operator (ada) or an admin (root); none at a broker that asks nobody. */
  loginOf(person: Person): Partial<Login>;
  /** Rows of the first series of an InfluxQL answer; empty where there is none. */
  query(influxql: string): Promise<unknown[][]>;
};

/** Queues without limit: with the defaults it drops under load (README: topologies). */
const UNBOUNDED_IN_MEMORY = ['persistence false', 'max_queued_messages 0', 'max_inflight_messages 0'];

const SERVICES: readonly ServiceName[] = ['ingest', 'rules', 'writer', 'console'];
/** Everything that a test may ask for; in this order they stop. */
const STARTABLE: readonly ServiceName[] = ['watchdog', ...SERVICES];

/** Why the parts are not all here; undefined where they are. For describe.skipIf, with the reason in the title. */
export function missingPart({ broker, store }: PipelineOptions): string | undefined {
  if (broker === 'mosquitto' && findProgram('mosquitto') === undefined) return NO_MOSQUITTO;
  if (store === 'influxdb' && findProgram('influxd') === undefined) return NO_INFLUXD;
  return undefined;
}

export async function startPipeline(options: PipelineOptions = {}): Promise<Pipeline> {
  const stack = new AsyncDisposableStack();
  try {
    return await open(options, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function open(options: PipelineOptions, stack: AsyncDisposableStack): Promise<Pipeline> {
  const folder = stack.use(tempFolder()).path;
  const [brokerPort = 0, storePort = 0, rpcPort = 0, consolePort = 0, ...metricsPorts] = await freePorts(11);
  const names: readonly ServiceName[] = ['broker', 'historian', ...STARTABLE];
  const metricsPort = (name: ServiceName) => metricsPorts[names.indexOf(name)] ?? 0;
  const rulesDir = path.join(folder, 'rules');
  if (options.rules === undefined) cpSync(path.join(ROOT, 'rules'), rulesDir, { recursive: true });
  else
    for (const each of ['', 'models', 'devices', 'sources']) mkdirSync(path.join(rulesDir, each), { recursive: true });
  options.rules?.(rulesDir);
  const dataDir = path.join(folder, 'data');
  const isEmbedded = (options.broker ?? 'embedded') === 'embedded';
  const isHistorian = (options.store ?? 'historian') === 'historian';
  const env = environmentOf({ dataDir, rulesDir, brokerPort, storePort, consolePort, isEmbedded, isHistorian });
  for (const name of names) env[`PENSTOCK_${name.toUpperCase()}_METRICS_PORT`] = String(metricsPort(name));
  const storeUrl = `http://127.0.0.1:${storePort}`;
  if (options.storeVia !== undefined) env.PENSTOCK_STORE_URL = await options.storeVia(storeUrl);
  Object.assign(env, options.env);
  const { smallDisk } = options;
  const disk = smallDisk && stack.use(await mountSmallDisk(path.join(dataDir, smallDisk.service), smallDisk.bytes));
  if (isEmbedded) addPeople(dataDir);
  const processes = new Map<string, Running>();
  const launch = (service: ServiceName) => {
    const words = [process.execPath, path.join(ROOT, 'services', service, 'main.ts')];
    const [program = '', ...args] = disk !== undefined && service === smallDisk?.service ? disk.inside(words) : words;
    const running = run(program, args, env);
    processes.set(service, running);
    return running;
  };
  const ready = async (service: ServiceName) => {
    const running = processes.get(service);
    await until(
      `${service} to be ready`,
      async () => {
        if (typeof running?.child.exitCode === 'number')
          throw new Error(`${service} exited ${running.child.exitCode}: ${running.output()}`);
        const response = await fetch(`http://127.0.0.1:${metricsPort(service)}/readyz`);
        if (!response.ok) throw new Error(`${await response.text()}`);
        return true;
      },
      30_000,
    );
  };
  const start = async (service: ServiceName) => {
    launch(service);
    await ready(service);
  };
  // Services stop before the broker and the store they talk to: the stack closes in reverse.
  const stopAll = async () => {
    const inOrder = [...STARTABLE, 'historian', 'broker'];
    for (const name of inOrder) await processes.get(name)?.[Symbol.asyncDispose]();
  };
  if (options.broker === 'mosquitto') stack.use(await startMosquitto(folder, brokerPort, UNBOUNDED_IN_MEMORY));
  if (!isHistorian) stack.use(await startInfluxd({ folder, port: storePort, rpcPort }));
  stack.defer(stopAll);
  const wanted = options.services ?? SERVICES;
  await Promise.all([isEmbedded ? start('broker') : undefined, isHistorian ? start('historian') : undefined]);
  await Promise.all(wanted.filter((name) => STARTABLE.includes(name)).map((name) => start(name)));
  return {
    brokerPort,
    storeUrl,
    consoleUrl: `http://127.0.0.1:${consolePort}`,
    dataDir: disk?.seen(dataDir) ?? dataDir,
    disk,
    processes,
    restart: start,
    launch,
    ready,
    metricsPort,
    metric: (service, name) => readMetric(metricsPort(service), name),
    async client(clientOptions = {}) {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${brokerPort}`, clientOptions);
      stack.defer(() => client.endAsync(true));
      return client;
    },
    loginOf: (person) => (isEmbedded ? loginOf(dataDir, person) : {}),
    query: (influxql) => query(storeUrl, influxql),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function environmentOf(parts: {
  readonly dataDir: string;
  readonly rulesDir: string;
  readonly brokerPort: number;
  readonly storePort: number;
  readonly consolePort: number;
  readonly isEmbedded: boolean;
  readonly isHistorian: boolean;
}): NodeJS.ProcessEnv {
  const { dataDir, rulesDir, brokerPort, storePort, consolePort, isEmbedded, isHistorian } = parts;
  return {
    PENSTOCK_SUPERVISED: '1', // they stop with the test's own process, however that ends
    PENSTOCK_NUMBERS_INTERVAL: '0s', // what is counted is what a test has sent
    PENSTOCK_DATA: dataDir,
    PENSTOCK_RULES_DIR: rulesDir,
    PENSTOCK_CONSOLE_PORT: String(consolePort),
    ...(isEmbedded
      ? { PENSTOCK_BROKER_PORT: String(brokerPort), PENSTOCK_BROKER_WS_PORT: 'off' }
      : { PENSTOCK_BROKER_URL: `mqtt://127.0.0.1:${brokerPort}` }),
    ...(isHistorian
      ? { PENSTOCK_HISTORIAN_PORT: String(storePort) }
      : { PENSTOCK_STORE_URL: `http://127.0.0.1:${storePort}` }),
  };
}

/** A metric by its whole name, over all its labels; 0 where there is none. */
export async function readMetric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function query(storeUrl: string, influxql: string): Promise<unknown[][]> {
  const url = `${storeUrl}/query?${new URLSearchParams({ db: 'plant', epoch: 'ms', q: influxql })}`;
  const answer = (await (await fetch(url)).json()) as {
    results: { series?: { values: unknown[][] }[]; error?: string }[];
  };
  const [result] = answer.results;
  if (result?.error !== undefined) throw new Error(result.error);
  return result?.series?.[0]?.values ?? [];
}
