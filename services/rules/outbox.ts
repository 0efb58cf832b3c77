// Publishes what was decided, in order, and strikes it off as the broker takes it. A bounded window is under way; the rest
// waits on disk.

import type { CommandEnvelope } from '#domain/command.ts';
import { type DeviceName, parseTopic } from '#domain/topic.ts';
import type { PublishOptions } from '#runtime/bus.ts';
import { isDiskFull } from '#runtime/disk-full.ts';
import type { OutMessage, QueuedMessage, StateStore } from './state-store.ts';

/** Messages published and not yet taken by the broker; the rest waits on disk and in order. */
const PUBLISH_WINDOW = 256;

export type OutboxParts = {
  readonly store: StateStore;
  readonly publish: (topic: string, payload: string, options: PublishOptions) => Promise<void>;
  readonly now: () => number;
  /** The broker has a command. */
  readonly onDelivered: (device: DeviceName, cid: string) => void;
};

export class Outbox implements Disposable {
  readonly #parts: OutboxParts;
  #waiting: QueuedMessage[];
  /** Where in it the first lies that has not left: to move all others up with each would cost more than to publish it. */
  #next = 0;
  /** Published and not yet struck off, oldest first. */
  readonly #published: { readonly id: number; isTaken: boolean }[] = [];
  /** The broker has everything up to this id; struck off with the next tick, since every write is an fsync. */
  #takenId = 0;
  #struckId = 0;
  #isClosing = false;
  /** Up to this id a command's expiry is of a clock that was set back since. */
  #distrustedId = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#waiting = parts.store.queued();
  }

  /** Begins with what an earlier life has left. */
  open(): void {
    this.#pump();
  }

  add(messages: readonly QueuedMessage[]): void {
    for (const message of messages) this.#waiting.push(message); // spread, a hundred thousand would overflow the stack
    this.#pump();
  }

  /**
   * The clock was set back: commands that wait here would be young for as long again. They do not leave; the engine sends
   * again what is still wanted.
   */
  distrustCommands(): void {
    this.#distrustedId = this.#waiting.at(-1)?.id ?? this.#distrustedId;
  }

  /** Publishes what need not outlive us. */
  tell(message: OutMessage): void {
    this.#parts.publish(message.topic, message.payload, { retain: message.retain }).catch(() => {}); // only a closing bus refuses
  }

  /** What a full disk does not take is struck off with a later tick; published again after a kill, it bears the same ids. */
  strikeOff(): void {
    if (this.#takenId <= this.#struckId) return;
    try {
      this.#parts.store.strikeOff(this.#takenId);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return;
    }
    this.#struckId = this.#takenId;
  }

  /** From now on what the broker takes is struck off at once: there is no next tick. */
  [Symbol.dispose](): void {
    this.#isClosing = true;
    this.strikeOff();
  }

  #pump(): void {
    while (this.#published.length < PUBLISH_WINDOW) {
      const message = this.#waiting[this.#next];
      if (message === undefined) break;
      this.#next++;
      const entry = { id: message.id, isTaken: false };
      this.#published.push(entry);
      this.#send(message).then(
        () => this.#taken(entry),
        () => {}, // only a closing bus refuses: the message stays in the outbox for our next life
      );
    }
    if (this.#next * 2 <= this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }

  async #send({ id, topic, payload, retain }: QueuedMessage): Promise<void> {
    const command = commandIn(topic, payload);
    // A command that waited too long must not move anything any more, even where its device does not look at the time.
    if (command !== undefined && (id <= this.#distrustedId || command.envelope.exp <= this.#parts.now())) return;
    const now = this.#parts.now();
    await this.#parts.publish(topic, payload, { retain, ...(command && commandOptions(command.envelope, now)) });
    // Nor is one delivered that expired while there was no broker: the bus has dropped it.
    const isDelivered = command !== undefined && command.envelope.exp > this.#parts.now();
    if (isDelivered && !this.#isClosing) this.#parts.onDelivered(command.device, command.envelope.cid);
  }

  #taken(entry: { isTaken: boolean }): void {
    entry.isTaken = true;
    // Only an unbroken row may be struck off: an earlier message may still be on its way.
    while (this.#published[0]?.isTaken === true) this.#takenId = this.#published.shift()?.id ?? this.#takenId;
    if (this.#isClosing) this.strikeOff();
    this.#pump();
  }
}

function commandOptions({ exp, cid, reply }: CommandEnvelope, now: number): PublishOptions {
  return { expiryMs: exp - now, correlation: cid, responseTopic: reply };
}

function commandIn(topic: string, payload: string): { device: DeviceName; envelope: CommandEnvelope } | undefined {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== 'device' || parsed.channel !== 'cmd') return undefined;
  const { site, area, device } = parsed;
  return { device: { site, area, device }, envelope: JSON.parse(payload) as CommandEnvelope };
}
