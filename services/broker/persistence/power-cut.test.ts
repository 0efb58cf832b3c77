// The power goes while many publish at once, readers read and the log is compacted: every message that was acknowledged is
// there for everybody who has not acknowledged it, in each publisher's order, and the log opens by itself.

import { expect, test } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { Released } from './outgoing-queues.ts';
import type { PublishedPacket, QueuedPacket } from './packets.ts';
import type { QoS } from './records.ts';
import type { Store } from './store.ts';
import { openTestStore } from './test-store.ts';

const SEEDS = 100;
const READERS = ['one', 'two', 'three'];
const PUBLISHERS = ['p', 'q', 'r', 's'];
const SMALL = { segmentBytesMax: 3_000, payloadBytesMax: 1_000 };

type Ledger = {
  /** Texts in the order of PUBACK or PUBREC, by publisher. */
  readonly acknowledged: Map<string, string[]>;
  /** What a reader has acknowledged, or is just about to. */
  readonly read: Map<string, Set<string>>;
  readonly retained: Map<string, number>;
};

async function open(files: PowerCutFiles): Promise<Store> {
  const store = await openTestStore({ ...SMALL, files });
  await store.persistence.setup({ id: store.brokerId, counter: 0 });
  return store;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Publishes as aedes does, several at a time; each is in the ledger when its acknowledgement would go out. */
async function publish(store: Store, id: string, run: { random: Random; ledger: Ledger }): Promise<void> {
  const { random, ledger } = run;
  const publisher = { id, clean: false, closed: false };
  for (let n = 0; ; n += 3) {
    await Promise.all(
      [n, n + 1, n + 2].map(async (number) => {
        const text = `${id} ${number}${' '.repeat(random() * 200)}`;
        const qos: QoS = random() < 0.5 ? 1 : 2;
        const retain = random() < 0.3;
        const messageId = 1 + (number % 1_000);
        const packet: PublishedPacket = { topic: `t/${id}`, payload: Buffer.from(text), qos, retain, messageId };
        expect(await store.intake.accept(publisher, packet)).toBeUndefined();
        ledger.acknowledged.get(id)?.push(text);
        if (retain) ledger.retained.set(packet.topic, number);
        if (random() < 0.2) return; // its connection broke: aedes does not hand it on
        await store.persistence.outgoingEnqueueCombi(
          await store.persistence.subscriptionsByTopic(packet.topic),
          packet,
        );
        if (qos === 2) await store.persistence.incomingDelPacket(publisher, { messageId });
      }),
    );
  }
}

/** Connects again and again, and acknowledges a part of what it gets. */
async function read(store: Store, id: string, run: { random: Random; ledger: Ledger }): Promise<void> {
  const { random, ledger } = run;
  for (;;) {
    const client = { id };
    for await (const packet of store.persistence.outgoingStream(client)) {
      const { cmd, payload, qos, messageId } = packet as QueuedPacket;
      if (random() < 0.3) continue;
      if (cmd === 'publish') {
        const sent = { ...(packet as QueuedPacket), messageId };
        await store.persistence.outgoingUpdate(client, sent);
        ledger.read.get(id)?.add(String(payload));
        if (qos === 2) await store.persistence.outgoingUpdate(client, { cmd: 'pubrel', messageId: sent.messageId });
        await store.persistence.outgoingClearMessageId(client, { messageId: sent.messageId });
      } else await store.persistence.outgoingClearMessageId(client, { messageId });
    }
    await turn();
  }
}

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('the power goes, seed %i', async (seed) => {
  const random = createRandom(seed);
  let files = new PowerCutFiles();
  const ledger: Ledger = {
    acknowledged: new Map(PUBLISHERS.map((id) => [id, []])),
    read: new Map(READERS.map((id) => [id, new Set()])),
    retained: new Map(),
  };
  const first = await open(files);
  for (const [i, id] of READERS.entries())
    await first.persistence.addSubscriptions({ id }, [{ topic: ['t/+', '#', 't/p'][i] ?? '', qos: 2 }]);
  await first[Symbol.asyncDispose]();
  for (let cut = 0; cut < 2; cut++) {
    const store = await open(files);
    // They never end: the power does it.
    for (const id of PUBLISHERS) void publish(store, `${id}`, { random, ledger });
    for (const id of READERS) void read(store, id, { random, ledger });
    for (let left = 50 + random() * 400; left > 0; left--) {
      if (random() < 0.05) void store.compaction.poke();
      await turn();
    }
    const after = structuredClone(ledger);
    files = files.cut(random);
    const survivor = await open(files);
    await check(survivor, after);
    await survivor[Symbol.asyncDispose]();
    for (const texts of ledger.acknowledged.values()) texts.length = 0;
    for (const id of READERS) ledger.read.get(id)?.clear();
    // Numbers begin again, and are told from those of before.
    for (const id of READERS) await forget(files, id);
  }
});

async function forget(files: PowerCutFiles, id: string): Promise<void> {
  const store = await open(files);
  const client = { id };
  for await (const packet of store.persistence.outgoingStream(client)) {
    const { cmd, brokerCounter, messageId } = packet as QueuedPacket;
    if (cmd === 'publish' && messageId === undefined)
      await store.persistence.outgoingClearMessageId(client, { brokerCounter });
    else await store.persistence.outgoingClearMessageId(client, { messageId });
  }
  for (const publisher of PUBLISHERS) await store.persistence.cleanIncoming({ id: publisher });
  await store[Symbol.asyncDispose]();
}

async function check(store: Store, { acknowledged, read: done, retained }: Ledger): Promise<void> {
  for (const [i, id] of READERS.entries()) {
    const queue = (await store.persistence.outgoingStream({ id }).toArray()) as (QueuedPacket | Released)[];
    const texts = queue.flatMap((packet) => (packet.cmd === 'publish' ? [String(packet.payload)] : []));
    expect(new Set(texts).size).toBe(texts.length);
    for (const publisher of PUBLISHERS) {
      const mine = texts.filter((text) => text.startsWith(`${publisher} `));
      const numbers = mine.map((text) => Number(text.split(' ')[1]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      if (i === 2 && publisher !== 'p') continue;
      const missing = acknowledged
        .get(publisher)
        ?.filter((text) => !mine.includes(text) && done.get(id)?.has(text) !== true);
      expect(missing).toEqual([]);
    }
  }
  const kept = (await store.persistence.createRetainedStream('#').toArray()) as { topic: string; payload: Buffer }[];
  const numbers = new Map(kept.map(({ topic, payload }) => [topic, Number(String(payload).split(' ')[1])]));
  // A newer one may have come to the disk without its acknowledgement.
  for (const [topic, number] of retained) expect(numbers.get(topic)).toBeGreaterThanOrEqual(number);
}
