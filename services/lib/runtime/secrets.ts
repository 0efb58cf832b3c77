// Secrets that a first start makes, under `<data>/secrets`, one file each, readable by the owner alone. Never a default
// password: what is not set is random. Two processes that start at once agree on one value. A secret that protects
// nothing (empty, short, open to other users) is refused, never used: an emptied file would let everyone in.

import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeDurableFolder, syncFolder } from './durable-folder.ts';
import { StartError } from './start-error.ts';

export const SECRET_NAMES = ['session-key', 'operations-key', 'token-key'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

export type Secret = { readonly value: string; readonly file: string; readonly isNew: boolean };

/** What we make has 24 characters; what a person writes instead may be somewhat shorter, but not guessable by trying. */
const LENGTH_MIN = 16;
const OPEN_TO_OTHERS = 0o077;

/**
 * The secret's value, made on first use: 18 random bytes (144 bits) in base64url.
 * @throws StartError where the file is no secret, or cannot be read or made
 */
export function readOrCreateSecret(dataDir: string, name: SecretName): Secret {
  const file = path.join(dataDir, 'secrets', name);
  try {
    makeDurableFolder(path.dirname(file));
    const found = readSecret(file);
    if (found !== undefined) return { value: found, file, isNew: false };
    const isNew = createSecret(file);
    const made = readSecret(file);
    if (made === undefined) throw new StartError(`${file} was taken away while we started; start again`);
    return { value: made, file, isNew };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof StartError || code === undefined) throw error;
    throw new StartError(
      `${file} can be neither read nor made (${code}); give the data folder to the user that runs Penstock (chown), or set PENSTOCK_DATA to another`,
    );
  }
}

/** The secret where it is there and ours to read; undefined otherwise, and nothing is made. */
export function readSecretIfOurs(dataDir: string, name: SecretName): string | undefined {
  try {
    return readSecret(path.join(dataDir, 'secrets', name));
  } catch {
    return undefined;
  }
}

/** undefined where there is none yet. The mode is that of the very file that is read. */
function readSecret(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if ((fstatSync(fd).mode & OPEN_TO_OTHERS) !== 0) {
      throw new StartError(
        `${file} is open to other users of this machine; run: chmod 600 ${file} (or delete the file, and the next start makes a new one)`,
      );
    }
    const value = readFileSync(fd, 'utf8').trim();
    if (value.length >= LENGTH_MIN) return value;
    throw new StartError(
      `${file} ${value === '' ? 'is empty' : `has ${value.length} characters`}, and a secret has at least ${LENGTH_MIN}; delete the file, and the next start makes a new one`,
    );
  } finally {
    closeSync(fd);
  }
}

/** Whether it was us who made it. */
function createSecret(file: string): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const text = `${randomBytes(18).toString('base64url')}\n`;
    // On disk before it has its name: a power cut would leave one that is empty or torn, which no service starts with.
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, file); // fails where another process was first, and never shows a half-written file
    syncFolder(path.dirname(file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}
