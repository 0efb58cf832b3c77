// A broker for the tests of limits: with some devices that may log in, a clock that the test turns, and the ticks that are main's.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeToken } from '#runtime/access/token.ts';
import { MemoryAudit } from '#runtime/audit-log/memory-audit.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { brokerSection } from '#runtime/sections.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import { PacketClient } from '../../../test/support/packet-client.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { openDoorkeeper } from '../access/doorkeeper.ts';
import { Gate } from '../access/gate.ts';
import { accessOf, TEST_TOKEN_KEY } from '../access/test-gate.ts';
import { type Broker, type BrokerLimits, openBroker } from '../aedes.ts';
import type { Store } from '../persistence/store.ts';
import { openTestStore } from '../persistence/test-store.ts';
import { WHEN } from '../test-broker.ts';

type ConnectOptions = Parameters<typeof PacketClient.connect>[1];

const DEVICES = ['lyon/hall/d1', 'lyon/hall/d2'] as const;

export class LimitedBroker implements AsyncDisposable {
  #broker!: Broker;
  #store!: Store;
  #metrics = new Metrics('broker');
  #elapsedMs = 0;
  readonly #limits: Partial<BrokerLimits>;
  readonly #files = new PowerCutFiles();
  readonly #folder = tempFolder();
  readonly #clients: PacketClient[] = [];

  private constructor(limits: Partial<BrokerLimits>) {
    this.#limits = limits;
    const devices = Object.fromEntries(DEVICES.map((name) => [name, {}]));
    writeFileSync(path.join(this.#folder.path, 'devices.json'), JSON.stringify({ devices }), { mode: 0o600 });
  }

  static async open(limits: Partial<BrokerLimits> = {}): Promise<LimitedBroker> {
    const broker = new LimitedBroker(limits);
    await broker.#open();
    return broker;
  }

  get port(): number {
    return this.#broker.port;
  }

  get store(): Store {
    return this.#store;
  }

  /** Stops it, and starts it again with what it has on disk. */
  async restart(): Promise<void> {
    await this.#close();
    await this.#open();
  }

  /** Lets time go by, and does what is due then. */
  async pass(ms: number): Promise<void> {
    this.#elapsedMs += ms;
    this.#broker.tick();
    await this.#store.ledger.commit();
  }

  async connect(options: ConnectOptions): Promise<Awaited<ReturnType<typeof PacketClient.connect>>> {
    const client = await PacketClient.connect(this.#broker.port, options);
    this.#clients.push(client);
    return client;
  }

  connectDevice(n: 1 | 2, options: Partial<ConnectOptions> = {}) {
    const name = DEVICES[n - 1] ?? '';
    const password = Buffer.from(makeToken(TEST_TOKEN_KEY, { kind: 'device', name, serial: 1 }));
    return this.connect({ clientId: name, username: name, password, ...options });
  }

  /** A metric with its labels as they are written, but for that of the service. */
  async counted(name: string): Promise<number> {
    const text = await this.#metrics.text();
    const line = text.split('\n').find((each) => each.startsWith(`penstock_${name}`)) ?? '';
    return Number(line.split(' ').at(-1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.#folder[Symbol.dispose]();
  }

  async #open(): Promise<void> {
    this.#metrics = new Metrics('broker');
    this.#store = await openTestStore({ files: this.#files, elapsedMs: () => this.#elapsedMs });
    const audit = new MemoryAudit();
    const doorkeeper = openDoorkeeper({
      ...{ log: silentLog(), metrics: this.#metrics, audit, now: () => this.#elapsedMs, wait: async () => {} },
    });
    const access = accessOf(this.#folder.path);
    this.#broker = await openBroker({
      listeners: { plans: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] },
      limits: { ...brokerSection.parse({}), ...this.#limits },
      store: this.#store,
      gate: (owners) => new Gate({ access, doorkeeper, ownerOf: (clientId) => owners.ownerOf(clientId) }),
      log: silentLog(),
      metrics: this.#metrics,
      audit,
      now: () => WHEN,
    });
  }

  async #close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client[Symbol.dispose]();
    await this.#broker[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
  }
}
