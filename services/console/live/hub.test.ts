import { expect, test } from 'vitest';
import { type Frame, Hub, type Viewer } from './hub.ts';

const frame = (data: string): Frame => ({ id: '', event: 'alarms', data });

/** A viewer whose network takes nothing until it is let. */
function viewerOf(isOver = false) {
  const got: string[] = [];
  let isOpen = true;
  let release = () => {};
  const viewer: Viewer = {
    ...{ user: 'olaf', isOver: () => isOver },
    send: ({ data }) => {
      got.push(data);
      return new Promise((resolve) => {
        release = resolve;
      });
    },
    close: () => {
      isOpen = false;
    },
  };
  return { viewer, got, isOpen: () => isOpen, release: () => release() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a viewer gets its frames in order, one at a time', async () => {
  const hub = new Hub();
  const { viewer, got, release } = viewerOf();
  hub.join(viewer, [frame('snapshot')]);
  hub.broadcast(frame('a'));
  hub.broadcast(frame('b'));
  expect(got).toEqual(['snapshot']);
  release();
  await turn();
  expect(got).toEqual(['snapshot', 'a']);
  release();
  await turn();
  expect(got).toEqual(['snapshot', 'a', 'b']);
});

test('a viewer that takes nothing is dropped at the bound, the others are not', async () => {
  const hub = new Hub();
  const slow = viewerOf();
  const quick: string[] = [];
  hub.join(slow.viewer, [frame('snapshot')]);
  hub.join({ user: 'olaf', isOver: () => false, send: async ({ data }) => void quick.push(data), close: () => {} }, [
    frame('snapshot'),
  ]);
  for (let n = 0; n < 500; n++) {
    hub.broadcast(frame(String(n)));
    await turn();
  }
  expect([slow.isOpen(), hub.size, hub.dropped, quick.length]).toEqual([false, 1, 1, 501]);
});

test('few large frames count as much as many small ones', () => {
  const hub = new Hub();
  const slow = viewerOf();
  hub.join(slow.viewer, [frame('x'.repeat(50_000_000))]);
  hub.broadcast(frame('x'.repeat(3_000_000)));
  expect(slow.isOpen()).toBe(true);
  hub.broadcast(frame('x'.repeat(3_000_000)));
  expect(slow.isOpen()).toBe(false);
});

test('a connection ends with the login that opened it', () => {
  const hub = new Hub();
  const early = viewerOf(true);
  const late = viewerOf();
  for (const { viewer } of [early, late]) hub.join(viewer, [frame('snapshot')]);
  hub.dropOver();
  expect([early.isOpen(), late.isOpen(), hub.size]).toEqual([false, true, 1]);
});

test('a viewer that fails while it is being sent to is forgotten', async () => {
  const hub = new Hub();
  hub.join({ user: 'olaf', isOver: () => false, send: () => Promise.reject(new Error('gone')), close: () => {} }, [
    frame('snapshot'),
  ]);
  await turn();
  expect(hub.size).toBe(0);
});
