// A broker for tests that listens at every door, in this process.

import { accessFolder } from '#runtime/access/access-files.ts';
import { MemoryAudit } from '#runtime/audit-log/memory-audit.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { brokerSection } from '#runtime/sections.ts';
import { startEmbedded, UNBOUND_CLIENTS } from '../../../test/support/brokers.ts';
import { type DialOptions, DOORS, type Door, dial } from '../../../test/support/dial.ts';
import { PacketClient } from '../../../test/support/packet-client.ts';
import { readMetric } from '../../../test/support/pipeline.ts';
import { freePorts, type Running, tempFolder } from '../../../test/support/processes.ts';
import { TestCertificates } from '../../../test/support/test-certificates.ts';
import { accessOf, asService, openTestGate } from '../access/test-gate.ts';
import { type BrokerLimits, openBroker } from '../aedes.ts';
import { Certificates } from '../certificates/certificates.ts';
import { openTestStore } from '../persistence/test-store.ts';
import type { ListenersOptions } from './listeners.ts';

export type TestListeners = AsyncDisposable & {
  readonly ports: Readonly<Record<Door, number>>;
  /** The broker's, as it uses them. */
  readonly certificates: Certificates;
  /** Those on the disk. */
  readonly made: TestCertificates;
  /** A counter's value by its name with labels, without the service's. */
  counted(sample: string): Promise<number>;
  /** A client that has said nothing; it trusts the authority unless told otherwise. */
  dial(door: Door, options?: DialOptions): PacketClient<ReturnType<typeof dial>>;
};

/** The same as a process of its own, with its memory and its files. */
export type BrokerProcess = AsyncDisposable & {
  readonly ports: Readonly<Record<Door, number>>;
  readonly made: TestCertificates;
  readonly running: Running;
  /** A metric by its whole name, over all its labels. */
  metric(name: string): Promise<number>;
  /** The login of ingest, for CONNECT. */
  readonly asIngest: ReturnType<typeof asService>;
  /** What /readyz says is wrong with the certificates. */
  certificateProblem(): Promise<string | undefined>;
  dial(door: Door, options?: DialOptions): PacketClient<ReturnType<typeof dial>>;
};

export async function startTestListeners(
  env: NodeJS.ProcessEnv = {},
  devices: readonly string[] = [],
): Promise<BrokerProcess> {
  const stack = new AsyncDisposableStack();
  const { path: dataDir } = stack.use(tempFolder());
  const made = await TestCertificates.make(dataDir);
  made.admit(devices);
  const [tcp = 0, tls = 0, ws = 0, wss = 0, metricsPort = 0] = await freePorts(5);
  const listening = {
    PENSTOCK_BROKER_TLS_PORT: String(tls),
    PENSTOCK_BROKER_WS_PORT: String(ws),
    PENSTOCK_BROKER_WSS_PORT: String(wss),
  };
  const running = stack.use(
    await startEmbedded({ dataDir, port: tcp, metricsPort, env: { ...UNBOUND_CLIENTS, ...listening, ...env } }),
  );
  const ports = { tcp, tls, ws, wss };
  return {
    ports,
    made,
    running,
    asIngest: asService('ingest', readOrCreateSecret(dataDir, 'token-key').value),
    metric: (name) => readMetric(metricsPort, name),
    async certificateProblem() {
      const response = await fetch(`http://127.0.0.1:${metricsPort}/readyz`);
      return ((await response.json()) as { problems: { certificates?: string } }).problems.certificates;
    },
    dial: (door, more) => stack.use(new PacketClient(dial(door, ports[door], { ca: made.ca, ...more }))),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export type TestListenersOptions = Pick<ListenersOptions, 'clientCertificates' | 'origins'> & {
  readonly limits?: Partial<BrokerLimits>;
  /** Names that certificates may bear. */
  readonly devices?: readonly string[];
};

export async function openTestListeners(options: TestListenersOptions = {}): Promise<TestListeners> {
  const stack = new AsyncDisposableStack();
  const { path: dataDir } = stack.use(tempFolder());
  const made = await TestCertificates.make(dataDir);
  made.admit(options.devices ?? []);
  const metrics = new Metrics('broker');
  const certificates = new Certificates({ files: made.files, log: silentLog(), now: made.now });
  const store = stack.use(await openTestStore());
  const plans = DOORS.map((kind) => ({ kind, host: '127.0.0.1', port: 0 }));
  const broker = stack.use(
    await openBroker({
      listeners: { plans, certificates, ...options },
      limits: { ...brokerSection.parse({}), messagesPerSecondMax: 0, bytesPerSecondMax: 0, ...options.limits },
      store,
      gate: openTestGate(accessOf(accessFolder(dataDir))),
      now: made.now,
      audit: new MemoryAudit(),
      log: silentLog(),
      metrics,
    }),
  );
  const ports = Object.fromEntries(broker.listeners.map(({ kind, port }) => [kind, port])) as Record<Door, number>;
  return {
    ports,
    certificates,
    made,
    async counted(sample) {
      const [name = '', labels = ''] = sample.split(/[{}]/);
      const pattern = new RegExp(`^penstock_${name}\\{${RegExp.escape(labels)}.*\\} (\\d+)$`, 'm');
      return Number(pattern.exec(await metrics.text())?.[1] ?? 0);
    },
    dial(door, more) {
      const client = new PacketClient(dial(door, ports[door], { ca: made.ca, ...more }));
      stack.use(client);
      return client;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
