// The bus on a real broker: mqtt.js publishes, mqtt-consumer.ts consumes. The only file of the services that imports mqtt.

import type { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import type { Bus, ConsumeOptions, Consumer, PublishOptions } from './bus.ts';
import type { Log } from './log.ts';
import { MqttConsumer } from './mqtt-consumer.ts';
import type { MqttAddress } from './mqtt-session.ts';

export type MqttBusOptions = MqttAddress & {
  /** Unique at the broker. */
  readonly clientId: string;
  /** Published by the broker, retained, when this connection is lost without a goodbye. */
  readonly will?: { readonly topic: string; readonly payload: string };
  /** Most QoS 1 messages under way; publish() waits past that. mqtt.js itself has no limit. */
  readonly maxInFlight?: number;
};

const MAX_IN_FLIGHT_DEFAULT = 1_000;
const CLOSE_WAIT_MS = 3_000;
/** What mqtt.js says then; the version is pinned. */
const GIVEN_BACK = 'Connection closed';

type Outcome = 'taken' | 'given back';

/** Opens the publishing connection in the background; publish() may be called at once. */
export function openMqttBus(options: MqttBusOptions, log: Log): Bus {
  return new MqttBus(options, log);
}

class MqttBus implements Bus {
  readonly #options: MqttBusOptions;
  readonly #log: Log;
  readonly #client: MqttClient;
  readonly #maxInFlight: number;
  readonly #waiting: (() => void)[] = [];
  readonly #rejectors = new Set<(error: Error) => void>();
  /** Handed to mqtt.js when it is connected, in order; no more than may be under way. */
  readonly #unsent: (() => void)[] = [];
  #isConnected = false;
  #inFlight = 0;
  #onSettled: (() => void) | undefined;
  #problem: string | undefined = 'connecting';
  #isClosed = false;

  constructor(options: MqttBusOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#maxInFlight = options.maxInFlight ?? MAX_IN_FLIGHT_DEFAULT;
    this.#client = connect(options.url, {
      clientId: options.clientId,
      protocolVersion: 4,
      clean: true,
      keepalive: options.keepaliveSeconds ?? 10,
      connectTimeout: 10_000,
      reconnectPeriod: 500 + Math.round(Math.random() * 1_000), // mqtt.js adds no jitter of its own
      reconnectOnConnackError: true,
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.password === undefined ? {} : { password: options.password }),
      ...(options.will === undefined
        ? {}
        : { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true } }),
    });
    this.#client.on('connect', () => {
      // mqtt.js leaves Nagle on: a small message then waits for the acknowledgement of the one before it.
      (this.#client.stream as Partial<Socket>).setNoDelay?.(true);
      this.#problem = undefined;
      this.#isConnected = true;
      for (const send of this.#unsent.splice(0)) send();
    });
    this.#client.on('close', () => {
      this.#isConnected = false;
      if (this.#problem === undefined && !this.#isClosed)
        log.warn({ clientId: options.clientId }, 'publisher lost the broker');
      this.#problem ??= 'the broker closed the connection';
    });
    this.#client.on('error', (error) => {
      this.#problem = error.message || String((error as NodeJS.ErrnoException).code);
    });
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async publish(topic: string, payload: string | Buffer, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) throw new Error('Cannot publish: the bus is closed');
    // First come, first served: a caller that waits must not be overtaken, or order would be lost.
    if (this.#inFlight >= this.#maxInFlight) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.#isClosed) throw new Error('Cannot publish: the bus is closed');
    } else this.#inFlight++;
    try {
      const handOver = () => this.#handOver(topic, payload, options);
      let outcome = await (this.#isConnected ? handOver() : this.#whenConnected(handOver));
      while (outcome === 'given back') outcome = await handOver();
    } finally {
      this.#releaseSlot();
    }
  }

  /**
   * What mqtt.js is handed without a connection it sends one at a time once there is one: with a thousand messages waiting,
   * a service that had been restarted took 20 s to catch its breath.
   */
  #whenConnected(handOver: () => Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#rejectors.add(reject);
      this.#unsent.push(() => {
        this.#rejectors.delete(reject);
        resolve(handOver());
      });
    });
  }

  /**
   * After a reconnect mqtt.js sends again what was under way, one at a time, and lets what is published meanwhile wait behind
   * it; where the connection goes once more it gives that back with an error, and nobody else would hand it in again. In one
   * turn and in order, so order is kept.
   */
  #handOver(topic: string, payload: string | Buffer, { qos = 1, retain = false }: PublishOptions) {
    return new Promise<Outcome>((resolve, reject) => {
      this.#rejectors.add(reject);
      this.#client.publish(topic, payload, { qos, retain }, (error) => {
        this.#rejectors.delete(reject);
        if (!error) resolve('taken');
        else if (error.message === GIVEN_BACK && !this.#isClosed) resolve('given back');
        else reject(error);
      });
    });
  }

  /** The slot goes straight to the next in line: were it free for a moment, a caller who comes just then would overtake. */
  #releaseSlot(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next();
    else this.#inFlight--;
    if (this.#rejectors.size === 0) this.#onSettled?.();
  }

  consume(options: ConsumeOptions): Consumer {
    return new MqttConsumer(this.#options, options, this.#log);
  }

  onConnect(listener: () => void): void {
    if (this.#client.connected) listener();
    this.#client.on('connect', () => {
      if (!this.#isClosed) listener();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    // mqtt.js would wait for PUBACKs without limit, and cannot be forced once it waits. What the broker has not taken by
    // then is the caller's to keep.
    if (this.#client.connected && this.#rejectors.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
        timer = setTimeout(resolve, CLOSE_WAIT_MS);
      });
      clearTimeout(timer);
    }
    await this.#client.endAsync(!this.#client.connected || this.#rejectors.size > 0);
    for (const reject of this.#rejectors) reject(new Error('Cannot publish: the bus was closed first'));
  }
}
