// Secrets that a first start makes, under `<data>/secrets`, one file each, readable by the owner alone. Never a default
// password: what is not set is random. Two processes that start at once agree on one value.

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const SECRET_NAMES = ['operator-password', 'session-key'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

export type Secret = { readonly value: string; readonly file: string; readonly isNew: boolean };

/** The secret's value, made on first use: 18 random bytes (144 bits) in base64url. */
export function readOrCreateSecret(dataDir: string, name: SecretName): Secret {
  const folder = path.join(dataDir, 'secrets');
  const file = path.join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    return { value: readFileSync(file, 'utf8').trim(), file, isNew: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    writeFileSync(draft, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(draft, file); // fails where another process was first, and never shows a half-written file
    return { value: readFileSync(file, 'utf8').trim(), file, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { value: readFileSync(file, 'utf8').trim(), file, isNew: false };
  } finally {
    rmSync(draft, { force: true });
  }
}
