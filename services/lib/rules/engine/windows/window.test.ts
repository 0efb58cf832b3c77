import { describe, expect, it } from 'vitest';
import type { Value } from '#domain/point.ts';
import type { WindowFunction } from '../../language/window-functions.ts';
import { WINDOW_SAMPLES_MAX, Window } from './window.ts';
import type { WindowSpec } from './window-spec.ts';

type Sample = readonly [at: number, value: Value];

const T0 = 1_767_225_600_000;

function windowOf(fn: WindowFunction, samples: readonly Sample[], spec: Partial<WindowSpec> = {}): Window {
  const window = new Window({ fn, windowMs: 10_000, perMs: 1000, maxAgeMs: 3000, ...spec });
  for (const [at, value] of samples) window.add(T0 + at, value);
  return window;
}

const every = (stepMs: number, values: readonly Value[]): Sample[] => values.map((value, i) => [i * stepMs, value]);

describe('Window functions', () => {
  const cases: readonly [fn: WindowFunction, values: readonly Value[], expected: number | undefined][] = [
    ['min', [3, -1, 2], -1],
    ['max', [3, -1, 2], 3],
    ['avg', [3, -1, 4], 2],
    ['sum', [3, -1, 4], 6],
    ['count', [3, 'a', true], 3],
    ['stddev', [2, 4, 4, 4, 5, 5, 7, 9], Math.sqrt(32 / 7)],
    ['delta', [5, 100, 3], -2],
    ['slope', [10, 12, 14, 16], 2],
    ['slope', [7, 7, 7], 0],
    ['rate', [100, 110, 5, 15], 25 / 3],
    ['changes', [1, 1, 2, 1], 2],
    ['changes', [1, true, '1', '1'], 2],
    ['changes', ['__proto__', 'constructor', 'é', 'e\u0301'], 3],
    ['timeIn', [true, false, true, true], 2],
  ];

  it.each(cases)('%s of %j, one a second', (fn, values, expected) => {
    expect(windowOf(fn, every(1000, values)).value()).toBeCloseTo(expected ?? Number.NaN, 12);
  });

  it.each<[fn: WindowFunction, ofNothing: number | undefined, ofOne: number | undefined]>([
    ['min', undefined, 5],
    ['max', undefined, 5],
    ['avg', undefined, 5],
    ['sum', undefined, 5],
    ['count', 0, 1],
    ['stddev', undefined, undefined],
    ['delta', undefined, undefined],
    ['slope', undefined, undefined],
    ['rate', undefined, undefined],
    ['changes', 0, 0],
  ])('%s says what it can of nothing and of one sample', (fn, ofNothing, ofOne) => {
    expect(windowOf(fn, []).value()).toBe(ofNothing);
    const window = windowOf(fn, [[0, 5]]);
    expect(window.value()).toBe(ofOne);
    window.advance(T0 + 10_000);
    expect(window.value()).toBe(ofNothing);
  });

  it('slope and rate are per perMs', () => {
    const spec = { perMs: 60_000 };
    expect(windowOf('slope', every(500, [1, 2, 3]), spec).value()).toBeCloseTo(120, 12);
    expect(windowOf('rate', every(500, [1, 2, 3]), spec).value()).toBeCloseTo(120, 12);
  });

  it('slope keeps its digits where values and moments share a large part', () => {
    const values = Array.from({ length: 10 }, (_, i) => 1e9 + i * 1e-3);
    expect(windowOf('slope', every(1, values)).value()).toBeCloseTo(1, 4);
    expect(windowOf('stddev', every(1, values)).value()).toBeCloseTo(3.0276503540974e-3, 6);
  });

  it('a sample that has left leaves no rounding behind', () => {
    for (const fn of ['sum', 'avg', 'max', 'min'] as const) {
      const window = windowOf(fn, [
        [0, 1e15],
        [1, -1e300],
        [9000, 1e-3],
      ]);
      window.advance(T0 + 10_001);
      expect(window.value(), fn).toBe(1e-3);
    }
  });

  it('what is no finite number is no value, and is one again when the cause has left', () => {
    for (const fn of ['sum', 'avg', 'stddev', 'slope', 'rate', 'delta'] as const) {
      const window = windowOf(fn, [
        [0, -1.7e308],
        [1, 1.7e308],
        [2, 1.7e308],
        [3, 1.7e308],
        [5000, 1],
        [6000, 1],
      ]);
      if (fn !== 'delta') expect(window.value(), fn).toBeUndefined();
      window.advance(T0 + 10_003);
      expect(window.value(), fn).toBe({ sum: 2, avg: 1 }[fn as string] ?? 0);
    }
    expect(windowOf('delta', every(1, [-1.7e308, 1.7e308])).value()).toBeUndefined();
  });

  it.each<[WindowFunction, Value]>([
    ['avg', 'warm'],
    ['avg', true],
    ['min', Number.NaN],
    ['sum', Number.POSITIVE_INFINITY],
    ['changes', Number.NaN],
    ['timeIn', 1],
  ])('%s refuses %j and stays as it was', (fn, value) => {
    const window = windowOf(fn, []);
    expect(() => window.add(T0, value)).toThrow(`A window of '${fn}' cannot take ${typeof value} ${value} at ${T0}`);
    expect(window.count).toBe(0);
  });

  it('refuses a moment that is none', () => {
    expect(() => windowOf('count', [[Number.NaN, 1]])).toThrow('at NaN');
  });
});

describe('Window', () => {
  it('is half-open: a sample is in it at its own moment, and no more one window later', () => {
    const window = windowOf('count', [[0, 1]]);
    expect(window.nextEdge()).toBe(T0 + 10_000);
    window.advance(T0 + 9_999);
    expect(window.count).toBe(1);
    window.advance(window.nextEdge());
    expect(window.count).toBe(0);
    expect(window.nextEdge()).toBe(Number.POSITIVE_INFINITY);
  });

  it('does not go back with a clock that does', () => {
    const window = windowOf('count', [[0, 1]]);
    window.advance(T0 + 20_000);
    window.advance(T0 + 5);
    expect(window.value()).toBe(0);
  });

  it('takes a sample at the moment of the newest for its correction', () => {
    const window = windowOf('avg', every(1000, [1, 2, 30]));
    window.add(T0 + 2000, 3);
    expect(window.value()).toBe(2);
    expect(window.count).toBe(3);
  });

  it('corrects a sample that is not the newest', () => {
    const changes = windowOf('changes', every(1000, ['a', 'b', 'a']));
    changes.add(T0 + 1000, 'a');
    expect(changes.value()).toBe(0);
    const timeIn = windowOf('timeIn', every(1000, [true, true, true]));
    timeIn.add(T0 + 1000, false);
    expect(timeIn.value()).toBe(1);
  });

  it('ignores a late sample that has left, but holds it into the window where it is the newest of those', () => {
    const window = windowOf('timeIn', [[0, false]], { maxAgeMs: 60_000 });
    window.advance(T0 + 20_000);
    expect(window.value()).toBe(0);
    window.add(T0 + 5000, true);
    expect([window.count, window.value()]).toEqual([0, 10]);
    window.add(T0 + 4000, false);
    window.add(T0 - 4000, false);
    expect(window.value()).toBe(10);
    window.add(T0 + 5000, false);
    expect(window.value()).toBe(0);
  });

  it('covers the time for which a sample is held, at most until it is too old', () => {
    const window = windowOf('avg', every(1000, [1, 2]));
    expect(window.coverage()).toBe(0.1);
    window.advance(T0 + 3000);
    expect(window.coverage()).toBe(0.3);
    window.advance(T0 + 9000);
    expect(window.coverage()).toBe(0.4);
    window.advance(T0 + 10_500);
    expect(window.coverage()).toBeCloseTo(0.35, 12);
    window.advance(T0 + 14_000);
    expect(window.coverage()).toBe(0);
    expect(windowOf('avg', []).coverage()).toBe(0);
  });

  it('covers what late samples fill', () => {
    const window = windowOf('sum', [
      [0, 1],
      [9000, 1],
    ]);
    expect(window.coverage()).toBe(0.3);
    window.add(T0 + 4000, 1);
    expect(window.coverage()).toBe(0.6);
  });

  it('knows timeIn of an empty window while a sample that left is held, and for ever where nothing gets too old', () => {
    const bounded = windowOf('timeIn', [[0, true]], { maxAgeMs: 15_000 });
    const unbounded = windowOf('timeIn', [[0, true]], { maxAgeMs: Number.POSITIVE_INFINITY });
    for (const window of [bounded, unbounded]) window.advance(T0 + 20_000);
    expect([bounded.value(), bounded.trend(), bounded.nextTurn()]).toEqual([5, -1, T0 + 25_000]);
    expect([unbounded.value(), unbounded.trend(), unbounded.nextTurn()]).toEqual([10, 0, Number.POSITIVE_INFINITY]);
    bounded.advance(T0 + 25_000);
    expect(bounded.value()).toBeUndefined();
  });

  it('stands still with time alone where the function is not timeIn', () => {
    const window = windowOf('avg', [[0, 1]]);
    expect([window.trend(), window.nextTurn()]).toEqual([0, window.nextEdge()]);
  });

  it('says whether a sample told anything new', () => {
    const window = windowOf('timeIn', [[0, true]], { maxAgeMs: 60_000 });
    const told = (at: number, value: Value) => window.add(T0 + at, value);
    expect([told(0, true), told(0, false), told(5000, true), told(5000, true)]).toEqual([false, true, true, false]);
    expect([told(2000, true), told(2000, true)]).toEqual([true, false]);
    window.advance(T0 + 30_000);
    expect([told(5000, true), told(4000, true), told(5000, false), told(6000, true)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(window.count).toBe(0);
  });

  it('is plain JSON when saved, empty or not', () => {
    const spec = { fn: 'changes', windowMs: 10_000, perMs: 1000, maxAgeMs: 3000 } as const;
    expect(new Window(spec).save()).toEqual({ now: null, left: null, gaps: [], values: [], discards: 0 });
    const window = windowOf('changes', [
      [0, '__proto__'],
      [9000, true],
      [11_000, -0],
    ]);
    const data = { now: T0 + 11_000, left: [T0, '__proto__'], gaps: [T0 + 9000, 2000], values: [true, 0], discards: 0 };
    expect(JSON.parse(JSON.stringify(window.save()))).toEqual(data);
    expect(new Window(spec, JSON.parse(JSON.stringify(data))).save()).toEqual(data);
  });

  it('drops the oldest of too many samples, and counts them', () => {
    const window = windowOf('avg', [], { windowMs: 7 * 86_400_000 });
    for (let i = 0; i < WINDOW_SAMPLES_MAX; i++) window.add(T0 + i, i);
    expect([window.count, window.discards]).toEqual([WINDOW_SAMPLES_MAX, 0]);
    expect(window.value()).toBe((WINDOW_SAMPLES_MAX - 1) / 2);
    window.add(T0 + WINDOW_SAMPLES_MAX - 1.5, WINDOW_SAMPLES_MAX - 1.5);
    const dropped = WINDOW_SAMPLES_MAX / 16;
    expect([window.count, window.discards]).toEqual([WINDOW_SAMPLES_MAX - dropped + 1, dropped]);
    const sum = ((dropped + WINDOW_SAMPLES_MAX - 1) / 2) * (WINDOW_SAMPLES_MAX - dropped) + WINDOW_SAMPLES_MAX - 1.5;
    expect(window.value()).toBeCloseTo(sum / window.count, 6);
    expect(window.nextEdge()).toBe(T0 + dropped + 7 * 86_400_000);
    const restored = new Window({ fn: 'avg', windowMs: 7 * 86_400_000, perMs: 1000, maxAgeMs: 3000 }, window.save());
    expect([restored.value(), restored.discards]).toEqual([window.value(), dropped]);
  });

  it('loses nothing at its left edge until the edge comes to the samples that are left of too many', () => {
    const spec = { windowMs: 7 * 86_400_000, maxAgeMs: Number.POSITIVE_INFINITY };
    const window = windowOf('timeIn', [], spec);
    for (let i = 0; i <= WINDOW_SAMPLES_MAX; i++) window.add(T0 + i, true);
    const leftAt = T0 + window.discards - 1;
    expect([window.value(), window.trend()]).toEqual([(T0 + WINDOW_SAMPLES_MAX - leftAt) / 1000, 1]);
    expect(window.nextTurn()).toBe(leftAt + spec.windowMs);
    window.advance(window.nextTurn());
    expect([window.value(), window.trend()]).toEqual([spec.windowMs / 1000, 0]);
  });
});
