// Who is to log in at mosquitto, at which of its two listeners, by which token, and with which rights.

import { grantsOf } from '#domain/access/acl.ts';
import { filterProblem } from '#domain/access/filter.ts';
import { type Identity, identityText, isServiceUser, SERVICE_USERS } from '#domain/access/identity.ts';
import { defaultGrants, type Grant } from '#domain/access/policy.ts';
import type { AccessFiles } from '#runtime/access/access-files.ts';
import { type Bearer, makeToken } from '#runtime/access/token.ts';

export type Login = {
  readonly name: string;
  /** `anna (operator)`. */
  readonly text: string;
  readonly token: string;
  readonly grants: readonly Grant[];
};

export type Logins = { readonly clients: readonly Login[]; readonly services: readonly Login[] };

/** No client id: a pattern's grant for it is left out, and a deny for it is one for everybody's. */
const ANY_CLIENT_ID = '+';
const SERVICE_PREFIX = 'penstock-';

export function loginsOf({ users, devices, acl }: AccessFiles, tokenKey: string): Logins {
  const login = (identity: Exclude<Identity, { kind: 'anonymous' }>, bearer: Bearer, clientId: string): Login => ({
    name: identity.name,
    text: identityText(identity),
    token: makeToken(tokenKey, bearer),
    grants: [...defaultGrants(identity), ...grantsOf(acl, identity, clientId).map(wholeLevels)],
  });
  const clients: Login[] = [];
  const services = new Map<string, Login>();
  // The broker's own name is nobody's there.
  for (const name of SERVICE_USERS.filter((each) => each !== 'broker')) {
    const bearer = { kind: 'user', name, serial: users.get(name)?.serial ?? 1 } as const;
    services.set(name, login({ kind: 'service', name, as: name }, bearer, ANY_CLIENT_ID));
  }
  for (const [name, row] of users) {
    const bearer = { kind: 'user', name, serial: row.serial } as const;
    if (isServiceUser(name)) continue;
    if (row.role !== 'service') clients.push(login({ kind: 'person', name, role: row.role }, bearer, name));
    else if (row.as === undefined) clients.push(login({ kind: 'service', name, as: undefined }, bearer, name));
    else services.set(name, login({ kind: 'service', name, as: row.as }, bearer, ANY_CLIENT_ID));
  }
  for (const [name, { serial, revoked }] of devices)
    if (!revoked) clients.push(login({ kind: 'device', name }, { kind: 'device', name, serial }, name));
  return { clients, services: [...services.values()] };
}

/** Names that would be the client id of a service there, where a user's name is its client id. */
export function takenClientIds({ clients }: Logins): string[] {
  return clients.flatMap(({ name }) => (name.startsWith(SERVICE_PREFIX) ? [name] : []));
}

/** A level that is partly a client id is any level: that is more to deny, and nothing else has one. */
function wholeLevels(grant: Grant): Grant {
  if (filterProblem(grant.filter) === undefined) return grant;
  const levels = grant.filter.split('/').map((level) => (level.includes('+') ? '+' : level));
  return { ...grant, filter: levels.join('/') };
}
