// Logins. One user so far, `operator`, whose password the first start has made. A session is a signed cookie and nothing
// on the server: it outlives a restart of the console, and a new password or key ends all of them.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { SessionView } from '../api.ts';

export const OPERATOR = 'operator';
export const SESSION_COOKIE = 'penstock_session';

export type Login = { readonly user: string; readonly password: string };

export class Sessions {
  /** What cookies are signed with. */
  readonly key: string;
  readonly #operator: { readonly user: Buffer; readonly password: Buffer };
  readonly #lifeMs: number;
  readonly #now: () => number;

  constructor(secrets: { readonly password: string; readonly sessionKey: string }, lifeMs: number, now: () => number) {
    this.key = digest(`${secrets.sessionKey}\n${secrets.password}`).toString('hex');
    this.#operator = { user: digest(OPERATOR), password: digest(secrets.password) };
    this.#lifeMs = lifeMs;
    this.#now = now;
  }

  /** The new session, or undefined for a wrong user or password, which are not told apart, by time neither. */
  open({ user, password }: Login): SessionView | undefined {
    const isUser = timingSafeEqual(digest(user), this.#operator.user);
    const isPassword = timingSafeEqual(digest(password), this.#operator.password);
    return isUser && isPassword ? { user, expiresAt: this.#now() + this.#lifeMs } : undefined;
  }

  format(session: SessionView): string {
    return `${session.user}.${session.expiresAt}`;
  }

  /** The session in a cookie's value whose signature was good; undefined where it is over. */
  parse(text: string): SessionView | undefined {
    const [, user = '', expires = ''] = /^([a-z]+)\.(\d+)$/.exec(text) ?? [];
    const expiresAt = Number(expires);
    return user === OPERATOR && expiresAt > this.#now() ? { user, expiresAt } : undefined;
  }
}

/** Of one length whatever was typed, as a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
