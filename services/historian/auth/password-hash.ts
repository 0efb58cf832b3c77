// Passwords as they are kept: scrypt with a salt of their own and the cost they were made with, so that a later version may
// raise it for new ones.

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 MiB and some 80 ms for each try. */
const LOG_N = 15;
const BLOCK = 8;
const BYTES = 32;

/** `scrypt$15$8$<salt>$<hash>`, both in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return format(salt, await derive(password, salt, LOG_N, BLOCK));
}

/** One that no password has; trying it takes as long as any other. */
export function impossibleHash(): string {
  return format(randomBytes(16), randomBytes(BYTES));
}

function format(salt: Buffer, hash: Buffer): string {
  return ['scrypt', LOG_N, BLOCK, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

const STORED = /^scrypt\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/;

/** More would be memory for somebody who can already write our file. */
const LOG_N_MAX = 20;

export function isPasswordHash(text: string): boolean {
  const [, logN, block] = STORED.exec(text) ?? [];
  return Number(logN) >= 10 && Number(logN) <= LOG_N_MAX && Number(block) >= 1;
}

export async function isPasswordOf(stored: string, password: string): Promise<boolean> {
  const [, logN, block, salt = '', hash = ''] = STORED.exec(stored) ?? [];
  const given = await derive(password, Buffer.from(salt, 'base64url'), Number(logN), Number(block));
  const wanted = Buffer.from(hash, 'base64url');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function derive(password: string, salt: Buffer, logN: number, r: number): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p: 1, maxmem: 256 * N * r };
  return new Promise((resolve, reject) =>
    scrypt(password, salt, BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
}
