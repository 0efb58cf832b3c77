// The broker of a recorded service: one session, whose messages come in order, again where they were not acknowledged.

import type { Packet } from 'mqtt-packet';
import { FakeBroker, type FakeConnection, published, usualAnswer } from '../../support/fake-broker.ts';

export class PointBroker implements AsyncDisposable {
  readonly #broker = new FakeBroker();
  readonly #clientId: string;
  readonly #messages: { readonly topic: string; readonly payload: string }[] = [];
  readonly #acked = new Set<number>();
  #consumer: FakeConnection | undefined;
  #onAcked = () => {};

  /** @param clientId whose the session is */
  constructor(clientId: string) {
    this.#clientId = clientId;
    this.#broker.answer = (packet, connection) => this.#answer(packet, connection);
  }

  async listen(): Promise<this> {
    await this.#broker.listen();
    return this;
  }

  get url(): string {
    return this.#broker.url;
  }

  /** Message ids begin with 1 and go up by 1. */
  send(...messages: readonly { readonly topic: string; readonly payload: string }[]): void {
    for (const message of messages) {
      const id = this.#messages.push(message);
      this.#consumer?.send(published(message.topic, message.payload, id));
    }
  }

  /** Resolves when every message is acknowledged. */
  async settled(): Promise<void> {
    while (this.#acked.size < this.#messages.length) await new Promise<void>((resolve) => (this.#onAcked = resolve));
  }

  #answer(packet: Packet, connection: FakeConnection): Packet[] | undefined {
    if (packet.cmd === 'puback') {
      this.#acked.add(packet.messageId ?? 0);
      this.#onAcked();
    }
    if (packet.cmd !== 'subscribe' || connection.of('connect')[0]?.clientId !== this.#clientId) return undefined;
    this.#consumer = connection;
    const again = [...this.#messages.entries()].filter(([i]) => !this.#acked.has(i + 1));
    return [...usualAnswer(packet), ...again.map(([i, { topic, payload }]) => published(topic, payload, i + 1))];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#broker[Symbol.asyncDispose]();
  }
}
