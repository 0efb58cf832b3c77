// How long whoever guesses passwords waits: after some wrong ones each costs twice the wait of the one before. Counted for the
// address and for the name, for guessers change either. Tokens are not counted: nobody guesses 256 bits.

type Miss = { count: number; untilMs: number };

/** Wrong passwords that cost nothing: people mistype; behind one address there may be many. */
const FREE = { address: 20, name: 5 } as const;
/** A name waits shorter: whoever knows it could otherwise lock its bearer out. */
const WAIT_MS_MAX = { address: 60_000, name: 5_000 } as const;
const FORGOTTEN_AFTER_MS = 15 * 60_000;
/** Of each; past it the oldest are forgotten. */
const REMEMBERED_MAX = 10_000;

type Kind = keyof typeof FREE;

export class Backoff {
  readonly #now: () => number;
  readonly #misses: { readonly [kind in Kind]: Map<string, Miss> } = { address: new Map(), name: new Map() };

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long nothing is tried for this one, ms; 0 where it may try now. */
  waitMs(address: string, name: string): number {
    const now = this.#now();
    const until = (kind: Kind, key: string) => this.#misses[kind].get(key)?.untilMs ?? 0;
    return Math.max(0, until('address', address) - now, until('name', name) - now);
  }

  missed(address: string, name: string): void {
    this.#miss('address', address);
    this.#miss('name', name);
  }

  /** The right password: the name's misses were its bearer's own, mostly. The address may still be somebody else's. */
  hit(name: string): void {
    this.#misses.name.delete(name);
  }

  #miss(kind: Kind, key: string): void {
    const misses = this.#misses[kind];
    const now = this.#now();
    const before = misses.get(key);
    const isOld = before === undefined || before.untilMs + FORGOTTEN_AFTER_MS < now;
    const count = (isOld ? 0 : before.count) + 1;
    const over = count - FREE[kind];
    const waitMs = over <= 0 ? 0 : Math.min(WAIT_MS_MAX[kind], 500 * 2 ** Math.min(over, 20));
    misses.delete(key);
    misses.set(key, { count, untilMs: now + waitMs });
    const [oldest] = misses.keys();
    if (misses.size > REMEMBERED_MAX && oldest !== undefined) misses.delete(oldest);
  }
}
