// For how long a sample was held within the window: each from its moment to the next one's, or to now, at most maxAgeMs. The
// sample that left last counts too, as far as it is held beyond the window's left edge. Coverage counts every sample, timeIn
// those that are true.

import type { Value } from '#domain/point.ts';
import { NeighbourSum } from './neighbour-sum.ts';
import type { Samples } from './samples.ts';
import type { WindowSpec } from './window-spec.ts';

export class HeldTime {
  readonly #samples: Samples;
  readonly #windowMs: number;
  readonly #maxAgeMs: number;
  readonly #counts: (value: Value) => boolean;
  readonly #between: NeighbourSum;

  constructor(samples: Samples, { windowMs, maxAgeMs }: WindowSpec, counts: (value: Value) => boolean) {
    this.#samples = samples;
    this.#windowMs = windowMs;
    this.#maxAgeMs = maxAgeMs;
    this.#counts = counts;
    this.#between = new NeighbourSum(samples, (index) =>
      counts(samples.valueOf(index)) ? Math.min(samples.timeOf(index + 1) - samples.timeOf(index), maxAgeMs) : 0,
    );
  }

  joined(): void {
    this.#between.joined();
  }

  leaving(): void {
    this.#between.leaving();
  }

  parting(from: number, to: number): void {
    this.#between.parting(from, to);
  }

  paired(from: number, to: number): void {
    this.#between.paired(from, to);
  }

  /** In ms; Infinity never, for the window is finite. */
  within(now: number): number {
    const samples = this.#samples;
    const left = this.#counts(samples.leftValue) ? this.#leftWithin(now) : 0;
    if (samples.count === 0) return left;
    const newest = samples.end - 1;
    const last = this.#counts(samples.valueOf(newest)) ? Math.min(now - samples.timeOf(newest), this.#maxAgeMs) : 0;
    return left + this.#between.total + last;
  }

  /** Whether the window holds a sample, or one that has left is still held in it. */
  isKnown(now: number): boolean {
    return this.#samples.count > 0 || this.#leftWithin(now) > 0;
  }

  /** Whether within() grows (1), falls (-1) or stands still (0) with time alone, until nextTurn(). */
  trend(now: number): -1 | 0 | 1 {
    const comes = this.#isCountedNow(now);
    if (comes === this.#isCountedAtEdge(now)) return 0;
    return comes ? 1 : -1;
  }

  /** When the trend may be another one though nothing arrives; Infinity: never. */
  nextTurn(now: number): number {
    const { leftAt, oldestAt, newestAt } = this.#samples;
    const turns = [
      newestAt + this.#maxAgeMs,
      leftAt + this.#windowMs,
      leftAt + this.#maxAgeMs + this.#windowMs,
      oldestAt + this.#windowMs,
    ];
    return Math.min(...turns.map((at) => (at > now ? at : Number.POSITIVE_INFINITY)));
  }

  /** For how long of the window the sample that left is held, whatever its value. */
  #leftWithin(now: number): number {
    const { leftAt, oldestAt } = this.#samples;
    if (leftAt === Number.NEGATIVE_INFINITY) return 0;
    const until = Math.min(now, oldestAt, leftAt + this.#maxAgeMs);
    return Math.max(0, until - Math.max(leftAt, now - this.#windowMs));
  }

  #isCountedNow(now: number): boolean {
    const { count, end, leftValue, newestAt } = this.#samples;
    const value = count === 0 ? leftValue : this.#samples.valueOf(end - 1);
    return newestAt > Number.NEGATIVE_INFINITY && now < newestAt + this.#maxAgeMs && this.#counts(value);
  }

  #isCountedAtEdge(now: number): boolean {
    const { leftAt, leftValue } = this.#samples;
    const edge = now - this.#windowMs;
    return edge >= leftAt && leftAt > Number.NEGATIVE_INFINITY && this.#leftWithin(now) > 0 && this.#counts(leftValue);
  }
}
