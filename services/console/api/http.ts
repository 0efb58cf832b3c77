// What every call to the console's HTTP API shares. The page imports types, and the one name; everything is JSON, all moments are
// ms since the epoch.

import type { Role } from '#domain/alarm.ts';

/** On every request that changes something; a page of another origin cannot send it. */
export const PAGE_HEADER = 'x-penstock-page';

export type SessionView = { readonly user: string; readonly role: Role; readonly expiresAt: number };

/** Asked for before anybody is logged in. */
export type LoginView = {
  /** `nobody`: no user was ever made; `broken`: the files of users have a mistake, and nobody can log in. */
  readonly people: 'there' | 'nobody' | 'broken';
};

/** RFC 9457, `application/problem+json`. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
};
