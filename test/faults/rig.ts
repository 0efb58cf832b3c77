// The pipeline with everything around it that a fault needs: devices that keep a ledger, a network between them and the
// broker, a network and a front between the writer and the store, and somebody who watches the points go by.

import type { Random } from '#domain/random.ts';
import type { ServiceName } from '#domain/service.ts';
import { NEEDS } from '../../services/cli/supervisor/service-children.ts';
import { startLoad } from '../support/load.ts';
import { type Pipeline, type PipelineOptions, startPipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';
import { StoreFront } from '../support/store-front.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { storedCount } from './findings.ts';
import { Ledger } from './ledger.ts';
import { messageOfLine, topicOf, writeRules } from './plant.ts';
import { PROFILE } from './profile.ts';
import { type Outcome, type SettleOptions, settle, told, type Watched } from './settle.ts';
import { Sightings } from './sightings.ts';
import { watchPoints } from './watch-points.ts';

export type Rig = Watched &
  AsyncDisposable & {
    /** Between the devices and the broker. */
    readonly deviceNet: TcpProxy;
    /** Between the writer and the store. */
    readonly storeNet: TcpProxy;
    readonly front: StoreFront;
    /**
     * Kills services at once, starts them again, and waits until they are ready. Gives the time from their start to the first
     * acknowledgement of a device, ms, which means something where the broker was among them.
     */
    killAndRestart(services: readonly ServiceName[]): Promise<number>;
    signal(service: ServiceName, signal: 'SIGSTOP' | 'SIGCONT'): void;
    /** See settle.ts. */
    settle(options?: SettleOptions): Promise<Outcome>;
  };

export type RigOptions = Pick<PipelineOptions, 'smallDisk'>;

const WINDOW = 50;
/** A device that hears nothing for so long gives its connection up. */
const SILENCE_MS = 5_000;
/** No process answers sooner after its start; what comes before was under way when its predecessor died. */
const BOOT_MS_MIN = 50;
const clock = () => performance.now();

/** Resolves when points flow into the store. */
export async function startRig(random: Random, options: RigOptions = {}): Promise<Rig> {
  const stack = new AsyncDisposableStack();
  try {
    return await open(random, options, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function open(random: Random, options: RigOptions, stack: AsyncDisposableStack): Promise<Rig> {
  const ledger = new Ledger(PROFILE.devices, () => Date.now(), clock);
  const [points, writes] = [new Sightings('points', clock), new Sightings('writes', clock)];
  const front = stack.use(await new StoreFront((line) => seeLine(line, writes)).listen());
  const storeNet = stack.use(await new TcpProxy(front.port).listen());
  const pipeline = stack.use(
    await startPipeline({
      ...options,
      services: ['ingest', 'rules', 'writer'],
      rules: writeRules,
      env: { PENSTOCK_HISTORIAN_MEMORY_BYTES: '4000000' }, // small, so that it seals again and again
      storeVia: async (url) => {
        front.targetUrl = url;
        return `http://127.0.0.1:${storeNet.port}`;
      },
    }),
  );
  stack.use(await watchPoints(pipeline.brokerPort, points));
  const deviceNet = stack.use(await new TcpProxy(pipeline.brokerPort).listen());
  const load = stack.use(
    await startLoad({
      ...{ port: deviceNet.port, devices: PROFILE.devices, rate: PROFILE.rate, qos: 1, window: WINDOW },
      from: 0, // the payload has times of its own
      topic: topicOf,
      payload: (device, n) => ledger.payload(device, n),
      onAcked: (_, { device, n }) => ledger.acked(device, n),
      comesBack: { random, silenceMs: SILENCE_MS },
    }),
  );
  await until('points in the store', async () => (await storedCount(pipeline)) > PROFILE.rate || undefined, 30_000);
  ledger.takeWorstGapMs();
  points.takeWorstGapMs();
  const killAndRestart = async (services: readonly ServiceName[]) => {
    await Promise.all(services.map((service) => pipeline.processes.get(service)?.kill()));
    const startedAt = clock();
    const firstAckAt = ledger.ackAfter(startedAt + BOOT_MS_MIN);
    await restartInOrder(pipeline, services);
    return (await firstAckAt) - startedAt;
  };
  const watched = { pipeline, ledger, load, points, writes };
  return {
    ...watched,
    ...{ deviceNet, storeNet, front },
    killAndRestart: (services) => told(pipeline, killAndRestart(services)),
    settle: (options) => told(pipeline, settle(watched, options)),
    signal: (service, signal) => void pipeline.processes.get(service)?.child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      // A frozen process would not hear that it is to stop.
      for (const { child } of pipeline.processes.values()) child.kill('SIGCONT');
      await stack.disposeAsync();
    },
  };
}

/** As the supervisor of `penstock start` does it: each when those are ready that it needs. */
async function restartInOrder(pipeline: Pipeline, services: readonly ServiceName[]): Promise<void> {
  const started = new Map<ServiceName, Promise<void>>();
  const start = (service: ServiceName): Promise<void> => {
    const known = started.get(service);
    if (known !== undefined) return known;
    const needed = NEEDS[service].filter((other) => services.includes(other));
    const ready = Promise.all(needed.map(start)).then(() => pipeline.restart(service));
    started.set(service, ready);
    return ready;
  };
  await Promise.all(services.map(start));
}

function seeLine(line: string, writes: Sightings): void {
  const message = messageOfLine(line);
  if (message !== undefined) writes.see(message.device, message.n);
}
