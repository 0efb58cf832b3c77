// What one query may cost. The caps are the answer to a bucket bomb: a short text that asks for more rows than there is
// memory is refused with the cap's name, before or while it is computed.

import { QueryError } from './query-error.ts';

export type QueryLimits = {
  /** Time buckets over all series of one query. */
  readonly maxBuckets: number;
  /** Samples read. */
  readonly maxPoints: number;
  /** Rows answered. */
  readonly maxRows: number;
};

export class Budget {
  readonly #limits: QueryLimits;
  #buckets = 0;
  #points = 0;
  #rows = 0;

  constructor(limits: QueryLimits) {
    this.#limits = limits;
  }

  spendBuckets(count: number): void {
    this.#buckets += count;
    this.#check('max-select-buckets', this.#buckets, this.#limits.maxBuckets);
  }

  spendPoints(count: number): void {
    this.#points += count;
    this.#check('max-select-point', this.#points, this.#limits.maxPoints);
  }

  spendRows(count: number): void {
    this.#rows += count;
    this.#check('max-row', this.#rows, this.#limits.maxRows);
  }

  #check(name: string, spent: number, max: number): void {
    if (spent > max) throw new QueryError(`${name} limit exceeded: (${Math.ceil(spent)}/${max})`);
  }
}
