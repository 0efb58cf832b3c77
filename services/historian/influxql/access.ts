// What somebody may do, as InfluxDB 1.x has it: an admin everything, anybody else per database. Plain values, so that they can
// travel from where credentials are checked to where statements are executed.

export const PRIVILEGES = ['READ', 'WRITE', 'ALL PRIVILEGES'] as const;
export type Privilege = (typeof PRIVILEGES)[number];

/** What was taken away stays visible: InfluxDB shows it as such. */
export type Grant = Privilege | 'NO PRIVILEGES';

/** By database. */
export type Grants = ReadonlyMap<string, Grant>;

export type UserAccess = { readonly name: string; readonly isAdmin: boolean; readonly grants: Grants };

/** What people and services of the pipeline have beside grants per database; InfluxDB's own users have none of it. */
export type PipelineAccess = {
  /** On every database, those that are made later too. */
  readonly everywhere?: Privilege;
  /** All of this database, and the making of it and of its policies. */
  readonly owns?: string;
};

export type Access =
  /** Nobody is asked who they are. */
  | { readonly kind: 'anybody' }
  /** Somebody without a login while there is no admin yet: may make the first one, and nothing else. */
  | { readonly kind: 'first' }
  | (UserAccess & PipelineAccess & { readonly kind: 'user' });

export const ANYBODY: Access = { kind: 'anybody' };

export function isAdmin(access: Access): boolean {
  return access.kind === 'anybody' || (access.kind === 'user' && access.isAdmin);
}

export function may(access: Access, privilege: Privilege, database: string): boolean {
  if (isAdmin(access)) return true;
  if (access.kind !== 'user') return false;
  const grants = [
    access.grants.get(database),
    access.everywhere,
    owns(access, database) ? 'ALL PRIVILEGES' : undefined,
  ];
  return grants.some((grant) => grant === privilege || grant === 'ALL PRIVILEGES');
}

/** Whether somebody may make the database and its policies. */
export function owns(access: Access, database: string): boolean {
  return isAdmin(access) || (access.kind === 'user' && access.owns !== undefined && access.owns === database);
}

/** What is left of a grant. */
export function without(grant: Grant | undefined, revoked: Privilege): Grant {
  if (grant === undefined || revoked === 'ALL PRIVILEGES' || grant === revoked) return 'NO PRIVILEGES';
  if (grant !== 'ALL PRIVILEGES') return grant;
  return revoked === 'READ' ? 'WRITE' : 'READ';
}
