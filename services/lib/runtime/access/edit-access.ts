// Changes the files of access, one change at a time over all processes: two commands at once lose nothing. What a person wrote
// beside the rows, comments and order, stays. Nothing is written that could not be read again.

import { statSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { makeDurableFolder } from '../durable-folder.ts';
import { lockFolder } from '../folder-lock.ts';
import { formatProblem, parseJsonFile } from '../json-file.ts';
import { EXIT, StartError } from '../start-error.ts';
import {
  type AccessFiles,
  accessFolder,
  DEVICES_FILE,
  devicesSchema,
  USERS_FILE,
  usersSchema,
} from './access-files.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { readAccess } from './read-access.ts';
import { editRows } from './row-text.ts';

/** A row of one of the files; no value takes it away. */
export type AccessEdit =
  | { readonly at: readonly ['users', name: string]; readonly value: UserInput | undefined }
  | { readonly at: readonly ['removed', name: string]; readonly value: number | undefined }
  | { readonly at: readonly ['devices', name: string]; readonly value: DeviceInput | undefined };

export type UserInput = z.input<typeof usersSchema>['users'][string];
type DeviceInput = z.input<typeof devicesSchema>['devices'][string];

export type Decision<T> = { readonly edits: readonly AccessEdit[]; readonly result: T };

export type EditOptions = {
  readonly sleep: (ms: number) => Promise<void>;
  /** Decides and checks, and writes nothing. */
  readonly isDry?: boolean;
};

const FILES = {
  [USERS_FILE]: { schema: usersSchema, empty: '{\n  "users": {}\n}\n' },
  [DEVICES_FILE]: { schema: devicesSchema, empty: '{\n  "devices": {}\n}\n' },
} as const;

/** A change takes a few milliseconds, and a password is hashed before it. */
const LOCKED_MS_MAX = 10_000;
const LOOK_MS = 25;

/**
 * What `decide` made of the files as they are, once its edits are on the disk.
 * @throws StartError where the files have a mistake, belong to somebody else, or are being changed for too long; and whatever
 * `decide` throws, with nothing written
 */
export async function editAccess<T>(
  dataDir: string,
  decide: (files: AccessFiles) => Decision<T>,
  { sleep, isDry = false }: EditOptions,
): Promise<T> {
  const folder = accessFolder(dataDir);
  if (isDry) {
    const { edits, result } = decide(readAccess(dataDir));
    textsAfter(folder, edits);
    return result;
  }
  try {
    makeDurableFolder(folder);
    refuseForeign(folder);
    using _lock = await locked(folder, sleep);
    const { edits, result } = decide(readAccess(dataDir));
    for (const [name, text] of textsAfter(folder, edits)) await writePrivateFile(path.join(folder, name), text);
    return result;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof StartError || code === undefined) throw error;
    throw new StartError(
      `${folder} cannot be written to (${code}); nothing was changed. Free the disk, or give the folder to the user that runs Penstock (chown)`,
    );
  }
}

/** The services, who run as the folder's owner, could not read what somebody else writes for himself alone. */
function refuseForeign(folder: string): void {
  const { uid } = statSync(folder);
  const own = process.getuid?.() ?? uid;
  if (own === uid) return;
  throw new StartError(
    `${folder} belongs to user ${uid}, and this command runs as user ${own}: what it writes, the services could not read; run it as that user (sudo -u '#${uid}' …)`,
  );
}

async function locked(folder: string, sleep: EditOptions['sleep']): Promise<Disposable> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const taken = lockFolder(folder);
    if ('lock' in taken) return taken.lock;
    if (waitedMs >= LOCKED_MS_MAX)
      throw new StartError(
        `another command (process ${taken.holder}) is changing the files in ${folder}; try again`,
        EXIT.unavailable,
      );
    await sleep(LOOK_MS);
  }
}

function textsAfter(folder: string, edits: readonly AccessEdit[]): Map<keyof typeof FILES, string> {
  const texts = new Map<keyof typeof FILES, string>();
  for (const [section, ofSection] of Map.groupBy(edits, ({ at }) => at[0])) {
    const name = section === 'devices' ? DEVICES_FILE : USERS_FILE;
    const before = texts.get(name) ?? readPrivateFile(path.join(folder, name)) ?? FILES[name].empty;
    texts.set(name, editRows(before, section, new Map(ofSection.map(({ at, value }) => [at[1], value]))));
  }
  for (const [name, text] of texts) {
    const parsed = parseJsonFile<unknown>(path.join(folder, name), text, FILES[name].schema);
    if (Array.isArray(parsed))
      throw new Error(`the change would break the file: ${parsed.map(formatProblem).join('; ')}`);
  }
  return texts;
}
