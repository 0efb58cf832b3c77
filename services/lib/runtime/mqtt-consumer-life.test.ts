// The consumer against a broker that keeps a session as brokers do, over random lives: cuts at any byte, lost acknowledgements,
// work that ends in any order. What is promised: a message leaves the broker only when its work is done, every message is
// worked on, none twice that was in work all along, and in order.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import { FakeBroker, published } from '../../../test/support/fake-broker.ts';
import { silentLog } from './log.ts';
import { MqttConsumer } from './mqtt-consumer.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

const WINDOW = 40;

type Queued = { readonly text: string; messageId: number };

/** A session with its queue: all of it is pushed, without a window, and again at each connection, under ids of its own. */
class SessionBroker extends FakeBroker {
  readonly queue: Queued[] = [];
  /** Acknowledged, in the order in which that came. */
  readonly gone: string[] = [];
  #nextId = 0;

  constructor(version: 4 | 5) {
    super(version);
    this.answer = (packet, connection) => {
      if (packet.cmd === 'connect') {
        const again = this.queue.map((each) => this.#packet(each));
        return [{ cmd: 'connack', returnCode: 0, sessionPresent: this.connections.length > 1 }, ...again];
      }
      if (packet.cmd !== 'puback' || connection !== this.last) return undefined;
      const at = this.queue.findIndex(({ messageId }) => messageId === packet.messageId);
      const [done] = this.queue.splice(at, at === -1 ? 0 : 1);
      if (done !== undefined) this.gone.push(done.text);
      return [];
    };
  }

  push(text: string): void {
    const queued = { text, messageId: 0 };
    this.queue.push(queued);
    if (this.connections.length > 0 && this.last.of('connect').length > 0) this.last.send(this.#packet(queued));
  }

  #packet(queued: Queued) {
    queued.messageId = (this.#nextId++ % 65_535) + 1;
    return published('a/x', queued.text, queued.messageId);
  }
}

type Work = { readonly text: string; readonly ack: () => void; isDone: boolean };

async function life(version: 4 | 5, seed: number): Promise<void> {
  const random = createRandom(seed);
  const broker = await new SessionBroker(version).listen();
  opened.push(broker);
  const work: Work[] = [];
  const done = new Set<string>();
  const doubled: string[] = [];
  const consumer = new MqttConsumer(
    { url: broker.url },
    {
      clientId: 'worker',
      filters: ['a/#'],
      cleanSession: false,
      window: WINDOW,
      onDelivery: ({ payload, ack }) => {
        const text = String(payload);
        if (work.some((each) => each.text === text && !each.isDone)) doubled.push(text);
        work.push({ text, ack, isDone: false });
      },
    },
    silentLog(),
  );
  opened.push(consumer);
  await consumer.ready;
  const count = 300;
  for (let n = 0; n < count; ) {
    for (let burst = random() * 30; burst > 0 && n < count; burst--) broker.push(String(n++));
    finishSome(work, done, random);
    await new Promise((resolve) => setImmediate(resolve));
    for (const text of broker.gone) expect(done, `seed ${seed}`).toContain(text);
    if (random() < 0.15) await cut({ broker, consumer }, () => finishSome(work, done, random));
  }
  await vi.waitFor(
    () => {
      for (const each of work) finish(each, done);
      expect(broker.queue).toEqual([]);
    },
    { timeout: 20_000, interval: 5 },
  );
  const texts = Array.from({ length: count }, (_, n) => String(n));
  expect(broker.gone, `seed ${seed}`).toEqual(texts);
  expect([...new Set(work.map(({ text }) => text))], `seed ${seed}`).toEqual(texts);
  expect(doubled, `seed ${seed}`).toEqual([]);
  expect(consumer.inFlight).toBe(0);
}

/** With work that ends while nobody can be told. */
async function cut(
  { broker, consumer }: { readonly broker: SessionBroker; readonly consumer: MqttConsumer },
  finishMeanwhile: () => void,
): Promise<void> {
  const before = broker.connections.length;
  broker.last.socket.destroy();
  await new Promise((resolve) => broker.last.socket.once('close', resolve));
  finishMeanwhile();
  await vi.waitFor(
    () => {
      if (consumer.inFlight > WINDOW / 2) finishMeanwhile(); // it comes back when there is room
      expect(broker.connections.length).toBeGreaterThan(before);
    },
    { timeout: 10_000, interval: 2 },
  );
}

function finish(each: Work, done: Set<string>): void {
  if (each.isDone) return;
  each.isDone = true;
  done.add(each.text);
  each.ack();
}

/** In any order, and many are left for later. */
function finishSome(work: readonly Work[], done: Set<string>, random: Random): void {
  const open = work.filter(({ isDone }) => !isDone);
  for (const each of open) if (random() < 0.3) finish(each, done);
}

describe.each([4, 5] as const)('MQTT version %i', (version) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('life %i', { timeout: 60_000 }, (seed) => life(version, seed));
});
