import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from './api.ts';
import { openPolling, type Polled } from './poll.ts';

const EVERY_MS = 3_000;
const FAILED: Answer<number> = { ok: false, status: 503, why: 'the broker is away' };

class Page extends EventTarget {
  hidden = false;
  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** Every question, each answered by the test. */
function setUp({ hidden = false } = {}) {
  const page = new Page();
  page.hidden = hidden;
  const asked: { readonly signal: AbortSignal; readonly answer: (answer: Answer<number>) => void }[] = [];
  const polled = signal<Polled<number>>({ shown: null, problem: null });
  const ask = (signal: AbortSignal) =>
    new Promise<Answer<number>>((answer) => {
      asked.push({ signal, answer });
    });
  const polling = openPolling(polled, { ask, everyMs: EVERY_MS, page });
  const answer = async (of: Answer<number>, which = -1) => {
    asked.at(which)?.answer(of);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { page, asked, polled, polling, answer };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('asks at once, and again so long after each answer, not before', async () => {
  const { asked, answer } = setUp();
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(asked.length).toBe(1);
  await answer({ ok: true, body: 1 });
  await vi.advanceTimersByTimeAsync(EVERY_MS - 1);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.length).toBe(2);
});

it('keeps the last good answer beside why there is no newer one', async () => {
  const { polled, answer } = setUp();
  await answer({ ok: true, body: 1 });
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  await answer(FAILED);
  expect(polled.value).toEqual({ shown: 1, problem: FAILED });
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  await answer({ ok: true, body: 2 });
  expect(polled.value).toEqual({ shown: 2, problem: null });
});

it('asks nothing while the page is out of sight, and at once when it is seen again', async () => {
  const { page, asked, answer } = setUp();
  await answer({ ok: true, body: 1 });
  page.turn(true);
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(asked.length).toBe(1);
  page.turn(false);
  expect(asked.length).toBe(2);
  page.turn(true);
  expect(asked[1]?.signal.aborted).toBe(true);
});

it('waits to be seen where it is opened out of sight', () => {
  const { page, asked } = setUp({ hidden: true });
  expect(asked.length).toBe(0);
  page.turn(false);
  expect(asked.length).toBe(1);
});

it('asked anew, it takes no answer to the question before', async () => {
  const { asked, polled, polling, answer } = setUp();
  polling.askNow();
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  await answer({ ok: true, body: 2 });
  await answer({ ok: true, body: 1 }, 0);
  expect(polled.value.shown).toBe(2);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(asked.length).toBe(3);
});

it('hangs up and asks no more once it is stopped', async () => {
  const { page, asked, polled, polling, answer } = setUp();
  polling.stop();
  expect(asked[0]?.signal.aborted).toBe(true);
  await answer({ ok: true, body: 1 });
  page.turn(false);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect([asked.length, polled.value.shown]).toEqual([1, null]);
});
