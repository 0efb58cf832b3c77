// The bus without a broker: same interface, same order, retained messages and held acks, all in one process.
// For tests of services. It keeps no offline queues: a consumer gets what is published while it consumes.

import { matchesFilter } from '#domain/topic.ts';
import type { Bus, ConsumeOptions, Consumer, PublishOptions } from './bus.ts';

type Sent = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly options: PublishOptions;
};

export class MemoryBus implements Bus {
  readonly retained = new Map<string, Buffer>();
  /** Everything published, oldest first. */
  readonly sent: Sent[] = [];
  readonly #consumers = new Set<MemoryConsumer>();

  async publish(topic: string, payload: string | Buffer, options: PublishOptions = {}): Promise<void> {
    const bytes = Buffer.from(payload); // a copy, as it is on any network
    const retain = options.retain ?? false;
    this.sent.push({ topic, payload: bytes, retain, options });
    if (retain && bytes.length === 0) this.retained.delete(topic);
    else if (retain) this.retained.set(topic, bytes);
    for (const consumer of this.#consumers) consumer.offer(topic, bytes, options);
  }

  consume(options: ConsumeOptions): Consumer {
    const consumer = new MemoryConsumer(options, () => this.#consumers.delete(consumer));
    this.#consumers.add(consumer);
    this.#greet(consumer);
    return consumer;
  }

  /** As after a broker that was away: consumers are let in anew, and told what is retained. */
  reconnect(): void {
    for (const consumer of this.#consumers) this.#greet(consumer);
  }

  #greet(consumer: MemoryConsumer): void {
    consumer.options.onSession?.('new');
    for (const [topic, payload] of this.retained) consumer.offer(topic, payload);
  }

  onConnect(listener: () => void): void {
    listener();
  }

  problem(): string | undefined {
    return undefined;
  }

  payloadBytesMax(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Texts published on a topic so far, oldest first. */
  payloads(topic: string): string[] {
    return this.sent.filter((message) => message.topic === topic).map((message) => message.payload.toString());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#consumers.clear();
  }
}

class MemoryConsumer implements Consumer {
  readonly ready = Promise.resolve();
  readonly options: ConsumeOptions;
  readonly #onClose: () => void;
  #inFlight = 0;

  constructor(options: ConsumeOptions, onClose: () => void) {
    this.options = options;
    this.#onClose = onClose;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  problem(): string | undefined {
    return undefined;
  }

  /** @param published how it has just been published; undefined for what is retained */
  offer(topic: string, payload: Buffer, published?: PublishOptions): void {
    const { filters, shared } = this.options;
    const wanted = [...filters, ...(published === undefined ? [] : (shared?.filters ?? []))];
    if (!wanted.some((filter) => matchesFilter(filter, topic))) return;
    this.#inFlight++;
    let isDone = false;
    const ack = () => {
      if (!isDone) this.#inFlight--;
      isDone = true;
    };
    const retained = published === undefined;
    const { traceparent } = published ?? {};
    queueMicrotask(() => this.options.onDelivery({ topic, payload, qos: 1, retained, traceparent, ack }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#onClose();
  }
}
