// Checks logins. A right one is remembered for a while, by a keyed hash and never by its password, so that a write costs no
// scrypt; a new password ends what was remembered, because the stored hash belongs to it. Wrong ones cost all of it: there is a
// bound to how many are tried at once, so that guessing leaves the machine to its work.

import { createHmac, randomBytes } from 'node:crypto';
import { impossibleHash, isPasswordOf } from './password-hash.ts';
import type { StoredUser } from './user-file.ts';

export type Credentials = { readonly name: string; readonly password: string };

export type LoginAnswer =
  | { readonly kind: 'user'; readonly user: StoredUser }
  | { readonly kind: 'wrong' }
  /** Too many are being checked. */
  | { readonly kind: 'busy' };

const REMEMBERED_MS = 10 * 60_000;
const REMEMBERED_MAX = 1_000;

/** Each takes 32 MiB and one of the four threads that also decompress; the others wait, and beyond them one is told to come later. */
const CHECKED_AT_ONCE = 2;
const WAITING_MAX = 30;

export class Login {
  readonly #find: (name: string) => StoredUser | undefined;
  readonly #now: () => number;
  readonly #key = randomBytes(32);
  /** When each login is forgotten, by its keyed hash; oldest first. */
  readonly #remembered = new Map<string, number>();
  readonly #inCheck = new Map<string, Promise<boolean>>();
  readonly #waiting: (() => void)[] = [];
  readonly #nobody = impossibleHash();
  #checking = 0;

  constructor(find: (name: string) => StoredUser | undefined, now: () => number) {
    this.#find = find;
    this.#now = now;
  }

  async check({ name, password }: Credentials): Promise<LoginAnswer> {
    const user = this.#find(name);
    // A name that nobody bears takes as long as a wrong password.
    const passwordHash = user?.passwordHash ?? this.#nobody;
    const id = this.#idOf(passwordHash, password);
    if (user !== undefined && (this.#remembered.get(id) ?? 0) > this.#now()) return { kind: 'user', user };
    const running = this.#inCheck.get(id);
    if (running === undefined && this.#waiting.length >= WAITING_MAX) return { kind: 'busy' };
    const isRight = await (running ?? this.#start(id, passwordHash, password));
    const found = this.#find(name); // as it is now: he may have got another password, or other rights, meanwhile
    return isRight && found?.passwordHash === passwordHash ? { kind: 'user', user: found } : { kind: 'wrong' };
  }

  #start(id: string, passwordHash: string, password: string): Promise<boolean> {
    const check = this.#inTurn(() => isPasswordOf(passwordHash, password)).finally(() => this.#inCheck.delete(id));
    this.#inCheck.set(id, check);
    return check.then((isRight) => {
      if (isRight) this.#remember(id);
      return isRight;
    });
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
  #idOf(passwordHash: string, password: string): string {
    return createHmac('sha256', this.#key).update(`${passwordHash}\n${password}`).digest('base64url');
  }
}
