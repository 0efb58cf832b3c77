// The users of the historian, in a file of its data folder that only its own user may read. A change replaces the whole file,
// and is there after a power cut. A file that cannot be read is never taken for one without users: that would let strangers in.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { realFiles } from '#runtime/segment-log/files.ts';
import { StartError } from '#runtime/start-error.ts';
import type { UserAccess } from '../influxql/access.ts';
import { isPasswordHash } from './password-hash.ts';

export type StoredUser = UserAccess & { readonly passwordHash: string };

export const USER_FILE = 'users.json';

const OPEN_TO_OTHERS = 0o077;

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
  const text = readOwn(file);
  if (text === undefined) return [];
  const parsed = userFile.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new StartError(
      `${file} is damaged: restore it from a backup, or delete it and make the users anew (the first admin from this machine)`,
    );
  }
  return parsed.data.users.map((user) => ({ ...user, grants: new Map(user.grants) }));
}

/** The mode is that of the very file that is read. */
function readOwn(file: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    if ((fstatSync(fd).mode & OPEN_TO_OTHERS) !== 0) {
      throw new StartError(`${file} is open to other users of this machine; run: chmod 600 ${file}`);
    }
    return readFileSync(fd, 'utf8');
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new StartError(`${file} cannot be read (${code}); give it to the user that runs the historian (chown)`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Resolves when it is on the disk. Rejects where the disk does not take it; the file of before is then still whole. */
export async function writeUsers(file: string, users: readonly StoredUser[]): Promise<void> {
  const bytes = Buffer.from(
    `${JSON.stringify({ format: 1, users: users.map((user) => ({ ...user, grants: [...user.grants] })) })}\n`,
  );
  const folder = path.dirname(file);
  const draft = `${file}.draft`;
  await realFiles.makeFolder(folder);
  const open = await realFiles.open(draft, 'create');
  try {
    await open.write(bytes, 0);
    await open.truncate(bytes.length);
    await open.sync();
  } finally {
    await open.close();
  }
  await realFiles.rename(draft, file);
  await realFiles.syncFolder(folder);
}
