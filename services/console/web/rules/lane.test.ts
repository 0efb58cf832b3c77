import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLane } from './lane.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function runs() {
  const log: string[] = [];
  const run = (name: string) => async (signal: AbortSignal) => {
    log.push(`${name} begins`);
    signal.addEventListener('abort', () => log.push(`${name} is called off`));
  };
  return { log, run };
}

describe('openLane()', () => {
  it('waits whether a newer one comes', () => {
    const { log, run } = runs();
    const lane = openLane();
    lane.ask(run('a'), 150);
    vi.advanceTimersByTime(149);
    lane.ask(run('b'), 150);
    vi.advanceTimersByTime(149);
    expect(log).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(log).toEqual(['b begins']);
  });

  it('ends the one that runs at once, not when the newer one begins', () => {
    const { log, run } = runs();
    const lane = openLane();
    lane.ask(run('a'));
    lane.ask(run('b'), 150);
    expect(log).toEqual(['a begins', 'a is called off']);
    vi.advanceTimersByTime(150);
    expect(log).toEqual(['a begins', 'a is called off', 'b begins']);
  });

  it('forgets what is called off, running or waiting', () => {
    const { log, run } = runs();
    const lane = openLane();
    lane.ask(run('a'));
    lane.ask(run('b'), 150);
    lane.callOff();
    vi.advanceTimersByTime(1_000);
    expect(log).toEqual(['a begins', 'a is called off']);
  });

  it('has nothing to do with another lane', () => {
    const { log, run } = runs();
    openLane().ask(run('a'));
    openLane().ask(run('b'));
    expect(log).toEqual(['a begins', 'b begins']);
  });
});
