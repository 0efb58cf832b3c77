// A store under measurement: a process with its own folder, what it costs, and its life (killed, started again).

import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { compileCache } from '../../../services/cli/supervisor/compile-cache.ts';
import { startInfluxd } from '../../support/influxd.ts';
import { readMetric } from '../../support/pipeline.ts';
import { freePorts, ROOT, type Running, run, tempFolder, whenReady } from '../../support/processes.ts';
import { cpuSeconds } from '../cpu-seconds.ts';
import { memoryMegabytes } from '../memory.ts';
import { StoreClient } from './store-client.ts';

export type StoreKind = 'historian' | 'influxdb';
type Ports = { readonly port: number; readonly otherPort: number };

/** No limit that a benchmark could meet, nothing that it does beside; compacted fully as soon as it is left alone. */
const INFLUXD_SETTINGS = {
  data: [
    'query-log-enabled = false',
    'cache-max-memory-size = 0',
    'max-series-per-database = 0',
    'max-values-per-tag = 0',
    'cache-snapshot-write-cold-duration = "5s"',
    'compact-full-write-cold-duration = "10s"',
  ],
  http: ['max-body-size = 0'],
  monitor: ['store-enabled = false'],
  subscriber: ['enabled = false'],
  continuous_queries: ['enabled = false'],
  logging: ['level = "error"'],
};

const START: Readonly<Record<StoreKind, (folder: string, ports: Ports, env: NodeJS.ProcessEnv) => Promise<Running>>> = {
  async historian(folder, { port, otherPort }, env) {
    const running = run(process.execPath, [path.join(ROOT, 'services/historian/main.ts')], {
      PENSTOCK_SUPERVISED: '1',
      ...compileCache(folder), // as whoever starts services has it
      PENSTOCK_DATA: folder,
      PENSTOCK_HISTORIAN_PORT: String(port),
      PENSTOCK_HISTORIAN_METRICS_PORT: String(otherPort),
      PENSTOCK_BROKER_PORT: '1', // nobody is there: it serves without
      ...env,
    });
    const answers = async () => (await fetch(`http://127.0.0.1:${port}/ping`)).status === 204 || undefined;
    return whenReady(running, 'the historian to answer', answers);
  },
  influxdb: (folder, { port, otherPort }) =>
    startInfluxd({ folder, port, rpcPort: otherPort, settings: INFLUXD_SETTINGS }),
};

/** Well over the 10 s after which InfluxDB compacts for good. */
const QUIET_S = 20;
const QUIET_CPU_SHARE = 0.02;
const SETTLED_WITHIN_S = 900;
const LOOK_EVERY_MS = 250;

/** Of stat(2), whatever the file system's own are. */
const BLOCK_BYTES = 512;
/** What node has compiled: none of what is stored. */
const CACHE = 'cache/';
/** Files that hold what is not in its place yet. */
const LOG = /(^|\/)wal\/|\.log(\/|$)|-wal$/;

type DiskBytes = { readonly all: number; readonly log: number };

export class Store implements AsyncDisposable {
  readonly kind: StoreKind;
  readonly #ports: Ports;
  readonly #env: NodeJS.ProcessEnv;
  readonly #stack: AsyncDisposableStack;
  readonly #folder: string;
  /** Where the benchmark is interrupted, nothing is awaited any more. */
  readonly #endAtOnce = () => {
    this.#running?.child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  };
  #running: Running | undefined;

  private constructor(kind: StoreKind, ports: Ports, env: NodeJS.ProcessEnv) {
    this.kind = kind;
    this.#ports = ports;
    this.#env = env;
    this.#stack = new AsyncDisposableStack();
    this.#folder = this.#stack.use(tempFolder()).path;
    process.once('exit', this.#endAtOnce);
    this.#stack.defer(() => void process.off('exit', this.#endAtOnce));
    this.#stack.defer(async () => this.#running?.[Symbol.asyncDispose]());
  }

  /** @param env settings of our own; InfluxDB has none */
  static async start(kind: StoreKind, env: NodeJS.ProcessEnv = {}): Promise<Store> {
    const [port = 0, otherPort = 0] = await freePorts(2);
    const store = new Store(kind, { port, otherPort }, env);
    try {
      await store.start();
    } catch (error) {
      await store[Symbol.asyncDispose]();
      throw error;
    }
    return store;
  }

  async start(): Promise<void> {
    this.#running = await START[this.kind](this.#folder, this.#ports, this.#env);
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  client(): StoreClient {
    return new StoreClient(this.#ports.port);
  }

  /** As the writer makes it. */
  async createDatabase(name: string): Promise<void> {
    using client = this.client();
    await client.command(`CREATE DATABASE "${name}" WITH DURATION INF REPLICATION 1 NAME "raw"`);
  }

  cpuSeconds(): number {
    return cpuSeconds(this.#process.child.pid ?? 0);
  }

  peakMegabytes(): number {
    return memoryMegabytes(this.#process, 'VmHWM');
  }

  /** Samples that lie in the log only; 0 where a store does not tell. */
  async unsealed(): Promise<number> {
    return this.kind === 'historian' ? readMetric(this.#ports.otherPort, 'penstock_historian_head_samples') : 0;
  }

  /** What the disk has given: both make files longer than what is in them. */
  diskBytes(): DiskBytes {
    let all = 0;
    let log = 0;
    for (const file of readdirSync(this.#folder, { recursive: true, encoding: 'utf8' })) {
      if (file.startsWith(CACHE)) continue;
      const stat = statSync(path.join(this.#folder, file), { throwIfNoEntry: false });
      if (stat?.isFile() !== true) continue;
      const bytes = stat.blocks * BLOCK_BYTES;
      all += bytes;
      if (LOG.test(file)) log += bytes;
    }
    return { all, log };
  }

  /** Resolves when it writes and computes nothing any more: everything is sealed, or compacted. */
  async settled(): Promise<void> {
    const look = () => ({ at: performance.now(), bytes: this.diskBytes().all, cpu: this.cpuSeconds() });
    const deadline = performance.now() + SETTLED_WITHIN_S * 1_000;
    for (let since = look(); ; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      const now = look();
      const seconds = (now.at - since.at) / 1_000;
      const isQuiet = now.bytes === since.bytes && now.cpu - since.cpu < QUIET_CPU_SHARE * Math.max(seconds, 1);
      if (isQuiet && seconds > QUIET_S) return;
      if (!isQuiet) since = now;
      if (now.at > deadline) throw new Error(`${this.kind} was still at work after ${SETTLED_WITHIN_S} s`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  get #process(): Running {
    if (this.#running === undefined) throw new Error(`${this.kind} has not been started`);
    return this.#running;
  }
}
