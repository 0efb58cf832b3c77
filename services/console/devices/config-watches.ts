// The configuration of a device, reported and desired, as the broker has retained it. Nobody keeps it for all devices: it is listened
// to while somebody asks for it, and for a little longer.

import { createHash } from 'node:crypto';
import { type DeviceName, deviceKey, topics } from '#domain/topic.ts';
import type { Bus, Consumer } from '#runtime/bus.ts';
import type { ConfigText } from '../api/devices.ts';

export type ConfigWatchesParts = {
  readonly bus: Pick<Bus, 'consume'>;
  readonly now: () => number;
  /** Settles after so many ms, or rejects once it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type DeviceConfig = { readonly reported: ConfigText | null; readonly desired: ConfigText | null };

/** Each is a connection to the broker. */
export const WATCHES_MAX = 20;
/** Longer than a page lets pass between two questions. */
const IDLE_MS_MAX = 30_000;
const CONNECT_MS_MAX = 3_000;
/** Nothing says that nothing is retained; what is comes right behind the broker's word that it listens. */
const QUIET_MS = 300;
/** Devices have some tens of kilobytes of memory in all. */
const TEXT_BYTES_MAX = 64 * 1024;

type Watch = {
  readonly consumer: Consumer;
  /** Settles once what is retained has been told, of each session anew. */
  opened: Promise<void>;
  reported: ConfigText | null;
  desired: ConfigText | null;
  askedAt: number;
  /** How many wait for it to be told. */
  readers: number;
  isBeingWritten: boolean;
};

export class ConfigWatches {
  readonly #parts: ConfigWatchesParts;
  readonly #byDevice = new Map<string, Watch>();
  #opened = 0;

  constructor(parts: ConfigWatchesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byDevice.size;
  }

  /** What is retained now; or a sentence that says why there is no answer. */
  async read(name: DeviceName): Promise<DeviceConfig | string> {
    const key = deviceKey(name);
    const known = this.#byDevice.get(key);
    if (known === undefined && !this.#makeRoom())
      return `The configuration of ${WATCHES_MAX} devices is being looked at at this moment. Try again in a few seconds.`;
    const watch = known ?? this.#open(name);
    watch.askedAt = this.#parts.now();
    watch.readers++;
    await this.#told(watch);
    watch.readers--;
    const problem = watch.consumer.problem();
    if (problem !== undefined) return `The broker does not tell the configuration: ${problem}.`;
    return { reported: watch.reported, desired: watch.desired };
  }

  /**
   * Writes what is desired by `publish`, where what was desired is still what its writer has read.
   * @returns what is desired now; or a sentence that says why nothing was written
   */
  async write(
    name: DeviceName,
    { text, basedOn }: { readonly text: string; readonly basedOn: string | null },
    publish: (topic: string, payload: Buffer) => Promise<void>,
  ): Promise<{ readonly desired: ConfigText | null } | string> {
    const before = await this.read(name);
    if (typeof before === 'string') return before;
    const watch = this.#byDevice.get(deviceKey(name));
    if (watch?.isBeingWritten !== false) return 'Somebody else is writing it at this moment. Look again.';
    if ((before.desired?.revision ?? null) !== basedOn)
      return 'Somebody else has written it since you read it. Look at what is desired now, then write again.';
    watch.isBeingWritten = true;
    try {
      const payload = Buffer.from(text);
      await publish(topics.device(name, 'cfg/desired'), payload);
      watch.desired = configText(payload); // known at once, whenever the broker tells it
      return { desired: watch.desired };
    } finally {
      watch.isBeingWritten = false;
    }
  }

  /** Ends what nobody has asked for lately. */
  tick(): void {
    const now = this.#parts.now();
    for (const [key, watch] of this.#byDevice)
      if (!watch.isBeingWritten && Math.abs(now - watch.askedAt) > IDLE_MS_MAX) this.#close(key, watch);
  }

  closeAll(): void {
    for (const [key, watch] of this.#byDevice) this.#close(key, watch);
  }

  /** Ends the watch asked longest ago, where all are taken. @returns whether there is room now */
  #makeRoom(): boolean {
    if (this.size < WATCHES_MAX) return true;
    const idle = [...this.#byDevice].filter(([, { isBeingWritten, readers }]) => !isBeingWritten && readers === 0);
    const [oldest] = idle.sort(([, a], [, b]) => a.askedAt - b.askedAt);
    if (oldest === undefined) return false;
    this.#close(...oldest);
    return true;
  }

  async #told(watch: Watch): Promise<void> {
    let opened: Promise<void>;
    do {
      opened = watch.opened;
      await opened;
    } while (opened !== watch.opened); // another session has begun meanwhile
  }

  #close(key: string, { consumer }: Watch): void {
    this.#byDevice.delete(key);
    void consumer[Symbol.asyncDispose]();
  }

  #open(name: DeviceName): Watch {
    const reported = topics.device(name, 'cfg/reported');
    const desired = topics.device(name, 'cfg/desired');
    let heard = nothingHeard();
    let sessions = 0;
    const consumer = this.#parts.bus.consume({
      clientId: `penstock-console-config-${++this.#opened}`,
      filters: [reported, desired],
      cleanSession: true,
      onSession: () => {
        if (sessions++ === 0) return;
        // What was taken away meanwhile is not told; what is still retained comes again.
        heard = nothingHeard();
        Object.assign(watch, { reported: null, desired: null, opened: this.#atMost(QUIET_MS, heard.both) });
      },
      onDelivery: ({ topic, payload, ack }) => {
        const which = topic === reported ? 'reported' : 'desired';
        watch[which] = configText(payload);
        heard[which]();
        ack();
      },
    });
    const watch: Watch = {
      ...{ consumer, opened: this.#whenTold(consumer, heard.both) },
      ...{ reported: null, desired: null, askedAt: this.#parts.now(), readers: 0, isBeingWritten: false },
    };
    this.#byDevice.set(deviceKey(name), watch);
    return watch;
  }

  /** Never rejects. */
  async #whenTold(consumer: Consumer, heard: Promise<unknown>): Promise<void> {
    await this.#atMost(CONNECT_MS_MAX, consumer.ready);
    if (consumer.problem() === undefined) await this.#atMost(QUIET_MS, heard);
  }

  async #atMost(ms: number, settled: Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    const late = this.#parts.wait(ms, waiting.signal).catch(() => {});
    await Promise.race([settled, late]);
    waiting.abort();
  }
}

function nothingHeard() {
  const [reported, desired] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const both = Promise.all([reported.promise, desired.promise]);
  return { reported: reported.resolve, desired: desired.resolve, both };
}

/** null for an empty message: it takes away what was retained. */
function configText(payload: Buffer): ConfigText | null {
  if (payload.length === 0) return null;
  return {
    text: payload.toString('utf8', 0, TEXT_BYTES_MAX),
    bytes: payload.length,
    isCut: payload.length > TEXT_BYTES_MAX,
    revision: createHash('sha256').update(payload).digest('hex'),
  };
}
