// Tries passwords against their stored hashes. A right one is remembered for a while, by a keyed hash and never by the password,
// so that a write or a reconnect costs no argon2; a new password ends what was remembered, because the stored hash belongs to
// it. Wrong ones cost all of it: there is a bound to how many are tried at once, so that guessing leaves the machine to its work.

import { createHmac, randomBytes } from 'node:crypto';
import { impossibleHash, isPasswordOf } from './password-hash.ts';

/** `busy`: too many are being checked. */
export type PasswordAnswer = 'right' | 'wrong' | 'busy';

const REMEMBERED_MS = 10 * 60_000;
const REMEMBERED_MAX = 1_000;
/** Each takes 32 MiB and one of the four threads that also decompress; the others wait, and beyond them one is told to come later. */
const CHECKED_AT_ONCE = 2;
const WAITING_MAX = 30;

export class PasswordChecks {
  readonly #now: () => number;
  readonly #key = randomBytes(32);
  /** When each is forgotten, by its keyed hash; oldest first. */
  readonly #remembered = new Map<string, number>();
  readonly #inCheck = new Map<string, Promise<PasswordAnswer>>();
  readonly #waiting: (() => void)[] = [];
  readonly #nobody = impossibleHash();
  #checking = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the password was right a short while ago: that is known without trying it. */
  remembers(stored: string, password: string): boolean {
    return (this.#remembered.get(this.#idOf(stored, password)) ?? 0) > this.#now();
  }

  /**
   * @param stored undefined for a name that nobody bears: it takes as long as a wrong password
   * @param isWanted asked when its turn has come: others may have been wrong meanwhile, and what waits need not be tried
   */
  async check(stored: string | undefined, password: string, isWanted = () => true): Promise<PasswordAnswer> {
    const hash = stored ?? this.#nobody;
    if (stored !== undefined && this.remembers(stored, password)) return 'right';
    const id = this.#idOf(hash, password);
    const running = this.#inCheck.get(id);
    if (running === undefined && this.#waiting.length >= WAITING_MAX) return 'busy';
    if (running !== undefined) return running;
    const attempt = async (): Promise<PasswordAnswer> => {
      if (!isWanted()) return 'busy';
      return (await isPasswordOf(hash, password)) ? 'right' : 'wrong';
    };
    const started = this.#inTurn(attempt).finally(() => this.#inCheck.delete(id));
    this.#inCheck.set(id, started);
    const answer = await started;
    if (answer === 'right') this.#remember(id);
    return answer;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#checking >= CHECKED_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#checking++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#checking--;
      else next(); // takes over this one's place
    }
  }

  #remember(id: string): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, this.#now() + REMEMBERED_MS);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** The stored hash has a salt of its own and so names the user and his password of today. */
  #idOf(stored: string, password: string): string {
    return createHmac('sha256', this.#key).update(`${stored}\n${password}`).digest('base64url');
  }
}
