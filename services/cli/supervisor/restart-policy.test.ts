import { describe, expect, it } from 'vitest';
import { decideRestart, describeExit } from './restart-policy.ts';

const CRASH = { code: 1, signal: null };

describe('decideRestart()', () => {
  it('doubles the wait from a tenth of a second to half a minute', () => {
    const delays: number[] = [];
    let failures = 0;
    for (let i = 0; i < 11; i++) {
      const decision = decideRestart(CRASH, 100, failures);
      if (decision.kind !== 'restart') throw new Error('must restart');
      delays.push(decision.delayMs);
      failures = decision.failures;
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('keeps to the longest wait however often it failed', () => {
    expect(decideRestart(CRASH, 100, 5_000)).toMatchObject({ delayMs: 30_000 });
  });

  it('forgets old failures after ten seconds of health, not before', () => {
    expect(decideRestart(CRASH, 10_000, 6)).toEqual({ kind: 'restart', delayMs: 100, failures: 1 });
    expect(decideRestart(CRASH, 9_999, 6)).toMatchObject({ delayMs: 6_400, failures: 7 });
  });

  it('leaves a child whose configuration is invalid', () => {
    expect(decideRestart({ code: 78, signal: null }, 100, 0)).toMatchObject({
      kind: 'leave',
      reason: expect.stringContaining('78'),
    });
  });

  it.each([
    { code: 0, signal: null },
    { code: 69, signal: null },
    { code: null, signal: 'SIGKILL' },
  ])('restarts after %j', (exit) => {
    expect(decideRestart(exit, 100, 0).kind).toBe('restart');
  });
});

it('describeExit()', () => {
  expect(describeExit(CRASH)).toBe('exit code 1');
  expect(describeExit({ code: null, signal: 'SIGKILL' })).toBe('SIGKILL');
});
