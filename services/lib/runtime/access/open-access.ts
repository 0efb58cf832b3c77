// Opens the folder of access; a change of its files counts within a second.

import path from 'node:path';
import { makeDurableFolder } from '../durable-folder.ts';
import type { Log } from '../log.ts';
import { readOrCreateSecret } from '../secrets.ts';
import { watchFiles } from '../watch-files.ts';
import { Access } from './access.ts';
import { ACL_FILE, accessFolder, DEVICES_FILE, USERS_FILE } from './access-files.ts';

export type OpenAccessOptions = {
  readonly dataDir: string;
  readonly log: Log;
  /** After every change that counts, with what it was. */
  readonly onChange?: (changes: readonly string[]) => void;
};

/** @throws StartError where the key of the tokens can be neither read nor made */
export function openAccess({ dataDir, log, onChange }: OpenAccessOptions): Access & Disposable {
  const folder = accessFolder(dataDir);
  makeDurableFolder(folder);
  const tokenKey = readOrCreateSecret(dataDir, 'token-key').value;
  // First: what changes while the files are read is then noticed.
  const watch = watchFiles(
    [USERS_FILE, DEVICES_FILE, ACL_FILE].map((name) => path.join(folder, name)),
    () => {
      const changes = access.reload();
      say();
      if (changes.length > 0) onChange?.(changes);
    },
  );
  const access = new Access({ folder, tokenKey, elapsedMs: () => performance.now() });
  const say = () => {
    const problem = access.problem();
    if (problem !== undefined)
      log.error({ problem }, 'users, devices and rights stay as they were: a file has a mistake');
  };
  say();
  return Object.assign(access, { [Symbol.dispose]: () => watch[Symbol.dispose]() });
}
