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
  /** Series read. */
  readonly maxSeries: number;
};

/** At 24 bytes each, and as much again while an array grows, some 200 MB. */
const HELD_MAX = 5_000_000;

export class Budget {
  readonly #limits: QueryLimits;
  #buckets = 0;
  #points = 0;
  #rows = 0;
  #series = 0;
  #held = 0;

  constructor(limits: QueryLimits) {
    this.#limits = limits;
  }

  spendBuckets(count: number): void {
    this.#buckets += count;
    check('max-select-buckets', this.#buckets, this.#limits.maxBuckets, 'maxQueryBuckets');
  }

  /** Before buckets are made one after another: those that a range asks for, as far as it tells. */
  checkBuckets(count: number): void {
    check('max-select-buckets', this.#buckets + count, this.#limits.maxBuckets, 'maxQueryBuckets');
  }

  spendPoints(count: number): void {
    this.#points += count;
    check('max-select-point', this.#points, this.#limits.maxPoints, 'maxQueryPoints');
  }

  spendRows(count: number): void {
    this.#rows += count;
    check('max-row', this.#rows, this.#limits.maxRows, 'maxQueryRows');
  }

  /** Before rows are made that will stand in memory until they are answered. */
  checkRows(count: number): void {
    check('max-row', this.#rows + count, this.#limits.maxRows, 'maxQueryRows');
  }

  /** Samples that a function must hold to answer from all of them at once. */
  spendHeld(count: number): void {
    this.#held += count;
    if (this.#held > HELD_MAX) throw new QueryError(`a median or percentile of more than ${HELD_MAX} samples`);
  }

  spendSeries(count: number): void {
    this.#series += count;
    check('max-select-series', this.#series, this.#limits.maxSeries, 'maxQuerySeries');
  }
}

/** The cap is named as InfluxDB names it; the setting is ours. */
function check(cap: string, spent: number, max: number, setting: string): void {
  if (spent <= max) return;
  throw new QueryError(`${cap} limit exceeded: (${Math.ceil(spent)}/${max}), set by historian.${setting}`);
}
