// Which records of a device have come before: QoS 1 repeats, and a spool that is replayed. Known by (boot, n).
// Per device the last 1,024 numbers of its current boot, one bit each; a repeat older than that goes through, and the store
// overwrites it. A record is remembered only when the broker has it: one that comes again before that (our own connection
// was cut) must go its whole way again, or acknowledging it would lose the first.

export const WINDOW = 1_024;

type Seen = { boot: number; newest: number; readonly bits: Uint32Array };

export type Sequence = { readonly boot: number; readonly n: number };

export class Repeats {
  readonly #devices = new Map<string, Seen>();
  readonly #limit: number;

  /** @param limit devices remembered; the longest silent one is forgotten first */
  constructor(limit = 100_000) {
    this.#limit = limit;
  }

  has(device: string, { boot, n }: Sequence): boolean {
    const seen = this.#devices.get(device);
    if (seen === undefined || seen.boot !== boot || n > seen.newest || n <= seen.newest - WINDOW) return false;
    return ((seen.bits[wordOf(n)] ?? 0) & bitOf(n)) !== 0;
  }

  remember(device: string, { boot, n }: Sequence): void {
    const seen = this.#of(device, boot);
    if (seen.boot !== boot) {
      seen.boot = boot;
      seen.newest = -1;
      seen.bits.fill(0);
    }
    if (n <= seen.newest - WINDOW) return;
    // The places of the numbers between were those of numbers a window ago.
    if (n - seen.newest >= WINDOW) seen.bits.fill(0);
    else for (let i = seen.newest + 1; i <= n; i++) seen.bits[wordOf(i)] = (seen.bits[wordOf(i)] ?? 0) & ~bitOf(i);
    seen.bits[wordOf(n)] = (seen.bits[wordOf(n)] ?? 0) | bitOf(n);
    if (n > seen.newest) seen.newest = n;
  }

  #of(device: string, boot: number): Seen {
    const known = this.#devices.get(device);
    // Re-inserting keeps the map in order of use, oldest first.
    if (known !== undefined) this.#devices.delete(device);
    const seen = known ?? { boot, newest: -1, bits: new Uint32Array(WINDOW / 32) };
    this.#devices.set(device, seen);
    if (this.#devices.size > this.#limit) {
      const [oldest] = this.#devices.keys();
      if (oldest !== undefined) this.#devices.delete(oldest);
    }
    return seen;
  }
}

const wordOf = (n: number) => Math.floor((n % WINDOW) / 32);
const bitOf = (n: number) => 1 << (n % 32);
