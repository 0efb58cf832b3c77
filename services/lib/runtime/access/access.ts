// Who somebody is and what they may do, as the folder of access says now: read again whenever it changes. A folder with a
// mistake in it changes nothing, and says so.

import { grantsOf } from '#domain/access/acl.ts';
import { type Identity, isDeviceUserName, isServiceUser } from '#domain/access/identity.ts';
import { defaultGrants } from '#domain/access/policy.ts';
import { Rights } from '#domain/access/rights.ts';
import { formatProblem } from '../json-file.ts';
import { describeChanges } from './access-changes.ts';
import { type AccessFiles, NO_ACCESS_FILES, readAccessFiles } from './access-files.ts';
import { Backoff } from './backoff.ts';
import { PasswordChecks } from './password-checks.ts';
import { type Bearer, isTokenOf } from './token.ts';

export type Credentials = { readonly name: string; readonly secret: string };

export type LoginAnswer =
  | { readonly kind: 'known'; readonly identity: Identity }
  | { readonly kind: 'wrong' }
  /** Nothing was tried: too many are, or this one was wrong too often. */
  | { readonly kind: 'later'; readonly waitMs: number };

export type AccessOptions = {
  readonly folder: string;
  /** What tokens are made with. */
  readonly tokenKey: string;
  /** ms, monotonic. */
  readonly elapsedMs: () => number;
};

/** When too many passwords are being checked. */
const BUSY_MS = 1_000;

export class Access {
  readonly #options: AccessOptions;
  readonly #checks: PasswordChecks;
  readonly #backoff: Backoff;
  #files: AccessFiles = NO_ACCESS_FILES;
  #problem: string | undefined;

  /** Reads the folder; what is wrong with it stands in {@link problem}. */
  constructor(options: AccessOptions) {
    this.#options = options;
    this.#checks = new PasswordChecks(options.elapsedMs);
    this.#backoff = new Backoff(options.elapsedMs);
    this.reload();
  }

  /** What is wrong with the files of the folder, which are then not in force; one sentence with the place. */
  problem(): string | undefined {
    return this.#problem;
  }

  get hasPeople(): boolean {
    return [...this.#files.users.values()].some(({ role }) => role !== 'service');
  }

  /**
   * Takes the files as they are now; those of before stay where there is a mistake in these.
   * @returns what is different then, each in a few words
   */
  reload(): string[] {
    const before = this.#files;
    const files = readAccessFiles(this.#options.folder);
    const [first, ...others] = Array.isArray(files) ? files : [];
    this.#problem =
      first === undefined
        ? undefined
        : `${formatProblem(first)}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
    if (!Array.isArray(files)) this.#files = files;
    return describeChanges(before, this.#files);
  }

  /** @param address whom the wrong passwords are counted for */
  async identify({ name, secret }: Credentials, address: string): Promise<LoginAnswer> {
    // Nobody can bear it, which is no secret; it is neither tried nor remembered, however long it is.
    if (!isDeviceUserName(name)) return { kind: 'wrong' };
    const bearer = this.#bearerOf(name);
    if (bearer !== undefined && isTokenOf(this.#options.tokenKey, bearer, secret)) return this.#known(name);
    // Who has a token alone cannot be guessed at, and its devices in their hundreds cost no argon2.
    if (bearer !== undefined && this.#passwordOf(name) === undefined) return { kind: 'wrong' };
    return this.#tryPassword({ name, secret }, address);
  }

  /**
   * The same for people alone, where anybody may type any name: one that is no person's costs all that a wrong password
   * does, so that the time tells nobody who is known.
   */
  async identifyPerson({ name, secret }: Credentials, address: string): Promise<LoginAnswer> {
    const user = this.#files.users.get(name);
    const isToken =
      user !== undefined &&
      user.role !== 'service' &&
      isTokenOf(this.#options.tokenKey, { kind: 'user', name, serial: user.serial }, secret);
    return isToken ? this.#known(name) : this.#tryPassword({ name, secret }, address);
  }

  async #tryPassword({ name, secret }: Credentials, address: string): Promise<LoginAnswer> {
    const stored = this.#passwordOf(name);
    const waitMs = this.#backoff.waitMs(address, name);
    const isRemembered = stored !== undefined && this.#checks.remembers(stored, secret);
    if (waitMs > 0 && !isRemembered) return { kind: 'later', waitMs };
    const isWanted = () => this.#backoff.waitMs(address, name) === 0;
    const answer = await this.#checks.check(stored, secret, isWanted);
    if (answer === 'busy') return { kind: 'later', waitMs: this.#backoff.waitMs(address, name) || BUSY_MS };
    if (answer === 'wrong' || stored === undefined || this.#passwordOf(name) !== stored) {
      this.#backoff.missed(address, name);
      return { kind: 'wrong' };
    }
    this.#backoff.hit(name);
    return this.#known(name);
  }

  #passwordOf(name: string): string | undefined {
    const user = this.#files.users.get(name);
    return user === undefined || user.role === 'service' ? undefined : user.password;
  }

  /** Who bears the name; undefined where nobody does, or a device that was revoked. */
  identityOf(name: string): Identity | undefined {
    const device = this.#files.devices.get(name);
    if (device !== undefined) return device.revoked ? undefined : { kind: 'device', name };
    const user = this.#files.users.get(name);
    if (user === undefined) return isServiceUser(name) ? { kind: 'service', name, as: name } : undefined;
    if (user.role !== 'service') return { kind: 'person', name, role: user.role };
    return { kind: 'service', name, as: isServiceUser(name) ? name : user.as };
  }

  /**
   * Names the login that the identity has now: it changes with role, password and token, and is undefined where the files
   * know it no more. Whoever came with another one has to come anew.
   */
  loginOf(identity: Identity): string | undefined {
    if (identity.kind === 'anonymous') return '';
    const { name } = identity;
    if (this.identityOf(name)?.kind !== identity.kind) return undefined;
    return JSON.stringify(this.#files.devices.get(name) ?? this.#files.users.get(name) ?? {});
  }

  rightsOf(identity: Identity, clientId: string): Rights {
    return new Rights([...defaultGrants(identity), ...grantsOf(this.#files.acl, identity, clientId)]);
  }

  #known(name: string): LoginAnswer {
    const identity = this.identityOf(name);
    return identity === undefined ? { kind: 'wrong' } : { kind: 'known', identity };
  }

  /** The bearer of the token that is good now. */
  #bearerOf(name: string): Bearer | undefined {
    const device = this.#files.devices.get(name);
    if (device !== undefined) return device.revoked ? undefined : { kind: 'device', name, serial: device.serial };
    const user = this.#files.users.get(name);
    if (user === undefined && !isServiceUser(name)) return undefined;
    return { kind: 'user', name, serial: user?.serial ?? 1 };
  }
}
