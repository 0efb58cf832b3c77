// The promise over random lives: whatever is cut when, every acknowledged message comes to the store, and the last word of each
// series is the right one: what was not acknowledged comes again from the broker, behind what a torn group has left of it.

import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom, type Random } from '#domain/random.ts';
import { PowerCutFiles } from '#runtime/segment-log/power-cut-files.ts';
import type { Store } from './influx.ts';
import { StoreError } from './store-error.ts';
import { MemoryStore, mortal, openTestWriter } from './testing.ts';

const SEEDS = 200;
const LIVES = 5;
const DEVICES = 5;
/** Far more than it takes. */
const SETTLED_MS_MAX = 20_000;

type Message = { readonly text: string; readonly topic: string; isAcked: boolean };

/** A broker with one queue, and the plant behind it. */
class Plant {
  readonly sent: Message[] = [];
  #count = 0;

  publish(): Message {
    const n = this.#count++;
    const device = n % DEVICES;
    const message = { text: `reading,device=d${device} value=${n} ${n}`, topic: `points/v1/${device}`, isAcked: false };
    this.sent.push(message);
    return message;
  }
}

async function start(plant: Plant, files: PowerCutFiles, store: Store) {
  const { writer } = await openTestWriter({
    files,
    store,
    changes: { memoryBytesMax: 5_000, journalBytesMax: 20_000, now: () => plant.sent.length * 1_000 },
  });
  const take = (message: Message) =>
    writer.take({
      topic: message.topic,
      payload: Buffer.from(message.text),
      qos: 1,
      retained: false,
      ack: () => {
        message.isAcked = true;
      },
    });
  for (const message of plant.sent) if (!message.isAcked) take(message);
  return { writer, take };
}

async function live(plant: Plant, store: MemoryStore, files: PowerCutFiles, random: Random): Promise<PowerCutFiles> {
  const reach = mortal(store);
  const { writer, take } = await start(plant, files, reach);
  const steps = Math.floor(random() * 200);
  for (let i = 0; i < steps; i++) {
    const fate = random();
    if (fate < 0.6) take(plant.publish());
    else if (fate < 0.8) writer.tick();
    else if (fate < 0.82) files.bytesFree = random() < 0.5 ? 200 : Number.POSITIVE_INFINITY;
    else await turn();
  }
  reach.die();
  return files.cut(random);
}

/** Of all seeds: in one of them the power may go each time before anything was acknowledged. */
let ackedBeforeCuts = 0;

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('seed %i', async (seed) => {
  const random = createRandom(seed);
  const plant = new Plant();
  const store = new MemoryStore();
  let files = new PowerCutFiles();
  for (let life = 0; life < LIVES; life++) {
    const mood = random();
    store.answer = () => {
      if (mood < 0.3 || random() < 0.2) throw new StoreError('503', 'retry');
    };
    files = await live(plant, store, files, random);
  }
  store.answer = () => {};
  ackedBeforeCuts += plant.sent.filter(({ isAcked }) => isAcked).length;
  await using last = (await start(plant, files, store)).writer;
  // Waits of its own are in real time, which a busy machine gives fewer turns for or more.
  const deadline = performance.now() + SETTLED_MS_MAX;
  while (performance.now() < deadline && !plant.sent.every((message) => isDone(message, store))) {
    last.tick();
    await turn();
  }
  const lastAt = new Map(store.lines.map(({ text }, i) => [text, i]));
  expect(plant.sent.filter(({ text }) => !lastAt.has(text))).toEqual([]);
  for (let device = 0; device < DEVICES; device++) {
    const order = plant.sent
      .filter(({ topic }) => topic.endsWith(`/${device}`))
      .map(({ text }) => lastAt.get(text) ?? -1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
});

test('the power went after acknowledgements, too', () => {
  expect(ackedBeforeCuts).toBeGreaterThan(SEEDS);
});

/** Acknowledged and stored, in this order or the other. */
function isDone({ isAcked, text }: Message, store: MemoryStore): boolean {
  return isAcked && store.has(text);
}
