// The first start makes a person who can log in, with a password that only the terminal ever sees. "First" is told by there
// being no file of users: one without people, or one that cannot be read, is somebody's doing and is left as it is.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { accessFolder, USERS_FILE } from '#runtime/access/access-files.ts';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import type { Cli } from '../cli.ts';
import { addUser } from './add-user.ts';
import { makePassword } from './wanted-password.ts';

const USER = 'operator';

export type FirstPerson =
  | { readonly kind: 'made'; readonly user: string; readonly password: string }
  /** Somebody can log in already; the one that a first start makes, or else whoever comes first in the file. */
  | { readonly kind: 'there'; readonly user: string }
  | { readonly kind: 'nobody' };

/**
 * Called under the lock of the data folder.
 * @throws StartError where the files of access cannot be read or written
 */
export async function firstPerson(dataDir: string, { sleep }: Pick<Cli, 'sleep'>): Promise<FirstPerson> {
  const people = [...readAccess(dataDir).users].filter(([, { role }]) => role !== 'service').map(([name]) => name);
  const [user] = people;
  if (user !== undefined) return { kind: 'there', user: people.includes(USER) ? USER : user };
  if (existsSync(path.join(accessFolder(dataDir), USERS_FILE))) return { kind: 'nobody' };
  const password = makePassword();
  // There is one login, and it belongs to whoever runs the plant: without an engineer's right nobody could put an alarm out of
  // service, or back.
  await addUser(dataDir, { name: USER, row: { role: 'engineer', password: await hashPassword(password) } }, { sleep });
  return { kind: 'made', user: USER, password };
}
