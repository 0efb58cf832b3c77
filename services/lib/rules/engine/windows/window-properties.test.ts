// Every function against the naive oracle, over histories of samples that come in order, late, twice and not at all. A history
// is a list of whole numbers, so that 10,000 of them per function take seconds and a failing one shrinks to a few.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '#domain/point.ts';
import { WINDOW_FUNCTIONS, type WindowFunction } from '../../language/window-functions.ts';
import { Oracle } from './test-oracle.ts';
import { Window } from './window.ts';
import type { WindowSpec } from './window-spec.ts';

const HISTORIES = 10_000;
const EXACT: readonly WindowFunction[] = ['min', 'max', 'count', 'changes', 'delta', 'timeIn'];
const NUMBERS: readonly number[] = [0, -0, 1, 2, 3, -7.25, 0.1, 1e-3, 2e-3, 1e15, 1e15 + 1, -3e14, 1e6 / 3, 41, 42];
const ANYTHING: readonly Value[] = [1, true, '1', '', 'true', 0, false, '__proto__', 'é'];

/** Takes a whole number apart, digit by digit. */
class Digits {
  #rest: number;

  constructor(number: number) {
    this.#rest = number;
  }

  below(base: number): number {
    const digit = this.#rest % base;
    this.#rest = Math.floor(this.#rest / base);
    return digit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

function valueFor(fn: WindowFunction, digits: Digits): Value {
  if (fn === 'timeIn') return digits.below(2) === 1;
  return fn === 'changes' || fn === 'count' ? digits.of(ANYTHING) : digits.of(NUMBERS);
}

/** One window that lives through a history, and the oracle that sees the same. */
class Life {
  readonly spec: WindowSpec;
  readonly oracle: Oracle;
  window: Window;
  #now: number;
  #newest: number;

  constructor(fn: WindowFunction, digits: Digits) {
    const windowMs = digits.of([7, 60, 1000, 300_000]);
    const maxAgeMs = digits.of([windowMs / 4, windowMs, 3 * windowMs, Number.POSITIVE_INFINITY]);
    this.spec = { fn, windowMs, perMs: digits.of([1000, 60_000]), maxAgeMs };
    this.oracle = new Oracle(this.spec);
    this.window = new Window(this.spec);
    this.#now = digits.of([0, 1_767_225_600_000, 1_767_225_600_123]);
    this.#newest = this.#now;
  }

  step(number: number): void {
    const digits = new Digits(number);
    const { windowMs } = this.spec;
    const kind = digits.below(10);
    const distanceMs = Math.floor((windowMs * digits.below(1000)) / digits.of([1000, 10_000, 700]));
    if (kind < 5) this.#add(this.#newest + distanceMs, valueFor(this.spec.fn, digits));
    else if (kind === 5) this.#add(this.#newest, valueFor(this.spec.fn, digits));
    else if (kind < 8) this.#insert(this.#newest - distanceMs, valueFor(this.spec.fn, digits));
    else if (kind === 8) this.#advance(this.#now + distanceMs);
    else this.window = new Window(this.spec, JSON.parse(JSON.stringify(this.window.save())));
  }

  #add(at: number, value: Value): void {
    this.#newest = at;
    this.#now = Math.max(this.#now, at);
    this.window.add(at, value);
    this.oracle.add(at, value);
  }

  #insert(at: number, value: Value): void {
    this.#now = Math.max(this.#now, at);
    this.window.add(at, value);
    this.oracle.add(at, value);
  }

  #advance(now: number): void {
    this.#now = now;
    this.window.advance(now);
    this.oracle.advance(now);
  }
}

/** By how much a value may be off: 1e-9 of what went into it. */
function tolerance({ fn, perMs }: WindowSpec, oracle: Oracle): number {
  const samples = oracle.samples();
  const spanMs = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);
  if (EXACT.includes(fn) || samples.length === 0) return 0;
  const scale = { sum: samples.length, rate: (samples.length * perMs) / spanMs, slope: perMs / spanMs }[fn as string];
  return 1e-9 * oracle.magnitude * (scale ?? 1);
}

function expectAgreement({ window, oracle, spec }: Pick<Life, 'window' | 'oracle' | 'spec'>): void {
  const [value, expected] = [window.value(), oracle.value()];
  const isClose =
    value === expected || Math.abs((value ?? Number.NaN) - (expected ?? Number.NaN)) <= tolerance(spec, oracle);
  if (!isClose) expect(value).toBe(expected);
  if (window.count !== oracle.samples().length) expect(window.count).toBe(oracle.samples().length);
  if (Math.abs(window.coverage() - oracle.coverage()) > 1e-12) expect(window.coverage()).toBe(oracle.coverage());
}

/** A window to which the same samples came in order. */
function inOrder({ spec, oracle }: Life): Window {
  const { samples, now } = oracle.inOrder();
  const window = new Window(spec);
  for (const { at, value } of samples) window.add(at, value);
  window.advance(now);
  return window;
}

const histories = fc.tuple(fc.nat(), fc.array(fc.nat(), { minLength: 1, maxLength: 30, size: 'max' }));

describe.each(WINDOW_FUNCTIONS)('%s', (fn) => {
  it('agrees with the oracle after every step, and to the last bit with itself in order', () => {
    fc.assert(
      fc.property(histories, ([seed, steps]) => {
        const life = new Life(fn, new Digits(seed));
        for (const [i, step] of steps.entries()) {
          life.step(step);
          // Not after every one in all histories: what is put off must come right too.
          if ((seed + i) % 4 !== 0) expectAgreement(life);
        }
        expectAgreement(life);
        const ordered = inOrder(life);
        expect([life.window.value(), life.window.coverage()]).toEqual([ordered.value(), ordered.coverage()]);
      }),
      { numRuns: HISTORIES },
    );
  });

  it('agrees with the oracle over a long history, with many samples in every slice of the window', () => {
    const spec: WindowSpec = { fn, windowMs: 60_000, perMs: 1000, maxAgeMs: 1000 };
    const life = { spec, window: new Window(spec), oracle: new Oracle(spec) };
    const begin = 1_767_225_600_000;
    for (let i = 0; i < 4000; i++) {
      const digits = new Digits(i * 7919);
      const at = begin + i * 40 - (i % 11 === 0 ? 395 : 0) + (i > 2500 ? 70_000 : 0);
      const value = fn === 'timeIn' ? digits.below(3) > 0 : digits.of(NUMBERS) + (i > 1000 ? 0 : 1e12);
      life.window.add(at, value);
      life.oracle.add(at, value);
      if (i % 53 === 0) expectAgreement(life);
    }
    expectAgreement(life);
  });
});

describe('timeIn', () => {
  it('moves as its trend says until its next turn', () => {
    fc.assert(
      fc.property(histories, ([seed, steps]) => {
        const life = new Life('timeIn', new Digits(seed));
        for (const step of steps) life.step(step);
        const { now } = life.oracle.inOrder();
        if (!Number.isFinite(now)) return;
        const turnAt = life.window.nextTurn();
        expect(turnAt).toBeGreaterThan(now);
        const later = Math.min(Math.ceil(turnAt) - 1, now + 2 * life.spec.windowMs);
        const expected = life.oracle.later(later).value();
        const value = life.window.value();
        if (value === undefined) expect(expected).toBeUndefined();
        else expect(expected).toBeCloseTo(value + (life.window.trend() * (later - now)) / 1000, 9);
      }),
      { numRuns: HISTORIES },
    );
  });
});
