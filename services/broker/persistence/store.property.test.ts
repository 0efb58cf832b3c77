// Random histories, with restarts, power cuts and compactions in between, against a model without a log.

import { expect, test } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { PublishedPacket } from './packets.ts';
import type { QoS } from './records.ts';
import type { Store } from './store.ts';
import { Model } from './test-model.ts';
import { openTestStore } from './test-store.ts';

const CLIENTS = ['a', 'b', 'constructor', 'd'];
const TOPICS = ['x', 'x/y', 'x/y/z', 'x/q', '', '/x', 'long/way/down'];
const FILTERS = ['#', 'x/#', '+', 'x/+', '+/y/#', 'x', 'x/y/z', '/+', 'long/+/down'];
/** Many segments, most payloads only on disk. */
const SMALL = { segmentBytesMax: 2_000, payloadBytesMax: 400 };

type Will = PublishedPacket & { clientId?: string };

class History {
  readonly #random: Random;
  readonly #model = new Model();
  #files = new PowerCutFiles();
  #store!: Store;
  #clients = new Map<string, { readonly id: string }>();
  #count = 0;
  /** Acks since the last sync: a power cut may undo them. */
  #unsynced: { readonly id: string; readonly seq: number }[] = [];

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  #client(id = this.#pick(CLIENTS)): { readonly id: string } {
    const client = this.#clients.get(id) ?? { id };
    this.#clients.set(id, client);
    return client;
  }

  async open(): Promise<void> {
    this.#store = await openTestStore({ ...SMALL, files: this.#files });
    await this.#store.persistence.setup({ id: this.#store.brokerId, counter: 0 });
    this.#clients.clear();
  }

  async run(steps: number): Promise<void> {
    await this.open();
    const moves: (() => Promise<void>)[] = [
      ...Array.from({ length: 6 }, () => () => this.#publish()),
      ...Array.from({ length: 3 }, () => () => this.#send()),
      ...Array.from({ length: 4 }, () => () => this.#acknowledge()),
      () => this.#subscribe(),
      () => this.#unsubscribe(),
      () => this.#receive(),
      () => this.#complete(),
      () => this.#will(),
    ];
    for (let step = 0; step < steps; step++) {
      await this.#pick(moves)();
      const chance = this.#random();
      if (chance < 0.02) await this.#restart();
      else if (chance < 0.04) await this.#cut();
      else if (chance < 0.06) await this.#store.compaction.poke();
      else if (chance < 0.07) await this.#cleanSession();
    }
    await this.#restart();
    await this.#check();
    await this.#store[Symbol.asyncDispose]();
  }

  async #publish(): Promise<void> {
    const { persistence, intake } = this.#store;
    const text = this.#random() < 0.1 ? '' : `${this.#count++} ${'.'.repeat(this.#random() * 120)}`;
    const packet: PublishedPacket = {
      topic: this.#pick(TOPICS),
      payload: Buffer.from(text),
      qos: this.#pick([0, 1, 2] as QoS[]),
      retain: this.#random() < 0.4,
    };
    expect(await intake.accept(null, packet)).toBeUndefined();
    // Most of the time aedes hands it on; a kill in between must not matter.
    const seq = packet.brokerCounter ?? 0;
    if (this.#random() < 0.8) {
      if (packet.retain) await persistence.storeRetained(packet);
      const subscribers = await persistence.subscriptionsByTopic(packet.topic);
      if (packet.qos > 0) await persistence.outgoingEnqueueCombi(subscribers, packet);
    }
    this.#model.publish({ topic: packet.topic, text, qos: packet.qos, retain: packet.retain, seq });
    if (packet.qos > 0 || packet.retain) this.#unsynced = [];
  }

  /** aedes sends what stands first and was not sent yet. */
  async #send(): Promise<void> {
    const client = this.#client();
    const entry = this.#model.session(client.id).queue.find(({ messageId }) => messageId === undefined);
    if (entry === undefined) return;
    const packet = { cmd: 'publish', brokerCounter: entry.seq, messageId: Math.floor(this.#random() * 5) };
    await this.#store.persistence.outgoingUpdate(client, packet);
    const taken = this.#model.session(client.id).queue.map(({ messageId }) => messageId);
    expect(taken).not.toContain(packet.messageId);
    entry.messageId = packet.messageId;
    if (entry.qos === 2) this.#unsynced = [];
    else await this.#sync();
  }

  /** The ids of QoS 1 need not survive; here they do, so that both are asked the same. */
  async #sync(): Promise<void> {
    await this.#store.ledger.commit();
    this.#unsynced = [];
  }

  async #acknowledge(): Promise<void> {
    const client = this.#client();
    const session = this.#model.session(client.id);
    const entry = this.#pick(session.queue.filter(({ messageId }) => messageId !== undefined));
    if (entry === undefined) return;
    const { messageId } = entry;
    if (entry.qos === 2 && entry.state === 'publish') {
      await this.#store.persistence.outgoingUpdate(client, { cmd: 'pubrel', messageId });
      entry.state = 'pubrel';
      this.#unsynced = [];
    } else {
      await this.#store.persistence.outgoingClearMessageId(client, { messageId });
      session.queue = session.queue.filter((each) => each !== entry);
      this.#unsynced.push({ id: client.id, seq: entry.seq });
    }
  }

  async #subscribe(): Promise<void> {
    const client = this.#client();
    const topics = [this.#pick(FILTERS), this.#pick(FILTERS)];
    const subscriptions = [...new Set(topics)].map((topic) => ({ topic, qos: this.#pick([0, 1, 2] as QoS[]) }));
    await this.#store.persistence.addSubscriptions(client, subscriptions);
    await this.#sync();
    for (const { topic, qos } of subscriptions) this.#model.session(client.id).filters.set(topic, qos);
  }

  async #unsubscribe(): Promise<void> {
    const client = this.#client();
    const filter = this.#pick(FILTERS);
    await this.#store.persistence.removeSubscriptions(client, [filter]);
    await this.#sync();
    this.#model.session(client.id).filters.delete(filter);
  }

  async #cleanSession(): Promise<void> {
    const client = this.#client();
    await this.#store.persistence.cleanSubscriptions(client);
    await this.#sync();
    this.#model.sessions.delete(client.id);
  }

  /** A QoS 2 message of a client: taken once, however often it is sent. */
  async #receive(): Promise<void> {
    const { persistence, intake } = this.#store;
    const client = { ...this.#client(), clean: false, closed: false };
    const messageId = 1 + Math.floor(this.#random() * 3);
    const text = `from ${client.id} ${this.#count++}`;
    const packet: PublishedPacket = { topic: 'x/y', payload: Buffer.from(text), qos: 2, retain: false, messageId };
    expect(await intake.accept(client, packet)).toBeUndefined();
    this.#unsynced = [];
    const isKnown = this.#model.session(client.id).incoming.has(messageId);
    const asked = await persistence.incomingGetPacket(client, packet).then(
      () => 'known',
      () => 'new',
    );
    expect(asked).toBe(isKnown ? 'known' : 'new');
    if (isKnown) return;
    await persistence.incomingStorePacket(client, packet);
    this.#model.session(client.id).incoming.add(messageId);
    this.#model.publish({ topic: 'x/y', text, qos: 2, retain: false, seq: packet.brokerCounter ?? 0 });
  }

  async #complete(): Promise<void> {
    const client = this.#client();
    const [messageId] = this.#model.session(client.id).incoming;
    if (messageId === undefined) return;
    await this.#store.persistence.incomingDelPacket(client, { messageId });
    this.#unsynced = [];
    this.#model.session(client.id).incoming.delete(messageId);
  }

  async #will(): Promise<void> {
    const client = this.#client();
    if (this.#random() < 0.5) {
      const text = `will ${this.#count++}`;
      const will: Will = { topic: 'x', payload: Buffer.from(text), qos: 1, retain: true };
      await this.#store.persistence.putWill(client, will);
      this.#model.wills.set(client.id, text);
    } else {
      await this.#store.persistence.delWill(client);
      this.#model.wills.delete(client.id);
    }
    await this.#sync();
  }

  async #restart(): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
    await this.open();
    expect(this.#store.wasStopped).toBe(true);
    this.#unsynced = [];
    await this.#check();
  }

  async #cut(): Promise<void> {
    this.#files = this.#files.cut(this.#random);
    await this.open();
    expect(this.#store.wasStopped).toBe(false);
    await this.#readAgain();
    await this.#check();
  }

  /** Acks that were not synced may be forgotten: then the messages come again, in their place. */
  async #readAgain(): Promise<void> {
    for (const { id, seq } of this.#unsynced) {
      const entry = this.#store.ledger.state.session(id)?.queue.get(seq);
      if (entry !== undefined)
        await this.#store.persistence.outgoingClearMessageId(
          { id },
          entry.messageId === 0 ? { brokerCounter: seq } : { messageId: entry.messageId },
        );
    }
    await this.#sync();
  }

  async #check(): Promise<void> {
    const { persistence } = this.#store;
    for (const id of CLIENTS) {
      const { filters, queue, incoming } = this.#model.session(id);
      const subscriptions = await persistence.subscriptionsByClient({ id });
      expect(new Map(subscriptions.map(({ topic, qos }) => [topic, qos]))).toEqual(filters);
      const sent = (await persistence.outgoingStream(this.#client(id)).toArray()) as {
        cmd: string;
        brokerCounter?: number;
        payload?: Buffer;
        qos?: QoS;
        messageId?: number;
      }[];
      const shown = sent.map(({ cmd, payload, qos, messageId }) =>
        cmd === 'pubrel' ? `pubrel ${messageId}` : `${payload} ${qos} ${messageId}`,
      );
      // What was queued at QoS 2 gets its id when it is about to be sent.
      const ids = new Map(sent.map(({ brokerCounter, messageId }) => [brokerCounter, messageId]));
      for (const entry of queue) if (entry.qos === 2) entry.messageId ??= ids.get(entry.seq);
      expect(shown).toEqual(
        queue.map(({ state, text, qos, messageId }) =>
          state === 'pubrel' ? `pubrel ${messageId}` : `${text} ${qos} ${messageId}`,
        ),
      );
      const known = [];
      for (const messageId of [1, 2, 3])
        if (
          await persistence.incomingGetPacket({ id }, { messageId }).then(
            () => true,
            () => false,
          )
        )
          known.push(messageId);
      expect(new Set(known)).toEqual(incoming);
    }
    const retained = (await persistence.createRetainedStream('#').toArray()) as { topic: string; payload: Buffer }[];
    expect(new Map(retained.map(({ topic, payload }) => [topic, String(payload)]))).toEqual(this.#model.retained);
    const wills = (await persistence.streamWill().toArray()) as { clientId: string; payload: Buffer }[];
    expect(new Map(wills.map(({ clientId, payload }) => [clientId, String(payload)]))).toEqual(this.#model.wills);
    this.#unsynced = [];
  }
}

test.each(Array.from({ length: 60 }, (_, i) => i + 1))('a random history of seed %i', async (seed) => {
  await new History(seed).run(300);
});
