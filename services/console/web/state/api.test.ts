import { afterEach, expect, it, vi } from 'vitest';
import { texts } from '../texts.ts';
import { ask, mayBeDone, read } from './api.ts';

afterEach(() => vi.unstubAllGlobals());

/** A console that takes what is asked and never answers; it hangs up where the page does. */
function neverAnswer(): void {
  const silence = (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  vi.stubGlobal('fetch', silence);
}

it.each([
  ['GET', texts.errors.late(0.001)],
  ['PUT', texts.errors.lateAndOpen(0.001)],
] as const)('a %s that nobody answers ends, and says what is known of it', async (method, why) => {
  neverAnswer();
  expect(await ask({ method, path: 'api', limitMs: 1 })).toEqual({ ok: false, status: 0, why });
});

it('a question that is asked by POST changes nothing, and is not said to', async () => {
  neverAnswer();
  const { signal } = new AbortController();
  const answer = await ask({ method: 'POST', path: 'api', signal, limitMs: 1 });
  expect(answer).toEqual({ ok: false, status: 0, why: texts.errors.late(0.001) });
});

it('what is called off ends at once, and is not called late', async () => {
  neverAnswer();
  const answer = await read('api', AbortSignal.abort());
  expect(answer).toEqual({ ok: false, status: 0, why: texts.errors.unreachable });
});

it.each([
  [0, true],
  [504, true],
  [409, false],
  [503, false],
])('what failed with %i may have been done: %s', (status, expected) => {
  expect(mayBeDone({ ok: false, status, why: '' })).toBe(expected);
});
