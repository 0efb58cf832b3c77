// How full the disk is that the broker's log lies on: said before it is full, since a full one acknowledges nothing.

import { statfs } from 'node:fs/promises';

const ALARM_RATIO = 0.85;

type Blocks = { readonly blocks: number; readonly bfree: number; readonly bavail: number };

export class DiskSpace {
  readonly #folder: string;
  readonly #statOf: (folder: string) => Promise<Blocks>;
  #usedRatio = 0;

  constructor(folder: string, statOf: (folder: string) => Promise<Blocks> = statfs) {
    this.#folder = folder;
    this.#statOf = statOf;
  }

  /** Of what is not reserved for root; as of the last look. */
  get usedRatio(): number {
    return this.#usedRatio;
  }

  async look(): Promise<void> {
    const { blocks, bfree, bavail } = await this.#statOf(this.#folder);
    const used = blocks - bfree;
    this.#usedRatio = used / Math.max(1, used + bavail);
  }

  problem(): string | undefined {
    if (this.#usedRatio < ALARM_RATIO) return undefined;
    return `the disk of ${this.#folder} is ${Math.round(this.#usedRatio * 100)} % full; when it is full, nothing is acknowledged until there is room`;
  }
}
