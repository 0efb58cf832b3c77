// Which records of a device have come before: QoS 1 repeats, and a spool that is replayed. Known by (boot, n).
// Per device the last 1,024 numbers of its current boot; a repeat older than that goes through, and the store overwrites it.

const WINDOW = 1_024;

type Seen = { boot: number; newest: number; readonly recent: Set<number> };

export class Repeats {
  readonly #devices = new Map<string, Seen>();
  readonly #limit: number;

  /** @param limit devices remembered; the longest silent one is forgotten first */
  constructor(limit = 100_000) {
    this.#limit = limit;
  }

  /** Remembers the record; true where it was known already. */
  isRepeat(device: string, { boot, n }: { readonly boot: number; readonly n: number }): boolean {
    const seen = this.#of(device, boot);
    if (seen.boot !== boot) {
      seen.boot = boot;
      seen.newest = -1;
      seen.recent.clear();
    }
    if (seen.recent.has(n)) return true;
    if (n <= seen.newest - WINDOW) return false;
    seen.recent.add(n);
    if (n > seen.newest) seen.newest = n;
    if (seen.recent.size > WINDOW * 2)
      for (const each of seen.recent) if (each <= seen.newest - WINDOW) seen.recent.delete(each);
    return false;
  }

  #of(device: string, boot: number): Seen {
    const known = this.#devices.get(device);
    // Re-inserting keeps the map in order of use, oldest first.
    if (known !== undefined) this.#devices.delete(device);
    const seen = known ?? { boot, newest: -1, recent: new Set<number>() };
    this.#devices.set(device, seen);
    if (this.#devices.size > this.#limit) {
      const [oldest] = this.#devices.keys();
      if (oldest !== undefined) this.#devices.delete(oldest);
    }
    return seen;
  }
}
