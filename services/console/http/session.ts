// Logins of people. A session is a signed cookie, so that it outlives a restart of the console; it names the login that it was
// opened by, and ends with it: another password, another role, or a user who is gone. The server keeps only those that were
// logged out before their time, in memory.

import { createHash, randomUUID } from 'node:crypto';
import type { Identity } from '#domain/access/identity.ts';
import type { Access } from '#runtime/access/access.ts';
import type { SessionView } from '../api/http.ts';

export const SESSION_COOKIE = 'penstock_session';

export type Person = Extract<Identity, { kind: 'person' }>;

export type Session = SessionView & {
  readonly id: string;
  /** Digest of {@link Access.loginOf} when it was opened. */
  readonly login: string;
};

export type SessionParts = {
  readonly access: Pick<Access, 'identityOf' | 'loginOf'>;
  /** What cookies are signed with. */
  readonly key: string;
  readonly lifeMs: number;
  readonly now: () => number;
};

/** Far above the logouts of one shift; past it the oldest is forgotten, see close(). */
const CLOSED_MAX = 20_000;

/** User names hold none. */
const SEPARATOR = '~';

export class Sessions {
  readonly #parts: SessionParts;
  /** Ends of the sessions that were logged out, by id, oldest logout first. */
  readonly #closed = new Map<string, number>();
  /** Sessions that end by then are over, logged out or not. */
  #closedUntil = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get key(): string {
    return this.#parts.key;
  }

  /** A new one, whatever the browser brought along: nobody can have known its id before. */
  open(person: Person): Session {
    const { lifeMs, now } = this.#parts;
    const { name: user, role } = person;
    return { user, role, expiresAt: now() + lifeMs, id: randomUUID(), login: this.#loginOf(person) ?? '' };
  }

  /**
   * Ends a session before its time, whoever still holds its cookie. Where too many were ended, the oldest is forgotten, and
   * every session that ends no later goes with it: a login too many is better than a logout that did not hold.
   */
  close({ id, expiresAt }: Session): void {
    const now = this.#parts.now();
    this.#closed.set(id, expiresAt);
    if (this.#closed.size <= CLOSED_MAX) return;
    for (const [each, end] of this.#closed) if (end <= now) this.#closed.delete(each);
    if (this.#closed.size <= CLOSED_MAX) return;
    const [[oldest, end] = ['', 0]] = this.#closed;
    this.#closed.delete(oldest);
    this.#closedUntil = Math.max(this.#closedUntil, end);
  }

  isOver({ id, expiresAt, user, login }: Session): boolean {
    if (expiresAt <= Math.max(this.#parts.now(), this.#closedUntil) || this.#closed.has(id)) return true;
    const person = this.#personOf(user);
    return person === undefined || this.#loginOf(person) !== login;
  }

  format({ user, expiresAt, id, login }: Session): string {
    return [user, expiresAt, id, login].join(SEPARATOR);
  }

  /** The session in a cookie's value whose signature was good; undefined where it is over. */
  parse(text: string): Session | undefined {
    const [user = '', expires = '', id = '', login = '', ...more] = text.split(SEPARATOR);
    const person = this.#personOf(user);
    if (person === undefined || !/^\d+$/.test(expires) || id === '' || more.length > 0) return undefined;
    const session = { user, role: person.role, expiresAt: Number(expires), id, login };
    return this.isOver(session) ? undefined : session;
  }

  #personOf(name: string): Person | undefined {
    const identity = this.#parts.access.identityOf(name);
    return identity?.kind === 'person' ? identity : undefined;
  }

  /** The login itself holds the hash of a password, and goes to no browser. */
  #loginOf(person: Person): string | undefined {
    const login = this.#parts.access.loginOf(person);
    return login === undefined ? undefined : createHash('sha256').update(login).digest('base64url');
  }
}
