// Whom an allowance belongs to.

import { userNameOf } from '#domain/access/identity.ts';
import type { Visitor } from '../access/visitor.ts';

/**
 * A device is one, under whatever client ids it comes. Behind another user's name there may be many clients: each has its own.
 */
export function allowanceKey({ identity, clientId }: Visitor): string {
  return identity.kind === 'device' ? identity.name : ofNobody(clientId);
}

/** The user, whose retained messages are counted together; of who comes without a login, the client id. */
export function shareKey({ identity, clientId }: Visitor): string {
  return userNameOf(identity) ?? ofNobody(clientId);
}

/** No user's name holds a colon. */
function ofNobody(clientId: string): string {
  return `:${clientId}`;
}
