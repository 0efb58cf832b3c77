// Opens the folder of access and looks at it again and again: a change counts within a second. By looking, not by being told:
// three files are cheap to look at, and no file system is too strange for it.

import { statSync } from 'node:fs';
import path from 'node:path';
import { makeDurableFolder } from '../durable-folder.ts';
import type { Log } from '../log.ts';
import { readOrCreateSecret } from '../secrets.ts';
import { Access } from './access.ts';
import { ACL_FILE, accessFolder, DEVICES_FILE, USERS_FILE } from './access-files.ts';

export type OpenAccessOptions = {
  readonly dataDir: string;
  readonly log: Log;
  /** After every change that counts, with what it was. */
  readonly onChange?: (changes: readonly string[]) => void;
};

const LOOK_MS = 250;

/** @throws StartError where the key of the tokens can be neither read nor made */
export function openAccess({ dataDir, log, onChange }: OpenAccessOptions): Access & Disposable {
  const folder = accessFolder(dataDir);
  makeDurableFolder(folder);
  const tokenKey = readOrCreateSecret(dataDir, 'token-key').value;
  const access = new Access({ folder, tokenKey, elapsedMs: () => performance.now() });
  const say = () => {
    const problem = access.problem();
    if (problem !== undefined)
      log.error({ problem }, 'users, devices and rights stay as they were: a file has a mistake');
  };
  say();
  let seen = signOf(folder);
  const timer = setInterval(() => {
    const now = signOf(folder);
    if (now === seen) return;
    seen = now;
    const changes = access.reload();
    say();
    if (changes.length > 0) onChange?.(changes);
  }, LOOK_MS);
  return Object.assign(access, { [Symbol.dispose]: () => clearInterval(timer) });
}

/** Changes whenever one of the files does. */
function signOf(folder: string): string {
  return [USERS_FILE, DEVICES_FILE, ACL_FILE]
    .map((name) => {
      const found = statSync(path.join(folder, name), { throwIfNoEntry: false });
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs} ${found.mode}`;
    })
    .join('\n');
}
