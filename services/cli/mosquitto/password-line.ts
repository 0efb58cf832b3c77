// One line of mosquitto's password file. What is hashed is a token, never a person's password, which we keep as argon2id and
// do not know.

import { pbkdf2Sync, randomBytes } from 'node:crypto';

/** mosquitto's own. A token has 256 random bits: there is nothing to guess that more of them would slow down. */
const ITERATIONS = 101;
const SALT_BYTES = 12;
const HASH_BYTES = 64;

/** `<name>:$7$101$<salt>$<hash>`, PBKDF2 with SHA-512. */
export function passwordLine(name: string, token: string): string {
  const salt = randomBytes(SALT_BYTES);
  const hash = pbkdf2Sync(token, salt, ITERATIONS, HASH_BYTES, 'sha512');
  return `${name}:$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`;
}
