import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batcher, Receipt } from './batcher.ts';

type Published = { readonly topic: string; readonly lines: readonly string[]; readonly taken: () => void };

function makeBatcher(options: { slots?: number; bytesMax?: number } = {}): {
  batcher: Batcher;
  published: Published[];
} {
  const published: Published[] = [];
  const batcher = new Batcher({
    publish: (topic, payload) =>
      new Promise((taken) => {
        published.push({ topic, lines: payload.toString().split('\n'), taken });
      }),
    slots: options.slots ?? 1,
    bytesMax: () => options.bytesMax ?? 1_000_000,
  });
  return { batcher, published };
}

/** Everything that is due without any message from outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const add = (batcher: Batcher, line: string, shard: number, receipt: Receipt) => {
  const into = batcher.lineOf(shard, receipt);
  into.text(into.length === 0 ? line : `\n${line}`);
};
const free = () => new Receipt(() => {});

test('an idle batcher sends at once, everything of one turn together', async () => {
  const { batcher, published } = makeBatcher();
  add(batcher, 'a', 3, free());
  add(batcher, 'b', 3, free());
  expect(published).toEqual([]);
  await Promise.resolve();
  expect(published.map(({ topic, lines }) => [topic, lines])).toEqual([['points/v1/3', ['a', 'b']]]);
});

test('while all slots are out the next batch grows, and leaves when a slot is free', async () => {
  const { batcher, published } = makeBatcher({ slots: 2 });
  for (const line of ['a', 'b', 'c', 'd', 'e']) {
    add(batcher, line, 3, free());
    await settled();
  }
  expect(published.map(({ lines }) => lines)).toEqual([['a'], ['b']]);
  published[0]?.taken();
  await settled();
  expect(published.map(({ lines }) => lines)).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
});

test('a batch is closed at its size, and the rest follows behind it', async () => {
  const { batcher, published } = makeBatcher({ bytesMax: 10 });
  for (let i = 0; i < 7; i++) add(batcher, '1234', 3, free());
  for (let i = 0; i < 4; i++) {
    await settled();
    published[i]?.taken();
  }
  expect(published.map(({ lines }) => lines.length)).toEqual([2, 2, 2, 1]);
});

test('a broker that takes less from now on gets smaller batches from now on', async () => {
  const lines: number[] = [];
  let bytesMax = 100;
  const publish = async (_: string, payload: Buffer) => void lines.push(payload.toString().split('\n').length);
  const batcher = new Batcher({ publish, slots: 1, bytesMax: () => bytesMax });
  const addFour = async () => {
    for (let i = 0; i < 4; i++) add(batcher, '1234', 3, free());
    await settled();
  };
  await addFour();
  bytesMax = 10;
  await addFour();
  expect(lines).toEqual([4, 2, 2]);
});

test('a batch belongs to the trace of the first of its messages that has one', async () => {
  const traces: (string | undefined)[] = [];
  const publish = async (_: string, __: Buffer, traceparent: string | undefined) => void traces.push(traceparent);
  const batcher = new Batcher({ publish, slots: 4, bytesMax: () => 100 });
  const of = (traceparent?: string) => new Receipt(() => {}, traceparent);
  for (const each of [of(), of('one'), of('two')]) add(batcher, 'a', 3, each);
  add(batcher, 'b', 4, of());
  await settled();
  expect(traces).toEqual(['one', undefined]);
});

test('a receipt is released when the broker has every batch of its message, not before', async () => {
  const { batcher, published } = makeBatcher({ slots: 4 });
  let isDone = false;
  const receipt = new Receipt(() => {
    isDone = true;
  });
  add(batcher, 'a', 1, receipt);
  add(batcher, 'b', 2, receipt);
  add(batcher, 'c', 2, receipt);
  receipt.release();
  await settled();
  expect(published).toHaveLength(2);
  published[1]?.taken();
  await settled();
  expect(isDone).toBe(false);
  published[0]?.taken();
  await settled();
  expect(isDone).toBe(true);
});

test('a batch that a closing bus refuses keeps its messages unacknowledged', async () => {
  let isDone = false;
  const batcher = new Batcher({ publish: () => Promise.reject(new Error('closed')), slots: 1, bytesMax: () => 100 });
  const receipt = new Receipt(() => {
    isDone = true;
  });
  add(batcher, 'a', 1, receipt);
  receipt.release();
  await settled();
  expect(isDone).toBe(false);
});

test('whatever the order of shards and acknowledgements: no line lost, none twice, none out of order, slots respected', async () => {
  const action = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ take: fc.nat(3) }),
    fc.constant('turn' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 80 }), fc.integer({ min: 1, max: 3 }), async (actions, slots) => {
      const { batcher, published } = makeBatcher({ slots, bytesMax: 12 });
      const added: string[][] = [[], [], [], []];
      const taken = new Set<Published>();
      const out = () => published.filter((each) => !taken.has(each));
      let released = 0;
      let count = 0;
      const take = (index: number) => {
        const one = out()[index % Math.max(1, out().length)];
        if (one === undefined) return;
        taken.add(one);
        one.taken();
      };
      for (const each of actions) {
        if (each === 'turn') await settled();
        else if ('take' in each) take(each.take);
        else {
          const line = `l${count++}`;
          added[each.add]?.push(line);
          const receipt = new Receipt(() => released++);
          add(batcher, line, each.add, receipt);
          receipt.release();
        }
        expect(out().length).toBeLessThanOrEqual(slots);
      }
      for (let i = 0; i <= count; i++) {
        await settled();
        expect(out().length).toBeLessThanOrEqual(slots);
        take(0);
      }
      await settled();
      for (const [shard, lines] of added.entries()) {
        expect(published.filter(({ topic }) => topic === `points/v1/${shard}`).flatMap((each) => each.lines)).toEqual(
          lines,
        );
      }
      expect(released).toBe(count);
    }),
    { numRuns: 60 },
  );
});
