// Who the users are and what they may do: the one copy, read by everybody who checks a login, changed one change at a time, and
// no change counts before it is on the disk.

import { hashPassword, isPasswordOf } from '#runtime/access/password-hash.ts';
import { type Grant, type UserAccess, without } from '../influxql/access.ts';
import type { UserChange, Users } from '../influxql/users.ts';
import { readUsers, type StoredUser, writeUsers } from './user-file.ts';

/** argon2 reads all of it, and a name stands in errors and answers. */
const NAME_MAX = 256;
const PASSWORD_MAX = 1_024;

export class UserStore implements Users {
  readonly #file: string;
  #users: ReadonlyMap<string, StoredUser>;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** @throws StartError where there is a file of users that cannot be used */
  constructor(file: string) {
    this.#file = file;
    this.#users = new Map(readUsers(file).map((user) => [user.name, user]));
  }

  find(name: string): StoredUser | undefined {
    return this.#users.get(name);
  }

  hasAdmin(): boolean {
    return [...this.#users.values()].some(({ isAdmin }) => isAdmin);
  }

  async list(): Promise<readonly UserAccess[]> {
    return [...this.#users.values()].map(({ name, isAdmin, grants }) => ({ name, isAdmin, grants }));
  }

  change(change: UserChange): Promise<string | undefined> {
    const done = this.#lastChange.then(() => this.#change(change));
    this.#lastChange = done.catch(() => {});
    return done;
  }

  /** Makes sure that there is an admin of this name and password, as the configuration says. */
  async ensureAdmin(name: string, password: string): Promise<string | undefined> {
    const user = this.find(name);
    if (user === undefined) return this.change({ kind: 'create', name, password, isAdmin: true });
    if (!(await isPasswordOf(user.passwordHash, password))) await this.change({ kind: 'password', name, password });
    return user.isAdmin ? undefined : this.change({ kind: 'admin', name, isAdmin: true });
  }

  async #change(change: UserChange): Promise<string | undefined> {
    const next = await changed(this.#users, change);
    if (typeof next === 'string') return next;
    if (next === this.#users) return undefined;
    await writeUsers(this.#file, [...next.values()]);
    this.#users = next;
    return undefined;
  }
}

type ByName = ReadonlyMap<string, StoredUser>;

/** The users after the change, the same ones where it changes nothing, or what is wrong with it. */
async function changed(users: ByName, change: UserChange): Promise<ByName | string> {
  if (change.kind === 'create') return created(users, change);
  if (change.kind === 'forget-database') return forgotten(users, change.database);
  const user = users.get(change.name);
  if (user === undefined) return 'user not found';
  const replaced = (part: Partial<StoredUser>) => new Map(users).set(user.name, { ...user, ...part });
  switch (change.kind) {
    case 'drop':
      return new Map([...users].filter(([name]) => name !== change.name));
    case 'admin':
      return user.isAdmin === change.isAdmin ? users : replaced({ isAdmin: change.isAdmin });
    case 'password':
      return passwordProblem(change.password) ?? replaced({ passwordHash: await hashPassword(change.password) });
    case 'grant':
      return replaced({ grants: new Map(user.grants).set(change.database, change.privilege) });
    case 'revoke': {
      const left: Grant = without(user.grants.get(change.database), change.privilege);
      return replaced({ grants: new Map(user.grants).set(change.database, left) });
    }
  }
}

async function created(users: ByName, change: Extract<UserChange, { kind: 'create' }>): Promise<ByName | string> {
  const { name, password, isAdmin } = change;
  if (name === '') return 'username required';
  if (name.length > NAME_MAX) return `a user's name has at most ${NAME_MAX} characters`;
  if (name.includes(':')) return "a user's name cannot hold a colon: Basic authentication ends the name there";
  const standing = users.get(name);
  if (standing === undefined) {
    const problem = passwordProblem(password);
    if (problem !== undefined) return problem;
    return new Map(users).set(name, { name, isAdmin, grants: new Map(), passwordHash: await hashPassword(password) });
  }
  const isSame = standing.isAdmin === isAdmin && (await isPasswordOf(standing.passwordHash, password));
  return isSame ? users : 'user already exists';
}

/** InfluxDB takes an empty password, and lets in with it whoever knows the name. */
function passwordProblem(password: string): string | undefined {
  if (password === '') return 'a password cannot be empty';
  return password.length > PASSWORD_MAX ? `a password has at most ${PASSWORD_MAX} characters` : undefined;
}

function forgotten(users: ByName, database: string): ByName {
  if (![...users.values()].some(({ grants }) => grants.has(database))) return users;
  const without = (grants: StoredUser['grants']) => new Map([...grants].filter(([name]) => name !== database));
  return new Map([...users].map(([name, user]) => [name, { ...user, grants: without(user.grants) }]));
}
