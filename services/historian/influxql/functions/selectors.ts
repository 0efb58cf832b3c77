// Selectors: answers that are one of the samples, with its time and its series, so that other fields of the same moment
// can stand beside it. Ties are decided as InfluxDB decides them.

import type { SampleValue, Summary } from '../store.ts';
import {
  type Accumulator,
  type Aggregate,
  ANY,
  NUMBERS,
  ORDERED,
  type Parameters,
  type Picked,
} from './accumulator.ts';
import { Samples } from './samples.ts';

/** Keeps one sample; each kind says which of a run is its candidate, and whether that is better than the one kept. */
abstract class Best implements Accumulator {
  protected value: SampleValue = 0;
  protected time = Number.NaN;
  #member = -1;

  protected abstract isBetter(time: number, value: SampleValue): boolean;
  protected abstract candidate(values: Float64Array, from: number, to: number): number;
  protected abstract ofSummary(summary: Summary): readonly [time: number, value: number];

  addRun(times: Float64Array, values: Float64Array, from: number, to: number, member: number): void {
    const place = this.candidate(values, from, to);
    this.add(times[place] as number, values[place] as number, member);
  }

  add(time: number, value: SampleValue, member: number): void {
    if (this.#member >= 0 && !this.isBetter(time, value)) return;
    this.time = time;
    this.value = value;
    this.#member = member;
  }

  addSummary(summary: Summary, member: number): void {
    const [time, value] = this.ofSummary(summary);
    this.add(time, value, member);
  }

  finish(): readonly Picked[] {
    return this.#member < 0 ? [] : [{ time: this.time, value: this.value, member: this.#member }];
  }
}

class First extends Best {
  protected isBetter(time: number, value: SampleValue): boolean {
    // Of two series' samples at one moment the greater; of booleans, false.
    const isPreferred = typeof value === 'boolean' ? value < this.value : value > this.value;
    return time < this.time || (time === this.time && isPreferred);
  }

  protected candidate(_values: Float64Array, from: number): number {
    return from;
  }

  protected ofSummary({ firstAt, first }: Summary): readonly [number, number] {
    return [firstAt, first];
  }
}

class Last extends Best {
  protected isBetter(time: number, value: SampleValue): boolean {
    return time > this.time || (time === this.time && value > this.value);
  }

  protected candidate(_values: Float64Array, _from: number, to: number): number {
    return to - 1;
  }

  protected ofSummary({ lastAt, last }: Summary): readonly [number, number] {
    return [lastAt, last];
  }
}

class Min extends Best {
  protected isBetter(time: number, value: SampleValue): boolean {
    return value < this.value || (value === this.value && time < this.time);
  }

  protected candidate(values: Float64Array, from: number, to: number): number {
    let place = from;
    let low = values[from] as number;
    for (let i = from + 1; i < to; i++) {
      const value = values[i] as number;
      if (value < low) {
        low = value;
        place = i;
      }
    }
    return place;
  }

  protected ofSummary({ minAt, min }: Summary): readonly [number, number] {
    return [minAt, min];
  }
}

class Max extends Best {
  protected isBetter(time: number, value: SampleValue): boolean {
    return value > this.value || (value === this.value && time < this.time);
  }

  protected candidate(values: Float64Array, from: number, to: number): number {
    let place = from;
    let high = values[from] as number;
    for (let i = from + 1; i < to; i++) {
      const value = values[i] as number;
      if (value > high) {
        high = value;
        place = i;
      }
    }
    return place;
  }

  protected ofSummary({ maxAt, max }: Summary): readonly [number, number] {
    return [maxAt, max];
  }
}

function percentileOf(samples: Samples, n: number): readonly Picked[] {
  const rank = Math.floor((samples.values.length * n) / 100 + 0.5) - 1;
  return rank < 0 || rank >= samples.values.length ? [] : [samples.picked(samples.placeOfRank(rank))];
}

/** The n greatest (sign 1) or least (sign -1) samples, at most one of each group. Holds no more than it must to know them. */
class Extremes extends Samples {
  readonly #n: number;
  readonly #sign: number;
  readonly #groupOf: ((member: number) => string) | undefined;

  constructor(sign: number, { n, groupOf, hold }: Parameters) {
    // In the order of time.
    super(hold, () =>
      this.#best()
        .sort((i, j) => this.#timeAt(i) - this.#timeAt(j))
        .map((i) => this.picked(i)),
    );
    this.#sign = sign;
    this.#n = n;
    this.#groupOf = groupOf;
  }

  override add(time: number, value: SampleValue, member: number): void {
    super.add(time, value, member);
    if (this.values.length >= 2 * this.#n + 1_024) this.keep(this.#best());
  }

  #timeAt(place: number): number {
    return this.times[place] as number;
  }

  #best(): number[] {
    const { values, members } = this;
    const order = Array.from(values, (_, i) => i).sort((i, j) => {
      const [a, b] = [values[i] as SampleValue, values[j] as SampleValue];
      if (a !== b) return a < b ? this.#sign : -this.#sign;
      return this.#timeAt(i) - this.#timeAt(j);
    });
    const seen = new Set<string>();
    const isFirstOfGroup = (i: number) => {
      const group = this.#groupOf?.(members[i] as number);
      return group === undefined || (!seen.has(group) && seen.add(group) !== undefined);
    };
    return order.filter(isFirstOfGroup).slice(0, this.#n);
  }
}

const plain = { kind: 'selector', parameter: 'none', summaries: 'always', gives: 'input' } as const;
const many = { ...plain, accepts: NUMBERS, parameter: 'tags-and-number', summaries: 'never', isMany: true } as const;

export const SELECTORS = {
  first: { ...plain, accepts: ANY, make: () => new First() },
  last: { ...plain, accepts: ANY, make: () => new Last() },
  min: { ...plain, accepts: ORDERED, make: () => new Min() },
  max: { ...plain, accepts: ORDERED, make: () => new Max() },
  percentile: {
    ...plain,
    accepts: NUMBERS,
    parameter: 'number',
    summaries: 'never',
    make: ({ n, hold }) => new Samples(hold, (samples) => percentileOf(samples, n)),
  },
  top: { ...many, make: (parameters) => new Extremes(1, parameters) },
  bottom: { ...many, make: (parameters) => new Extremes(-1, parameters) },
} as const satisfies { readonly [name: string]: Aggregate };
