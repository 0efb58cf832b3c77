// What statements about users need of those who keep them. The executor calls it; passwords go in and never come out.

import type { Privilege, UserAccess } from './access.ts';

export type UserChange =
  | { readonly kind: 'create'; readonly name: string; readonly password: string; readonly isAdmin: boolean }
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  | {
      readonly kind: 'grant' | 'revoke';
      readonly name: string;
      readonly database: string;
      readonly privilege: Privilege;
    }
  | { readonly kind: 'admin'; readonly name: string; readonly isAdmin: boolean }
  /** Nobody has a right on the database any more: whoever makes one of that name later decides anew. */
  | { readonly kind: 'forget-database'; readonly database: string };

export interface Users {
  /** In the order they were made. */
  list(): Promise<readonly UserAccess[]>;
  /** Resolves when the change is on the disk; with what is wrong with it, in InfluxDB's words, where nothing was changed. */
  change(change: UserChange): Promise<string | undefined>;
}
