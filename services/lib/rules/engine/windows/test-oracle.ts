// What a window must say, computed anew from all samples at every question: slow, and plain enough to be read as the
// definition. It shares nothing with the windows themselves, and takes its statistics from a library.

import { linearRegression, mean, sampleStandardDeviation, sum } from 'simple-statistics';
import type { Value } from '#domain/point.ts';
import type { WindowSpec } from './window-spec.ts';

type Sample = { readonly at: number; readonly value: Value };
type Stretch = { readonly from: number; readonly to: number; readonly value: Value };

export class Oracle {
  readonly #spec: WindowSpec;
  readonly #seen = new Map<number, Value>();
  #now = Number.NEGATIVE_INFINITY;

  constructor(spec: WindowSpec) {
    this.#spec = spec;
  }

  add(at: number, value: Value): void {
    this.#seen.set(at, value);
    this.advance(at);
  }

  advance(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  /** The same samples, and a later moment. */
  later(now: number): Oracle {
    const oracle = new Oracle(this.#spec);
    for (const { at, value } of this.#all()) oracle.add(at, value);
    oracle.advance(this.#now);
    oracle.advance(now);
    return oracle;
  }

  /** All samples in order, then the moment: what a window would see that nothing came late to. */
  inOrder(): { readonly samples: readonly Sample[]; readonly now: number } {
    return { samples: this.#all(), now: this.#now };
  }

  /** Largest magnitude of a value in the window. */
  get magnitude(): number {
    return Math.max(0, ...this.samples().map(({ value }) => Math.abs(Number(value))));
  }

  samples(): Sample[] {
    return this.#all().filter(({ at }) => at > this.#now - this.#spec.windowMs);
  }

  coverage(): number {
    return this.#stretches().reduce((total, { from, to }) => total + (to - from), 0) / this.#spec.windowMs;
  }

  value(): number | undefined {
    const samples = this.samples();
    const values = samples.map(({ value }) => Number(value));
    const [first = Number.NaN, last = Number.NaN] = [values[0], values.at(-1)];
    switch (this.#spec.fn) {
      case 'count':
        return samples.length;
      case 'changes':
        return samples.filter(({ value }, i) => i > 0 && value !== samples[i - 1]?.value).length;
      case 'timeIn':
        return this.#timeIn();
    }
    if (samples.length === 0) return undefined;
    switch (this.#spec.fn) {
      case 'min':
        return Math.min(...values);
      case 'max':
        return Math.max(...values);
      case 'avg':
        return mean(values);
      case 'sum':
        return sum(values);
    }
    if (samples.length === 1) return undefined;
    switch (this.#spec.fn) {
      case 'delta':
        return last - first;
      case 'stddev':
        return sampleStandardDeviation(values);
      case 'slope': {
        const begin = samples[0]?.at ?? 0;
        return linearRegression(samples.map(({ at }, i) => [(at - begin) / this.#spec.perMs, values[i] ?? 0])).m;
      }
      case 'rate':
        return this.#rate(samples);
    }
  }

  #timeIn(): number | undefined {
    const held = this.#stretches();
    if (held.length === 0 && this.samples().length === 0) return undefined;
    return held.filter(({ value }) => value === true).reduce((total, { from, to }) => total + (to - from), 0) / 1000;
  }

  #rate(samples: readonly Sample[]): number {
    let growth = 0;
    for (const [i, { value }] of samples.entries()) {
      const before = Number(samples[i - 1]?.value ?? value);
      growth += Number(value) < before ? Number(value) : Number(value) - before;
    }
    return (growth / ((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0))) * this.#spec.perMs;
  }

  /** For each sample ever seen the time in the window for which it was held. */
  #stretches(): Stretch[] {
    const all = this.#all();
    return all
      .map(({ at, value }, i) => ({
        from: Math.max(at, this.#now - this.#spec.windowMs),
        to: Math.min(all[i + 1]?.at ?? this.#now, at + this.#spec.maxAgeMs),
        value,
      }))
      .filter(({ from, to }) => to > from);
  }

  #all(): Sample[] {
    return [...this.#seen].map(([at, value]) => ({ at, value })).sort((a, b) => a.at - b.at);
  }
}
