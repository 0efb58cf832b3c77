// What has come of one device: a boot-sequence for each of its last boots. More than one, because a device that was offline
// sends the records of an earlier boot between those of this one.

import { BootSequence, type Hole, type SavedBoot, type Sequence } from './boot-sequence.ts';

const BOOTS_MAX = 4;

/** Estimates, from the heap of a process that held 100,000 devices: objects, their places in tables, a name of 40 characters. */
const DEVICE_BYTES = 400;
const BOOT_BYTES = 250;
const HOLE_BYTES = 90;

export type SavedDevice = {
  /** `site/area/device`. */
  readonly device: string;
  readonly isReported: boolean;
  readonly boots: readonly SavedBoot[];
};

export class DeviceSequences {
  readonly device: string;
  /** The broker holds a report of its gaps, or may hold one. */
  isReported = false;
  /** Raised whenever the gaps to be reported change. */
  version = 0;
  /** The version that the broker was told last. */
  toldVersion = -1;
  /** The one heard last stands last. */
  readonly boots: BootSequence[] = [];

  constructor(device: string) {
    this.device = device;
  }

  static restore(saved: SavedDevice): DeviceSequences {
    const made = new DeviceSequences(saved.device);
    made.isReported = saved.isReported;
    made.boots.push(...saved.boots.map((boot) => BootSequence.restore(boot)));
    return made;
  }

  get bytes(): number {
    let holes = 0;
    for (const boot of this.boots) holes += boot.holeCount;
    return DEVICE_BYTES + BOOT_BYTES * this.boots.length + HOLE_BYTES * holes;
  }

  get hasHoles(): boolean {
    return this.boots.some(({ missing, unlisted }) => missing.length > 0 || unlisted.count > 0);
  }

  /** Whether the whole record has come before. */
  has({ boot, n }: Sequence): boolean {
    return this.boots.find((each) => each.boot === boot)?.has(n) === true;
  }

  /** @returns the hole that the record filled, or a part of it */
  take(sequence: Sequence, now: number, kind: 'whole' | 'unfinished'): Hole | undefined {
    const boot = this.#bootOf(sequence);
    const { unlisted } = boot;
    const filled = boot.take(sequence.n, now, kind);
    if (filled?.isGap === true || boot.unlisted !== unlisted) this.version++;
    return filled;
  }

  /** @returns how many records are newly found to be missing */
  settle(isOver: (since: number) => boolean): number {
    let count = 0;
    for (const boot of this.boots) count += boot.settle(isOver);
    if (count > 0) this.version++;
    return count;
  }

  forgetOld(isOld: (since: number) => boolean): boolean {
    let isChanged = false;
    for (const boot of this.boots) if (boot.forgetOld(isOld)) isChanged = true;
    if (isChanged) this.version++;
    return isChanged;
  }

  #bootOf(sequence: Sequence): BootSequence {
    const last = this.boots.at(-1);
    if (last?.boot === sequence.boot) return last;
    const at = this.boots.findIndex(({ boot }) => boot === sequence.boot);
    const boot = this.boots.splice(at, at === -1 ? 0 : 1)[0] ?? new BootSequence(sequence);
    this.boots.push(boot);
    if (this.boots.length > BOOTS_MAX && this.boots.shift()?.missing.some(({ isGap }) => isGap)) this.version++;
    return boot;
  }
}
