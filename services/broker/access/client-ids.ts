// Who may use which client id: a session belongs to whoever began it, so that nobody takes another one's messages, or cuts it
// off, by coming under its id. Some ids are kept for their bearers before they ever came.

import { type Identity, userNameOf } from '#domain/access/identity.ts';

export type ClientIdClaim = {
  readonly clientId: string;
  readonly clean: boolean;
  readonly identity: Identity;
  /** Whether a device of that name is registered. */
  readonly isDevice: (name: string) => boolean;
  /** User of the session, or connection, that bears the id now; undefined where none does, or who is known no more. */
  readonly owner: string | undefined;
};

const LENGTH_MAX = 128;
const SERVICE_PREFIX = 'penstock-';

/** Why the client may not come under this id; undefined where it may. */
export function clientIdProblem({ clientId, clean, identity, isDevice, owner }: ClientIdClaim): string | undefined {
  if (clientId === '') return clean ? undefined : 'a session that is to be kept needs a client id';
  const form = formProblem(clientId);
  if (form !== undefined) return form;
  if (clientId.startsWith(SERVICE_PREFIX) && !isOwnOfService(clientId, identity))
    return `client ids that begin with '${SERVICE_PREFIX}' are for the services of the pipeline`;
  const user = userNameOf(identity);
  if (isDevice(clientId) && user !== clientId) return 'this client id is the name of another device';
  if (owner !== undefined && owner !== user) return 'this client id is in use by another user';
  return undefined;
}

/** What would be a wildcard or a level of its own where a pattern holds a client id, or unreadable in a log. */
function formProblem(clientId: string): string | undefined {
  if (clientId.length > LENGTH_MAX) return `a client id has at most ${LENGTH_MAX} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return /[\u0000-\u001f\u007f+#]|^\$/u.test(clientId)
    ? "a client id holds no '+', '#' or control character and does not begin with '$'"
    : undefined;
}

function isOwnOfService(clientId: string, identity: Identity): boolean {
  if (identity.kind !== 'service') return false;
  const own = `${SERVICE_PREFIX}${identity.name}`;
  return clientId === own || clientId.startsWith(`${own}-`);
}
