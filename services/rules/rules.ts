// Between the broker and the engine: messages to inputs, outputs to messages. A message is acknowledged once everything
// it led to is on disk (state-store.ts); the outbox is then published in order, and struck off as the broker takes it.

import { parseAlarmOperation } from '#domain/alarm.ts';
import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import { type CommandEnvelope, parseCommandReply } from '#domain/command.ts';
import { encodeJournalEntry } from '#domain/journal.ts';
import { shardOf } from '#domain/shard.ts';
import { parseTopic, topics } from '#domain/topic.ts';
import type { Engine } from '#rules/engine/engine.ts';
import type { EngineInput, EngineOutput } from '#rules/engine/inputs.ts';
import type { Delivery } from '#runtime/bus.ts';
import { type FactRow, factRow, parseFact, parseJson } from './facts.ts';
import type { OutMessage, QueuedMessage, StateStore } from './state-store.ts';

export type RulesParts = {
  readonly engine: Engine;
  readonly store: StateStore;
  readonly publish: (topic: string, payload: string, retain: boolean) => Promise<void>;
  readonly now: () => number;
  readonly onPoint?: () => void;
  readonly onOutput?: (output: EngineOutput) => void;
  /** A message that means nothing to the engine, in words. */
  readonly onUnreadable?: (topic: string, reason: string) => void;
};

/** Messages published and not yet taken by the broker; the rest waits on disk and in order. */
const PUBLISH_WINDOW = 256;

export class Rules implements Disposable {
  readonly #parts: RulesParts;
  readonly #table = new SeriesTable();
  readonly #waiting: QueuedMessage[];
  /** Published and not yet struck off, oldest first. */
  readonly #published: { readonly id: number; isTaken: boolean }[] = [];
  /** The broker has everything up to this outbox id; struck off with the next write, since every write is an fsync. */
  #takenId = 0;
  #struckId = 0;
  #isClosing = false;

  constructor(parts: RulesParts) {
    this.#parts = parts;
    this.#waiting = parts.store.queued();
    this.#pump();
  }

  /** Takes one message; acknowledges it when what it led to is on disk. */
  take(delivery: Delivery): void {
    const outputs: EngineOutput[] = [];
    const facts: FactRow[] = [];
    for (const input of this.#inputsOf(delivery)) {
      if (input.kind === 'device' || input.kind === 'plant-state') facts.push(factRow(input));
      outputs.push(...this.#parts.engine.step(input));
    }
    this.#settle(outputs, facts);
    delivery.ack();
  }

  tick(): void {
    this.#settle(this.#parts.engine.step({ kind: 'tick', at: this.#parts.now() }));
    this.#strikeOff();
  }

  /** From now on what the broker takes is struck off at once: there is no next tick. */
  [Symbol.dispose](): void {
    this.#isClosing = true;
    this.#strikeOff();
  }

  #strikeOff(): void {
    if (this.#takenId <= this.#struckId) return;
    this.#parts.store.strikeOff(this.#takenId);
    this.#struckId = this.#takenId;
  }

  /** Retains every shown alarm again: a broker without a memory of its own may have lost them. */
  republish(): void {
    this.#enqueue(this.#parts.store.commit([], this.#parts.engine.annunciated().flatMap(messagesOf)));
  }

  *#inputsOf({ topic, payload, retained }: Delivery): Iterable<EngineInput> {
    const at = this.#parts.now();
    const parsed = parseTopic(topic);
    const unreadable = (reason: string) => this.#parts.onUnreadable?.(topic, reason);
    if (parsed === undefined) {
      unreadable('the topic is none of the plant');
      return;
    }
    if (parsed.kind === 'points') {
      const inputs: EngineInput[] = [];
      decodeBatch(
        payload.toString('utf8'),
        this.#table,
        (point) => inputs.push({ kind: 'point', point, receivedAt: at }),
        ({ reason, line }) => unreadable(`${reason}: ${line.slice(0, 200)}`),
      );
      for (const input of inputs) {
        this.#parts.onPoint?.();
        yield input;
      }
      return;
    }
    if (parsed.kind === 'state' || (parsed.kind === 'registry' && payload.length > 0)) {
      const fact = parseFact(parsed, payload.toString('utf8'), at);
      if (typeof fact === 'string') unreadable(fact);
      else yield fact;
      return;
    }
    if (payload.length === 0) return; // a retained message was cleared
    const json = parseJson(payload.toString('utf8'));
    if (json === undefined) unreadable('not valid JSON');
    else if (parsed.kind === 'alarm-op') {
      const operation = parseAlarmOperation(json);
      if (retained) unreadable('an operation must not be retained');
      else if (typeof operation === 'string') unreadable(operation);
      else yield { kind: 'operation', alarm: parsed, operation, at };
    } else if (parsed.kind === 'device' && parsed.channel === 'ack') {
      const reply = parseCommandReply(json);
      if (typeof reply === 'string') unreadable(reply);
      else yield { kind: 'reply', device: parsed, reply, at };
    }
  }

  #settle(outputs: readonly EngineOutput[], facts: readonly FactRow[] = []): void {
    for (const output of outputs) this.#parts.onOutput?.(output);
    const changed = this.#parts.engine.takeChanged();
    const news = facts.filter((fact) => !this.#parts.store.isKnown(fact));
    if (changed.length === 0 && outputs.length === 0 && news.length === 0) return;
    this.#enqueue(this.#parts.store.commit(changed, outputs.flatMap(messagesOf), news));
  }

  #enqueue(messages: readonly QueuedMessage[]): void {
    this.#waiting.push(...messages);
    this.#pump();
  }

  #pump(): void {
    while (this.#published.length < PUBLISH_WINDOW) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      const entry = { id: message.id, isTaken: false };
      this.#published.push(entry);
      // A command that waited too long must not move anything any more, even where its device does not look at the time.
      const sent = isExpired(message, this.#parts.now())
        ? Promise.resolve()
        : this.#parts.publish(message.topic, message.payload, message.retain);
      sent.then(
        () => {
          entry.isTaken = true;
          // Only an unbroken row may be struck off: an earlier message may still be on its way.
          while (this.#published[0]?.isTaken === true) this.#takenId = this.#published.shift()?.id ?? this.#takenId;
          if (this.#isClosing) this.#strikeOff();
          this.#pump();
        },
        () => {}, // only a closing bus refuses: the message stays in the outbox for our next life
      );
    }
  }
}

function messagesOf(output: EngineOutput): OutMessage[] {
  switch (output.kind) {
    case 'alarm':
      return [
        {
          topic: topics.alarm(output.alarm),
          payload: output.message === null ? '' : JSON.stringify(output.message),
          retain: true,
        },
      ];
    case 'journal': {
      const { entry } = output;
      return [
        { topic: topics.journal(shardOf(entry.site, entry.area)), payload: encodeJournalEntry(entry), retain: false },
      ];
    }
    case 'command':
      return [{ topic: topics.device(output.device, 'cmd'), payload: JSON.stringify(output.envelope), retain: false }];
  }
}

function isExpired({ topic, payload }: OutMessage, now: number): boolean {
  const parsed = parseTopic(topic);
  return parsed?.kind === 'device' && parsed.channel === 'cmd' && (JSON.parse(payload) as CommandEnvelope).exp <= now;
}
