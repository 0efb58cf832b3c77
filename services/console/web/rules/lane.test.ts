import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLane } from './lane.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A run that ends when it is told to, or called off. */
function steps() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string) => (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      log.push(`${name} begins`);
      ends.set(name, () => {
        log.push(`${name} ends`);
        resolve();
      });
      signal.addEventListener('abort', () => {
        log.push(`${name} is called off`);
        resolve();
      });
    });
  return { log, run, end: (name: string) => ends.get(name)?.() };
}

describe('openLane()', () => {
  it('runs one after another', async () => {
    const { log, run, end } = steps();
    const lane = openLane();
    lane.ask('backtest', run('a'));
    lane.ask('test', run('b'));
    expect(log).toEqual(['a begins']);
    end('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(log).toEqual(['a begins', 'a ends', 'b begins']);
  });

  it('of one kind ends the older one, running or waiting', async () => {
    const { log, run, end } = steps();
    const lane = openLane();
    lane.ask('backtest', run('a'));
    lane.ask('test', run('b'));
    lane.ask('test', run('c'));
    lane.ask('backtest', run('d'));
    await vi.advanceTimersByTimeAsync(0);
    end('c');
    await vi.advanceTimersByTimeAsync(0);
    expect(log).toEqual(['a begins', 'a is called off', 'c begins', 'c ends', 'd begins']);
  });

  it('waits whether a newer one comes', async () => {
    const { log, run } = steps();
    const lane = openLane();
    lane.ask('check', run('a'), 150);
    await vi.advanceTimersByTimeAsync(149);
    lane.ask('check', run('b'), 150);
    await vi.advanceTimersByTimeAsync(149);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['b begins']);
  });

  it('ends the running one at once, not when the newer one begins', async () => {
    const { log, run } = steps();
    const lane = openLane();
    lane.ask('check', run('a'));
    lane.ask('check', run('b'), 150);
    expect(log).toEqual(['a begins', 'a is called off']);
  });

  it('forgets what is called off', async () => {
    const { log, run } = steps();
    const lane = openLane();
    lane.ask('backtest', run('a'), 150);
    lane.callOff('backtest');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log).toEqual([]);
  });
});
