// Sums, and what is made of them. Each series' share of a bucket is added up for itself, sample by sample, and the shares
// then one after another: a summary of a run can thus begin a share and leave the answer the very same double.

import { addIntegers } from '../number.ts';
import type { SampleValue, Summary } from '../store.ts';
import type { Accumulator, Picked } from './accumulator.ts';

export class FloatTotal implements Accumulator {
  readonly #answer: (total: number, count: number) => number;
  #total = 0;
  #share = 0;
  #count = 0;
  #member = -1;

  constructor(answer: (total: number, count: number) => number) {
    this.#answer = answer;
  }

  #turnTo(member: number): void {
    if (member === this.#member) return;
    this.#total += this.#share;
    this.#share = 0;
    this.#member = member;
  }

  addRun(_times: Float64Array, values: Float64Array, from: number, to: number, member: number): void {
    this.#turnTo(member);
    let share = this.#share;
    for (let i = from; i < to; i++) share += values[i] as number;
    this.#share = share;
    this.#count += to - from;
  }

  add(_time: number, value: SampleValue, member: number): void {
    this.#turnTo(member);
    this.#share += Number(value);
    this.#count++;
  }

  addSummary({ sum, count }: Summary, member: number): void {
    this.#turnTo(member);
    this.#share += sum;
    this.#count += count;
  }

  finish(): readonly Picked[] {
    return this.#count === 0 ? [] : [{ value: this.#answer(this.#total + this.#share, this.#count) }];
  }
}

/** Exact at every size; a summary's sum is a double, so that one beyond 2^53 is not. */
export class IntegerTotal implements Accumulator {
  readonly #answer: (total: number | bigint, count: number) => number | bigint;
  #total: number | bigint = 0;
  #count = 0;

  constructor(answer: (total: number | bigint, count: number) => number | bigint) {
    this.#answer = answer;
  }

  addRun(_times: Float64Array, values: Float64Array, from: number, to: number): void {
    let sum = 0;
    for (let i = from; i < to; i++) {
      const next = sum + (values[i] as number);
      if (Number.isSafeInteger(next)) sum = next;
      else {
        this.#total = addIntegers(this.#total, sum);
        sum = values[i] as number;
      }
    }
    this.#total = addIntegers(this.#total, sum);
    this.#count += to - from;
  }

  add(_time: number, value: SampleValue): void {
    this.#total = addIntegers(this.#total, value as number | bigint);
    this.#count++;
  }

  finish(): readonly Picked[] {
    return this.#count === 0 ? [] : [{ value: this.#answer(this.#total, this.#count) }];
  }
}
