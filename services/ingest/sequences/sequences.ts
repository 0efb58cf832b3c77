// Which records of all devices have come: what is dropped when it comes again, and what is missing. A record is taken down
// only when the broker has what became of it: one that comes again before that (our own connection was cut) must go its
// whole way again, or acknowledging it would lose the first. Bounded in devices and bytes: the longest silent device is
// forgotten first, and what it repeats then goes through, which the store overwrites.

import type { Sequence } from './boot-sequence.ts';
import { DeviceSequences, type SavedDevice } from './device-sequences.ts';

const DEVICES_MAX = 100_000;
const BYTES_MAX = 64 * 1_048_576;

export class Sequences {
  /** Devices with holes, or with a report, also of one that is forgotten; gap-reporter.ts looks after them. */
  readonly watched = new Map<string, DeviceSequences>();
  /** Devices forgotten for want of room. */
  forgotten = 0;
  /** Records that came after all, of those that had been found missing. */
  foundLate = 0;
  readonly #byDevice = new Map<string, DeviceSequences>();
  /** Not yet written down as they are. */
  readonly #changed = new Set<DeviceSequences>();
  readonly #devicesMax: number;
  readonly #bytesMax: number;
  #bytes = 0;

  constructor({ devicesMax = DEVICES_MAX, bytesMax = BYTES_MAX } = {}) {
    this.#devicesMax = devicesMax;
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#byDevice.size;
  }

  /** What all of it takes up in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Whether the whole record has come before. */
  has(device: string, sequence: Sequence): boolean {
    return this.#byDevice.get(device)?.has(sequence) === true;
  }

  /** The broker has what became of the record: all of it, or less because a part was refused. */
  take(device: string, sequence: Sequence, now: number, kind: 'whole' | 'unfinished'): void {
    const entry = this.#byDevice.get(device) ?? new DeviceSequences(device);
    const before = this.#byDevice.delete(device) ? entry.bytes : 0;
    if (entry.take(sequence, now, kind)?.isGap === true) this.foundLate++;
    this.#put(entry, before);
    this.changed(entry);
  }

  /** Something of it is to be written down. */
  changed(entry: DeviceSequences): void {
    if (this.#byDevice.get(entry.device) === entry) this.#changed.add(entry);
  }

  /** Does something to a device that changes what it takes up. */
  change<T>(entry: DeviceSequences, change: (entry: DeviceSequences) => T): T {
    const before = entry.bytes;
    const result = change(entry);
    this.#bytes += entry.bytes - before;
    return result;
  }

  /** At most so many of the devices that have changed since they were taken last. */
  takeChanged(max: number): DeviceSequences[] {
    const taken: DeviceSequences[] = [];
    for (const entry of this.#changed) {
      if (taken.length === max) break;
      taken.push(entry);
      this.#changed.delete(entry);
    }
    return taken;
  }

  /** All devices, the longest silent one first. */
  all(): DeviceSequences[] {
    return [...this.#byDevice.values()];
  }

  /** A device as it was written down; what was written later comes later. */
  restore(saved: SavedDevice): void {
    const known = this.#byDevice.get(saved.device);
    if (known !== undefined) this.#remove(known);
    this.watched.delete(saved.device);
    this.#put(DeviceSequences.restore(saved), 0);
  }

  /** Back at the end: the map stays in order of use. */
  #put(entry: DeviceSequences, bytesBefore: number): void {
    this.#byDevice.set(entry.device, entry);
    this.#bytes += entry.bytes - bytesBefore;
    // Of a device that was forgotten and is back: its report now says what is known of it today.
    if (this.watched.get(entry.device)?.isReported === true) entry.isReported = true;
    if (entry.hasHoles || entry.isReported) this.watched.set(entry.device, entry);
    while (this.#byDevice.size > this.#devicesMax || (this.#bytes > this.#bytesMax && this.#byDevice.size > 1)) {
      const [oldest] = this.#byDevice.values();
      if (oldest === undefined) return;
      this.#remove(oldest);
      this.forgotten++;
    }
  }

  /** Its report, if there is one, is still to be taken away: it stays watched, without a boot. */
  #remove(entry: DeviceSequences): void {
    this.#byDevice.delete(entry.device);
    this.#changed.delete(entry);
    this.#bytes -= entry.bytes;
    entry.boots.length = 0;
    entry.version++;
    if (!entry.isReported) this.watched.delete(entry.device);
  }
}
