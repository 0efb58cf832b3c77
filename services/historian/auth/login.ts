// Checks logins against the historian's own users.

import { PasswordChecks } from '#runtime/access/password-checks.ts';
import type { PipelineAccess, UserAccess } from '../influxql/access.ts';
import type { StoredUser } from './user-file.ts';

export type Credentials = { readonly name: string; readonly password: string };

export type LoginAnswer =
  | { readonly kind: 'user'; readonly user: UserAccess & PipelineAccess }
  | { readonly kind: 'wrong' }
  /** Too many are being checked. */
  | { readonly kind: 'busy' };

export class Login {
  readonly #find: (name: string) => StoredUser | undefined;
  readonly #checks: PasswordChecks;

  constructor(find: (name: string) => StoredUser | undefined, now: () => number) {
    this.#find = find;
    this.#checks = new PasswordChecks(now);
  }

  async check({ name, password }: Credentials): Promise<LoginAnswer> {
    const stored = this.#find(name)?.passwordHash;
    const answer = await this.#checks.check(stored, password);
    if (answer !== 'right') return { kind: answer };
    const user = this.#find(name); // as it is now: he may have got another password, or other rights, meanwhile
    if (user === undefined || user.passwordHash !== stored) return { kind: 'wrong' };
    const { isAdmin, grants } = user;
    return { kind: 'user', user: { name: user.name, isAdmin, grants } };
  }
}
