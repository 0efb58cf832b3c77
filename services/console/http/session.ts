// Logins. One user so far, `operator`, whose password the first start has made. A session is a signed cookie, so that it
// outlives a restart of the console; a new password or key ends all of them. The server keeps only those that were logged
// out before their time, in memory.

import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Role } from '#domain/alarm.ts';
import type { SessionView } from '../api.ts';

export const OPERATOR = 'operator';
export const SESSION_COOKIE = 'penstock_session';

/**
 * What a login may do. There is one login, and it belongs to whoever runs the plant: without an engineer's right nobody could
 * put an alarm out of service, or back.
 */
export const SESSION_ROLE: Role = 'engineer';

export type Login = { readonly user: string; readonly password: string };

export type Session = SessionView & { readonly id: string };

/** Far above the logouts of one shift; past it the oldest is forgotten, see close(). */
const CLOSED_MAX = 20_000;

export class Sessions {
  /** What cookies are signed with. */
  readonly key: string;
  readonly #operator: { readonly user: Buffer; readonly password: Buffer };
  readonly #lifeMs: number;
  readonly #now: () => number;
  /** Ends of the sessions that were logged out, by id, oldest logout first. */
  readonly #closed = new Map<string, number>();
  /** Sessions that end by then are over, logged out or not. */
  #closedUntil = 0;

  constructor(secrets: { readonly password: string; readonly sessionKey: string }, lifeMs: number, now: () => number) {
    this.key = digest(`${secrets.sessionKey}\n${secrets.password}`).toString('hex');
    this.#operator = { user: digest(OPERATOR), password: digest(secrets.password) };
    this.#lifeMs = lifeMs;
    this.#now = now;
  }

  /** The new session, or undefined for a wrong user or password, which are not told apart, by time neither. */
  open({ user, password }: Login): Session | undefined {
    const isUser = timingSafeEqual(digest(user), this.#operator.user);
    const isPassword = timingSafeEqual(digest(password), this.#operator.password);
    if (!isUser || !isPassword) return undefined;
    return { user, expiresAt: this.#now() + this.#lifeMs, id: randomUUID() };
  }

  /**
   * Ends a session before its time, whoever still holds its cookie. Where too many were ended, the oldest is forgotten, and
   * every session that ends no later goes with it: a login too many is better than a logout that did not hold.
   */
  close({ id, expiresAt }: Session): void {
    this.#closed.set(id, expiresAt);
    if (this.#closed.size <= CLOSED_MAX) return;
    for (const [each, end] of this.#closed) if (end <= this.#now()) this.#closed.delete(each);
    if (this.#closed.size <= CLOSED_MAX) return;
    const [[oldest, end] = ['', 0]] = this.#closed;
    this.#closed.delete(oldest);
    this.#closedUntil = Math.max(this.#closedUntil, end);
  }

  isOver({ id, expiresAt }: Session): boolean {
    return expiresAt <= Math.max(this.#now(), this.#closedUntil) || this.#closed.has(id);
  }

  format({ user, expiresAt, id }: Session): string {
    return `${user}.${expiresAt}.${id}`;
  }

  /** The session in a cookie's value whose signature was good; undefined where it is over. */
  parse(text: string): Session | undefined {
    const [, user = '', expires = '', id = ''] = /^([a-z]+)\.(\d+)\.([0-9a-f-]+)$/.exec(text) ?? [];
    const session = { user, expiresAt: Number(expires), id };
    return user === OPERATOR && !this.isOver(session) ? session : undefined;
  }
}

/** Of one length whatever was typed, as a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
