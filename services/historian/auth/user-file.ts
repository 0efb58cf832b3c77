// The users of the historian, in a file of its data folder that only its own user may read. A change replaces the whole file,
// and is there after a power cut. A file that cannot be read is never taken for one without users: that would let strangers in.

import { z } from 'zod';
import { isPasswordHash } from '#runtime/access/password-hash.ts';
import { readPrivateFile, writePrivateFile } from '#runtime/access/private-file.ts';
import { StartError } from '#runtime/start-error.ts';
import type { UserAccess } from '../influxql/access.ts';

export type StoredUser = UserAccess & { readonly passwordHash: string };

export const USER_FILE = 'users.json';

const userFile = z.object({
  format: z.literal(1),
  users: z.array(
    z.object({
      name: z.string().min(1),
      isAdmin: z.boolean(),
      passwordHash: z.string().refine(isPasswordHash, { error: 'is no hash of a password' }),
      grants: z.array(z.tuple([z.string(), z.enum(['READ', 'WRITE', 'ALL PRIVILEGES', 'NO PRIVILEGES'])])),
    }),
  ),
});

/**
 * None where there is no file.
 * @throws StartError where the file is open to others, damaged, or cannot be read
 */
export function readUsers(file: string): StoredUser[] {
  const text = readPrivateFile(file);
  if (text === undefined) return [];
  const parsed = userFile.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new StartError(
      `${file} is damaged: restore it from a backup, or delete it and make the users anew (the first admin from this machine)`,
    );
  }
  return parsed.data.users.map((user) => ({ ...user, grants: new Map(user.grants) }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Resolves when it is on the disk. Rejects where the disk does not take it; the file of before is then still whole. */
export function writeUsers(file: string, users: readonly StoredUser[]): Promise<void> {
  const kept = { format: 1, users: users.map((user) => ({ ...user, grants: [...user.grants] })) };
  return writePrivateFile(file, `${JSON.stringify(kept)}\n`);
}
