// People and services of the pipeline beside the historian's own users, who go before: a name is theirs where they bear it.
// What each may do follows from role and service, and is given out nowhere else.

import type { Identity } from '#domain/access/identity.ts';
import type { Access } from '#runtime/access/access.ts';
import type { Logins } from '../http/gate.ts';
import type { PipelineAccess, UserAccess } from '../influxql/access.ts';
import type { Login } from './login.ts';

export type PipelineLoginParts = {
  readonly own: Login;
  readonly isOwn: (name: string) => boolean;
  readonly access: Pick<Access, 'identify'>;
  /** The one that the pipeline's writer writes to. */
  readonly database: string;
};

export function pipelineLogins({ own, isOwn, access, database }: PipelineLoginParts): Logins {
  return {
    async check(credentials, address) {
      const { name, password } = credentials;
      if (isOwn(name)) return own.check(credentials);
      const answer = await access.identify({ name, secret: password }, address);
      if (answer.kind === 'later') return { kind: 'busy' };
      if (answer.kind === 'wrong') return answer;
      return { kind: 'user', user: userOf(answer.identity, name, database) };
    },
  };
}

function userOf(identity: Identity, name: string, database: string): UserAccess & PipelineAccess {
  const isAdmin = identity.kind === 'person' && identity.role === 'admin';
  return { name, isAdmin, grants: new Map(), ...rightsOf(identity, database) };
}

function rightsOf(identity: Identity, database: string): PipelineAccess {
  if (identity.kind === 'person') return { everywhere: 'READ' };
  if (identity.kind !== 'service') return {};
  if (identity.as === 'writer') return { owns: database };
  return identity.as === 'console' || identity.as === 'cli' ? { everywhere: 'READ' } : {};
}
