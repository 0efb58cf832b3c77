import { expect, test } from 'vitest';
import type { TailLine, TailPart } from '../api/devices.ts';
import { delivered, START } from '../testing.ts';
import { LINES_PER_SECOND, QUEUE_MAX, TailViewer } from './tail-viewer.ts';

function open({ isStuck = false } = {}) {
  const clock = { now: START };
  const parts: TailPart[] = [];
  const state = { isOver: false, closed: 0, problem: null as string | null, fails: false };
  let isHeld = isStuck;
  const held = Promise.withResolvers<void>();
  const viewer = new TailViewer({
    now: () => clock.now,
    problem: () => state.problem,
    reader: {
      send: async (part) => {
        if (state.fails) throw new Error('gone');
        parts.push(part);
        if (isHeld) await held.promise;
      },
      close: () => state.closed++,
      ...{ user: 'vera', isOver: () => state.isOver },
    },
  });
  const release = () => {
    isHeld = false;
    held.resolve();
  };
  return { viewer, clock, parts, state, release, told: () => parts.flatMap(({ lines }) => lines.map(({ n }) => n)) };
}

const line = (n: number): TailLine => ({
  ...{ n, receivedAt: START, kind: 'raw', topic: 't', qos: 1, retained: false },
  ...{ payload: 'x', encoding: 'text', bytes: 1, isCut: false },
});
const offer = (viewer: TailViewer, from: number, to: number) => {
  for (let n = from; n <= to; n++) viewer.offer(line(n));
};

test('a line is told at once while few come', async () => {
  const { viewer, told } = open();
  viewer.offer(line(1));
  await delivered();
  expect(told()).toEqual([1]);
});

test('no more lines are told in a second than a person can see pass; the newest wait, the rest is counted', async () => {
  const { viewer, told, clock, parts } = open();
  offer(viewer, 1, 1_000);
  await delivered();
  expect(told()).toHaveLength(LINES_PER_SECOND);
  clock.now += 1_000;
  await viewer.pump();
  clock.now += 1_000;
  await viewer.pump();
  // The first found an empty queue.
  expect(told()).toEqual([1, ...Array.from({ length: QUEUE_MAX }, (_, i) => 1_000 - QUEUE_MAX + 1 + i)]);
  expect(parts.at(-1)?.dropped).toBe(1_000 - 1 - QUEUE_MAX);
});

test('over a minute of a flood the rate holds', async () => {
  const { viewer, told, clock } = open();
  for (let n = 1; n <= 60_000; n++) {
    viewer.offer(line(n));
    clock.now++;
    if (n % 100 === 0) await delivered();
  }
  expect(told().length).toBeLessThanOrEqual(61 * LINES_PER_SECOND);
  expect(told().length).toBeGreaterThan(55 * LINES_PER_SECOND);
});

test('a reader that does not read holds no more than the queue, and misses the oldest', async () => {
  const { viewer, told, release, parts } = open({ isStuck: true });
  viewer.offer(line(1)); // under way for ever
  offer(viewer, 2, 500);
  await delivered();
  expect(told()).toEqual([1]);
  release();
  await delivered();
  expect(told()[1]).toBe(500 - QUEUE_MAX + 1);
  expect(parts.at(-1)?.dropped).toBe(499 - QUEUE_MAX);
});

test('what is wrong with listening is told when it changes, and a sign of life now and then', async () => {
  const { viewer, parts, state, clock } = open();
  await viewer.pump();
  expect(parts).toHaveLength(1); // the page knows that it is connected
  await viewer.pump();
  expect(parts).toHaveLength(1);
  state.problem = 'the broker is away';
  await viewer.pump();
  expect(parts.at(-1)).toMatchObject({ problem: 'the broker is away', lines: [] });
  clock.now += 4_000;
  await viewer.pump();
  expect(parts).toHaveLength(3);
});

test('a clock that steps back stops nothing for longer than it stepped, and gives nothing', async () => {
  const { viewer, told, clock } = open();
  offer(viewer, 1, 100);
  await delivered();
  clock.now -= 60_000;
  await viewer.pump();
  expect(told()).toHaveLength(LINES_PER_SECOND);
  clock.now += 1_000;
  await viewer.pump();
  expect(told()).toHaveLength(2 * LINES_PER_SECOND);
});

test('a reader that fails is closed and offered nothing more', async () => {
  const { viewer, state, parts } = open();
  state.fails = true;
  viewer.offer(line(1));
  await delivered();
  expect([viewer.isOver, state.closed, parts.length]).toEqual([true, 1, 0]);
});
