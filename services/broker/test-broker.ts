// The broker for tests: in this process, or as one of its own that is killed in the middle of what is tested. A scenario
// that must hold over both is written once, `describe.each(LIVES)`.

import type { ServiceUser } from '#domain/access/identity.ts';
import { MemoryAudit } from '#runtime/audit-log/memory-audit.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { brokerSection } from '#runtime/sections.ts';
import { startEmbedded, UNBOUND_CLIENTS } from '../../test/support/brokers.ts';
import { freePorts, tempFolder, until } from '../../test/support/processes.ts';
import { asService, openTestGate } from './access/test-gate.ts';
import { type BrokerLimits, openBroker } from './aedes.ts';
import { openTestStore } from './persistence/test-store.ts';

export type TestBroker = AsyncDisposable & {
  readonly port: number;
  readonly url: string;
  /** The login of a service of the pipeline, for CONNECT. */
  readonly asService: (name: ServiceUser) => { username: string; password: Buffer };
  /** What is said to the audit journal; of a broker in this process. */
  readonly audit: MemoryAudit;
  /** The metrics' text. */
  metrics(): Promise<string>;
  /** The middle of the scenario: nothing, or the end of the broker and its return on the same port. */
  interrupt(): Promise<void>;
};

/** The time of a broker in this process, ms since the epoch. */
export const WHEN = 1_795_355_425_172;

/** What happens to the broker in the middle. */
export type Life = 'goes on' | 'is killed and comes back';

export const LIVES: readonly Life[] = ['goes on', 'is killed and comes back'];

export function openTestBroker(life: Life = 'goes on', limits: Partial<BrokerLimits> = {}): Promise<TestBroker> {
  return life === 'goes on' ? openHere(limits) : openProcess();
}

async function openHere(limits: Partial<BrokerLimits>): Promise<TestBroker> {
  const metrics = new Metrics('broker');
  const audit = new MemoryAudit();
  const store = await openTestStore();
  const broker = await openBroker({
    listeners: { plans: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] },
    limits: { ...brokerSection.parse({}), messagesPerSecondMax: 0, bytesPerSecondMax: 0, ...limits },
    store,
    gate: openTestGate(),
    audit,
    log: silentLog(),
    metrics,
    now: () => WHEN,
  });
  return {
    port: broker.port,
    url: `mqtt://127.0.0.1:${broker.port}`,
    asService,
    audit,
    metrics: () => metrics.text(),
    interrupt: async () => {},
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function openProcess(): Promise<TestBroker> {
  const folder = tempFolder();
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const start = () => startEmbedded({ dataDir: folder.path, port, metricsPort, env: UNBOUND_CLIENTS });
  let running = await start();
  const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const gauge = async (name: string) => (await metrics()).split('\n').find((line) => line.startsWith(name)) ?? '';
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    audit: new MemoryAudit(),
    asService: (name) => asService(name, readOrCreateSecret(folder.path, 'token-key').value),
    metrics,
    async interrupt() {
      // Acknowledgements of readers wait for nobody: that they are on disk is what these scenarios go on from.
      await until(
        'all to be written',
        async () => / 0$/m.exec(await gauge('penstock_broker_log_backlog_bytes')) ?? undefined,
      );
      await running.kill();
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
