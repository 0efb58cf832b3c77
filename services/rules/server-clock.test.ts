import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const START = 1_700_000_000_000;

function clocks() {
  const time = { wall: START, monotonic: 500 };
  const clock = new ServerClock({ now: () => time.wall, nowMs: () => time.monotonic });
  const pass = (ms: number, wallMs = ms) => {
    time.wall += wallMs;
    time.monotonic += ms;
    return clock.news();
  };
  return { time, clock, pass };
}

describe('ServerClock', () => {
  it('says nothing while both clocks go on together', () => {
    const { pass } = clocks();
    expect([pass(100), pass(0), pass(5_000)]).toEqual([undefined, undefined, undefined]);
  });

  it('tells once of a process that stood still', () => {
    const { pass } = clocks();
    expect([pass(100), pass(60_000), pass(100)]).toEqual([
      undefined,
      { kind: 'resume', at: START + 60_100 },
      undefined,
    ]);
  });

  it.each([-86_400_000, -10_001, 10_001, 86_400_000])('tells once of a step by %d ms', (byMs) => {
    const { pass } = clocks();
    const from = START + 100;
    expect(pass(100, 100 + byMs)).toEqual({ kind: 'clock-step', from, to: from + byMs });
    expect(pass(100)).toBeUndefined();
  });

  it.each([-10_000, 10_000])('is quiet about a correction by %d ms', (byMs) => {
    const { pass } = clocks();
    expect([pass(0, byMs), pass(3_600_000)?.kind, pass(0)]).toEqual([undefined, 'resume', undefined]);
  });

  it('tells of several corrections that are a step together', () => {
    const { pass } = clocks();
    expect(pass(100, -5_900)).toBeUndefined();
    expect(pass(100, -5_900)).toMatchObject({ to: START - 11_800 });
  });

  it('takes a clock that drifts for years for one that is not set', () => {
    const { pass } = clocks();
    for (let hour = 0; hour < 10_000; hour++) expect(pass(3_600_000, 3_600_000 + 1_800)?.kind).toBe('resume');
  });
});
