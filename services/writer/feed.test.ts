import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Feed, type FeedOptions } from './feed.ts';
import { type Entry, isBefore } from './journal.ts';

const ENTRY_COST = 300;
const PAYLOAD_BYTES = 700;
const BYTES = PAYLOAD_BYTES + 12;
const PER_SEGMENT = 50;

const feeds: Feed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

/** A journal of numbered messages, of which the first so many are on disk, and what was dispatched of it. */
class Model {
  readonly entries: Entry[] = [];
  readonly dispatched: Entry[] = [];
  committed = 0;
  reads = 0;
  inLanes = 0;
  most = 0;
  readonly feed: Feed;

  constructor(earlier: number, options: Partial<FeedOptions> = {}) {
    for (let i = 0; i < earlier; i++) this.#add();
    this.committed = earlier;
    this.feed = new Feed({
      read: (from) => this.#read(from),
      from: { segment: 0, offset: 0 },
      end: this.#end,
      bytesMax: 20 * (PAYLOAD_BYTES + ENTRY_COST),
      dispatch: (entry) => {
        this.dispatched.push(entry);
        this.inLanes++;
        this.most = Math.max(this.most, this.inLanes);
      },
      ...options,
    });
    feeds.push(this.feed);
    this.feed.open();
  }

  get numbers(): number[] {
    return this.dispatched.map(({ receivedAt }) => receivedAt);
  }

  append(): void {
    this.feed.offer(this.#add());
  }

  commit(): void {
    this.committed = this.entries.length;
    const last = this.entries.at(-1);
    if (last !== undefined) this.feed.committed(last);
  }

  /** The lanes are done with the oldest of what they have. */
  finish(count: number): void {
    const from = this.dispatched.length - this.inLanes;
    const done = this.dispatched.slice(from, from + count);
    this.inLanes -= done.length;
    this.feed.done(done);
  }

  get #end() {
    const last = this.entries.at(-1);
    // Behind the last message stands something that is none, as a checkpoint does.
    return last === undefined
      ? { segment: 0, offset: 0 }
      : { segment: last.position.segment, offset: last.position.offset + BYTES + 40 };
  }

  #add(): Entry {
    const n = this.entries.length;
    const position = {
      segment: 1 + Math.floor(n / PER_SEGMENT),
      offset: 48 + (n % PER_SEGMENT) * (BYTES + 40),
      bytes: BYTES,
    };
    const entry = {
      kind: 'points' as const,
      shard: 0,
      topic: 'points/v1/0',
      receivedAt: n,
      payload: Buffer.alloc(PAYLOAD_BYTES),
      position,
      isDone: false,
    };
    this.entries.push(entry);
    return entry;
  }

  /** As the log does: the segments that are there at first, and of each what is on disk when it is opened. */
  async *#read(from: Entry['position'] | { segment: number; offset: number }): AsyncIterable<Entry> {
    this.reads++;
    const segments = Math.ceil(this.committed / PER_SEGMENT);
    for (let segment = 1; segment <= segments; segment++) {
      await turn();
      if (segment < from.segment) continue;
      const onDisk = this.entries.slice(0, this.committed).filter(({ position }) => position.segment === segment);
      for (const entry of onDisk) if (!isBefore(entry.position, from)) yield entry;
    }
  }
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 1 });

describe('Feed', () => {
  it('hands on at once what the lanes have room for', async () => {
    const model = new Model(0);
    await soon(() => expect(model.feed.isBehind).toBe(false));
    model.append();
    expect(model.numbers).toEqual([...model.entries.keys()]);
    expect(model.reads).toBe(0);
  });

  it('begins with what an earlier life has left, and only then with what is new', async () => {
    const model = new Model(120);
    for (let i = 0; i < 5; i++) model.append();
    await soon(() => {
      model.finish(10);
      expect(model.numbers).toEqual([...model.entries.keys()]);
    });
    expect(model.most).toBeLessThanOrEqual(20);
  });

  it('holds what is not on disk, however long a full disk takes, without reading in circles', async () => {
    const model = new Model(0);
    await soon(() => expect(model.feed.isBehind).toBe(false));
    for (let i = 0; i < 8_000; i++) model.append(); // more than is kept of what is on disk
    for (let i = 0; i < 50; i++) await turn();
    expect([model.dispatched.length, model.reads]).toEqual([20, 0]);
    model.commit();
    await soon(() => {
      model.finish(10);
      expect(model.dispatched).toHaveLength(8_000);
    });
    expect(model.numbers).toEqual([...model.entries.keys()]);
    await soon(() => expect(model.feed.isBehind).toBe(false));
  });

  it('gives every message once and in order, whatever comes when, in bounded memory', async () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((count) => (model: Model) => {
        for (let i = 0; i < count; i++) model.append();
      }),
      fc.constant((model: Model) => model.commit()),
      fc.integer({ min: 1, max: 40 }).map((count) => (model: Model) => model.finish(count)),
      fc.constant(() => {}),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 130 }), fc.array(step, { maxLength: 60 }), async (earlier, steps) => {
        const model = new Model(earlier);
        for (const each of steps) {
          each(model);
          await turn();
        }
        model.commit();
        for (let i = 0; i < 10_000 && (model.feed.isBehind || model.inLanes > 0); i++) {
          model.finish(7);
          await turn();
        }
        expect(model.numbers).toEqual([...model.entries.keys()]);
        expect(model.most).toBeLessThanOrEqual(20);
      }),
      { numRuns: 150 },
    );
  });

  it('ends while it waits for room', async () => {
    const model = new Model(120);
    await soon(() => expect(model.inLanes).toBe(20));
    await model.feed.stop();
    expect(model.inLanes).toBe(20);
  });
});
