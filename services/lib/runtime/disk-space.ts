// How full the disk is that a service writes to: said before it is full, since with a full one nothing is acknowledged.

import { statfs } from 'node:fs/promises';
import type { Sections } from './config.ts';
import type { Service } from './process.ts';

const ALARM_RATIO = 0.85;
const LOOK_MS = 1_000;

type Blocks = { readonly blocks: number; readonly bfree: number; readonly bavail: number };

/** Says of itself in health and metrics how full the disk of a folder is, which must be there. */
export function watchDiskSpace<S extends Sections>(service: Service<S>, folder: string): void {
  const { name, health, metrics, log, stack } = service;
  const disk = new DiskSpace(folder);
  health.add('disk space', () => disk.problem());
  metrics.gauge(`${name}_disk_used_ratio`, 'How full the disk is that it writes to.', () => disk.usedRatio);
  const look = () => disk.look().catch((error) => log.warn({ err: error }, 'cannot see how full the disk is'));
  const timer = setInterval(look, LOOK_MS);
  stack.defer(() => clearInterval(timer));
  void look();
}

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
