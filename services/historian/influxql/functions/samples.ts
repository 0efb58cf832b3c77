// Keeps every sample of a bucket, for functions that answer from all of them at the end.

import type { SampleValue } from '../store.ts';
import type { Accumulator, Picked } from './accumulator.ts';

export class Samples implements Accumulator {
  readonly times: number[] = [];
  readonly values: SampleValue[] = [];
  readonly members: number[] = [];
  readonly #hold: (samples: number) => void;
  readonly #answer: (samples: Samples) => readonly Picked[];

  constructor(hold: (samples: number) => void, answer: (samples: Samples) => readonly Picked[]) {
    this.#hold = hold;
    this.#answer = answer;
  }

  addRun(times: Float64Array, values: Float64Array, from: number, to: number, member: number): void {
    for (let i = from; i < to; i++) this.add(times[i] as number, values[i] as number, member);
  }

  add(time: number, value: SampleValue, member: number): void {
    this.#hold(1);
    this.times.push(time);
    this.values.push(value);
    this.members.push(member);
  }

  /** The samples' places in the order of their values; those equal as they came. */
  byValue(): number[] {
    const { values } = this;
    const places = Array.from(values, (_, i) => i);
    return places.sort((i, j) => {
      const [a, b] = [values[i] as SampleValue, values[j] as SampleValue];
      return a < b ? -1 : a > b ? 1 : i - j;
    });
  }

  /** The place of the sample of that rank in the order of byValue(), without ordering them all by comparison. */
  placeOfRank(rank: number): number {
    const { values } = this;
    if (!values.every((value) => typeof value === 'number')) return this.byValue()[rank] ?? -1;
    const sorted = Float64Array.from(values).sort();
    const wanted = sorted[rank] as number;
    let before = rank;
    while (before > 0 && sorted[before - 1] === wanted) before--;
    let place = values.indexOf(wanted);
    for (let skipped = before; skipped < rank; skipped++) place = values.indexOf(wanted, place + 1);
    return place;
  }

  /** Keeps only the samples at these places. */
  keep(places: readonly number[]): void {
    const kept = places.map((place) => this.picked(place));
    this.#hold(-this.times.length);
    this.times.length = this.values.length = this.members.length = 0;
    for (const { time = 0, value, member = 0 } of kept) this.add(time, value, member);
  }

  picked(place: number): Picked {
    return {
      value: this.values[place] as SampleValue,
      time: this.times[place] as number,
      member: this.members[place] as number,
    };
  }

  finish(): readonly Picked[] {
    return this.values.length === 0 ? [] : this.#answer(this);
  }
}
