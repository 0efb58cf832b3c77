// A connection that was let in, or is being asked: who it is, by which login, and what it may do now.

import type { Identity } from '#domain/access/identity.ts';
import type { Rights } from '#domain/access/rights.ts';

export type Visitor = {
  readonly identity: Identity;
  readonly clientId: string;
  readonly address: string;
  /** Of {@link Access.loginOf}, when it came. */
  readonly login: string;
  rights: Rights;
};

/** Where a connection came from. */
export type Origin = {
  readonly address: string;
  /** Whether it may come without a login: its listener is reached from this machine only. */
  readonly allowsAnonymous: boolean;
  /** Subject of a client certificate that was verified. */
  readonly certificateName?: string | undefined;
};
