// An input of a rule over time, folded into buckets: what the rule saw, each time that it looked. Between two looks a known value
// holds, since an input that becomes unknown is looked at then.

import { isUnknown, type Operand } from '../language/operand.ts';

/** Equal parts of a range; the last may end behind it. */
export type Buckets = { readonly from: number; readonly widthMs: number; readonly count: number };

export type BucketLists = {
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
};

const SECOND_MS = 1_000;

export function bucketsOf({ from, to }: { readonly from: number; readonly to: number }, wanted: number): Buckets {
  const widthMs = Math.max(SECOND_MS, Math.ceil((to - from) / wanted / SECOND_MS) * SECOND_MS);
  return { from, widthMs, count: Math.max(1, Math.ceil((to - from) / widthMs)) };
}

export class InputBuckets {
  readonly #buckets: Buckets;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #sum: Float64Array;
  readonly #looks: Uint32Array;
  #last: number | undefined;
  /** The bucket of the newest look; -1 before the range. */
  #at = -1;
  hasValues = false;

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
    this.#min = new Float64Array(buckets.count);
    this.#max = new Float64Array(buckets.count);
    this.#sum = new Float64Array(buckets.count);
    this.#looks = new Uint32Array(buckets.count);
  }

  /** Moments must not go back. A word is no number and is not drawn. */
  look(at: number, operand: Operand | undefined): void {
    const { from, widthMs, count } = this.#buckets;
    const bucket = Math.min(count, Math.floor((at - from) / widthMs));
    this.#holdUntil(bucket);
    this.#last = numberOf(operand);
    if (bucket < 0 || bucket >= count || this.#last === undefined) return;
    this.#put(bucket, this.#last);
  }

  #holdUntil(bucket: number): void {
    if (this.#last !== undefined) for (let i = this.#at + 1; i < bucket; i++) this.#put(i, this.#last);
    this.#at = Math.max(this.#at, bucket);
  }

  #put(i: number, value: number): void {
    this.hasValues = true;
    const isFirst = this.#looks[i] === 0;
    this.#min[i] = isFirst ? value : Math.min(this.#min[i] ?? value, value);
    this.#max[i] = isFirst ? value : Math.max(this.#max[i] ?? value, value);
    this.#sum[i] = (this.#sum[i] ?? 0) + value;
    this.#looks[i] = (this.#looks[i] ?? 0) + 1;
  }

  /** Nothing may be looked at after it. */
  finish(): BucketLists {
    this.#holdUntil(this.#buckets.count);
    const list = (of: (i: number) => number | undefined) =>
      Array.from(this.#looks, (looks, i) => (looks === 0 ? null : rounded(of(i) ?? 0)));
    return {
      min: list((i) => this.#min[i]),
      max: list((i) => this.#max[i]),
      mean: list((i) => (this.#sum[i] ?? 0) / (this.#looks[i] ?? 1)),
    };
  }
}

function numberOf(operand: Operand | undefined): number | undefined {
  if (operand === undefined || isUnknown(operand) || typeof operand === 'string') return undefined;
  const value = Number(operand);
  return Number.isFinite(value) ? value : undefined;
}

/** A float has about seven digits that a picture could show; the rest would only be sent. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
