// The audit journal as whoever guards something sees it: said before it takes effect, and on disk when append() resolves.
// Implementations: audit-log.ts (files, each record chained to the one before) and memory-audit.ts (its double, for tests).

/** All that is ever written down. */
export const AUDIT_KINDS = [
  'start',
  'stop',
  'login',
  'login failed',
  'session',
  'publish',
  'refused',
  'access changed',
  'certificate changed',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** As far as it is known; every text may be a stranger's. */
export type AuditActor = {
  /** The name that was logged in with, or tried. */
  readonly user?: string;
  /** Role of a person, or what else it is: `device`, `service`. */
  readonly role?: string;
  readonly client?: string;
  /** Where it comes from: an address, or `this machine`. */
  readonly address?: string;
};

export type AuditEvent = {
  readonly what: AuditKind;
  readonly who: AuditActor;
  readonly topic?: string;
  /** What was published. Kept whole up to 4 KiB, its secrets masked. */
  readonly payload?: Uint8Array;
  /** What becomes of it, in words: `allowed`, `refused: operators may not write cfg/desired`. */
  readonly outcome: string;
};

export type Audit = {
  /**
   * Resolves when it is on disk, many with one sync; never rejects. A full disk makes it wait, and what was asked for must wait
   * too. Of logins, sessions and refusals of one user and address that come faster than once a second, the first is written at
   * once and the others are counted.
   */
  append(event: AuditEvent): Promise<void>;
};
