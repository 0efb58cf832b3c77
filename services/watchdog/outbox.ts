// What the broker must still take, in order: alarm and journal of an outage of the broker itself are told when it is back.
// Bounded: past the limit the oldest is dropped and counted, since the newest says how things stand.

import type { OutMessage } from './saved-state.ts';

/** An outage leaves two entries; the rest is room for acknowledgements, refusals and a broker that comes and goes. */
const MESSAGES_MAX = 256;

export type OutboxParts = {
  readonly publish: (message: OutMessage) => Promise<void>;
  /** The messages are others than before: write them down. */
  readonly onChange: () => void;
  readonly onDropped: () => void;
};

export class Outbox {
  readonly #parts: OutboxParts;
  #messages: readonly OutMessage[];

  /** @param messages what an earlier life left; they are sent again at once */
  constructor(messages: readonly OutMessage[], parts: OutboxParts) {
    this.#parts = parts;
    this.#messages = messages;
    for (const message of messages) this.#send(message);
  }

  get messages(): readonly OutMessage[] {
    return this.#messages;
  }

  post(messages: readonly OutMessage[]): void {
    if (messages.length === 0) return;
    const all = [...this.#messages, ...messages];
    const surplus = Math.max(0, all.length - MESSAGES_MAX);
    for (let i = 0; i < surplus; i++) this.#parts.onDropped();
    this.#messages = all.slice(surplus);
    this.#parts.onChange();
    for (const message of messages) this.#send(message);
  }

  #send(message: OutMessage): void {
    this.#parts.publish(message).then(
      () => {
        this.#messages = this.#messages.filter((each) => each !== message);
        this.#parts.onChange();
      },
      () => {}, // only a closing bus refuses: it stays for our next life
    );
  }
}
