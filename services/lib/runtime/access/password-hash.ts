// Passwords as they are kept: argon2id with a salt of their own and the cost they were made with, in the PHC string format, so
// that a later version may raise it for new ones. The only file that calls argon2.

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** Some 80 ms on one thread and 32 MiB for each try; OWASP asks for 19 MiB and two passes at least. */
const COST = { memoryKiB: 32 * 1024, passes: 3, lanes: 1 } as const;
const HASH_BYTES = 32;

type Cost = { readonly memoryKiB: number; readonly passes: number; readonly lanes: number };

/** `$argon2id$v=19$m=32768,t=3,p=1$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return format(salt, await derive(password, salt, COST));
}

/** One that no password has; trying it takes as long as any other. */
export function impossibleHash(): string {
  return format(randomBytes(16), randomBytes(HASH_BYTES));
}

function format(salt: Buffer, hash: Buffer): string {
  const { memoryKiB, passes, lanes } = COST;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** The format's base64 has no padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

const STORED = /^\$argon2id\$v=19\$m=(\d{4,7}),t=(\d{1,2}),p=(\d)\$([\w+/]{22,64})\$([\w+/]{43})$/;

/** More would be memory and time for somebody who can already write our file. */
const MEMORY_KIB_MAX = 256 * 1024;

export function isPasswordHash(text: string): boolean {
  const [, memoryKiB, passes, lanes] = STORED.exec(text) ?? [];
  return Number(memoryKiB) <= MEMORY_KIB_MAX && Number(passes) >= 1 && Number(lanes) >= 1;
}

export async function isPasswordOf(stored: string, password: string): Promise<boolean> {
  const [, memoryKiB, passes, lanes, salt = '', hash = ''] = STORED.exec(stored) ?? [];
  const cost = { memoryKiB: Number(memoryKiB), passes: Number(passes), lanes: Number(lanes) };
  const given = await derive(password, Buffer.from(salt, 'base64'), cost);
  const wanted = Buffer.from(hash, 'base64');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function derive(password: string, nonce: Buffer, { memoryKiB, passes, lanes }: Cost): Promise<Buffer> {
  const parameters = { message: password, nonce, parallelism: lanes, tagLength: HASH_BYTES, memory: memoryKiB, passes };
  return new Promise((resolve, reject) =>
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
}
