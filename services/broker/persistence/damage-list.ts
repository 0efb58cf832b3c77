// Damage that was found in the log: said once each, and a problem until the segment that holds it is gone.

import type { Log } from '#runtime/log.ts';
import type { Damage } from '#runtime/segment-log/segment-folder.ts';

export class DamageList {
  readonly #log: Log;
  readonly #damages: Damage[] = [];
  #count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get count(): number {
    return this.#count;
  }

  add(damage: Damage): void {
    const { kind, file, offset, bytes } = damage;
    this.#count++;
    // What is torn was being written when the power went, and had not been acknowledged.
    if (kind === 'torn') this.#log.warn({ file, offset, bytes }, 'an unfinished write was cut off');
    else {
      this.#damages.push(damage);
      this.#log.error({ file, offset, bytes }, 'damaged records were skipped: what they held is lost');
    }
  }

  problem(segments: readonly number[]): string | undefined {
    const here = this.#damages.filter(({ segment }) => segments.includes(segment));
    const [first] = here;
    if (first === undefined) return undefined;
    return `${here.length} damaged ${here.length === 1 ? 'place' : 'places'} in the log, the first in ${first.file} at ${first.offset}: what was there is lost`;
  }
}
