import { describe, expect, it } from 'vitest';
import { Caller, type Retry } from './caller.ts';
import type { Call } from './saved-state.ts';

const RAISED: Call = { isRaised: true, reason: 'rules is down', at: 1 };
const RETURNED: Call = { isRaised: false, reason: 'rules is down', at: 2 };

/** A caller whose calls are answered as listed; the last answer holds on. */
function callerWith(answers: readonly ('taken' | Retry)[], pending: Call | null = null) {
  const made: Call[] = [];
  const failed: boolean[] = [];
  let changes = 0;
  const caller = new Caller(pending, {
    send: async (call) => {
      const answer = answers[Math.min(made.length, answers.length - 1)];
      made.push(call);
      if (answer !== 'taken') throw answer;
    },
    retryOf: (error) => error as Retry,
    onChange: () => changes++,
    onFailed: (_, willRetry) => failed.push(willRetry),
  });
  return { caller, made, failed, changes: () => changes };
}

describe('Caller', () => {
  it('makes a call once, and says when it needs no keeping any more', async () => {
    const { caller, made, changes } = callerWith(['taken']);
    caller.call(RAISED);
    expect(caller.pending).toBe(RAISED);
    for (let ms = 0; ms < 10_000; ms += 100) await caller.tick(ms);
    expect(made).toEqual([RAISED]);
    expect(caller.pending).toBeNull();
    expect(changes()).toBe(2);
  });

  it('tries again with growing pauses, at most five minutes, for ever', async () => {
    const { caller, made } = callerWith([{ retryable: true }]);
    caller.call(RAISED);
    const moments: number[] = [];
    for (let ms = 0; ms < 3_600_000; ms += 1_000) {
      const before = made.length;
      await caller.tick(ms);
      if (made.length > before) moments.push(ms);
    }
    const pauses = moments.slice(1).map((at, i) => at - (moments[i] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(Math.max(...pauses)).toBe(300_000);
    expect(caller.pending).toBe(RAISED);
  });

  it('leaves a server alone for as long as it asks, and no longer than five minutes', async () => {
    const { caller, made } = callerWith([
      { retryable: true, retryAfterMs: 20_000 },
      { retryable: true, retryAfterMs: 1e9 },
      'taken',
    ]);
    caller.call(RAISED);
    await caller.tick(0);
    await caller.tick(19_999);
    expect(made.length).toBe(1);
    await caller.tick(20_000);
    await caller.tick(319_999);
    expect(made.length).toBe(2);
    await caller.tick(320_000);
    expect(caller.pending).toBeNull();
  });

  it('gives up what would fail again', async () => {
    const { caller, failed } = callerWith([{ retryable: false }]);
    caller.call(RAISED);
    await caller.tick(0);
    expect(failed).toEqual([false]);
    expect(caller.pending).toBeNull();
  });

  it('only the newest call is made: a pipeline that came back is told, its end is not', async () => {
    const { caller, made } = callerWith([{ retryable: true }, 'taken']);
    caller.call(RAISED);
    await caller.tick(0);
    caller.call(RETURNED);
    await caller.tick(1);
    expect(made).toEqual([RAISED, RETURNED]);
  });

  it('a call that comes while one is under way is not lost with it', async () => {
    let takeIt: () => void = () => {};
    const made: Call[] = [];
    const caller = new Caller(null, {
      send: (call) => {
        made.push(call);
        return new Promise((resolve) => {
          takeIt = resolve;
        });
      },
      retryOf: () => ({ retryable: true }),
      onChange: () => {},
      onFailed: () => {},
    });
    caller.call(RAISED);
    const first = caller.tick(0);
    await caller.tick(1); // one at a time
    caller.call(RETURNED);
    takeIt();
    await first;
    expect(caller.pending).toBe(RETURNED);
    void caller.tick(2);
    expect(made).toEqual([RAISED, RETURNED]);
  });

  it('goes on with what an earlier life could not tell', async () => {
    const { caller, made } = callerWith(['taken'], RAISED);
    await caller.tick(0);
    expect(made).toEqual([RAISED]);
  });
});
