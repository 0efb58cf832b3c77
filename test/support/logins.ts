// Logins for tests at the embedded broker: services bear their own tokens, and there are two people.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServiceUser } from '#domain/access/identity.ts';
import { accessFolder, USERS_FILE } from '#runtime/access/access-files.ts';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';

const PEOPLE = { ada: { role: 'operator' }, root: { role: 'admin' } } as const;

/** To be called before the broker starts: a change counts a moment later. */
export function addPeople(dataDir: string): void {
  const folder = accessFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, USERS_FILE), JSON.stringify({ users: PEOPLE }), { mode: 0o600 });
}

export type Login = { readonly username: string; readonly password: string };

export type Person = keyof typeof PEOPLE;

/** Of one of the people, once they are added, or of a service. */
export function loginOf(dataDir: string, name: Person | ServiceUser): Login {
  const key = readOrCreateSecret(dataDir, 'token-key').value;
  return { username: name, password: makeToken(key, { kind: 'user', name, serial: 1 }) };
}
