// Tokens: what devices, services and programs log in with. A token is not kept anywhere: it is the keyed hash of its bearer's
// name and of a serial number, so that it can be made again for a config file or another broker's password file, costs a
// few microseconds to check where a password costs a tenth of a second, and is ended by the next serial number. The key is
// `secrets/token-key`: who has it has all of them.

import { createHmac, timingSafeEqual } from 'node:crypto';

export type Bearer = { readonly kind: 'device' | 'user'; readonly name: string; readonly serial: number };

/** 256 bits as 43 characters of base64url. */
export function makeToken(key: string, { kind, name, serial }: Bearer): string {
  // The kind and the number cannot hold a line feed, and a name neither.
  return createHmac('sha256', key).update(`penstock token 1\n${kind}\n${name}\n${serial}`).digest('base64url');
}

/** In a time that says nothing of what is right about a wrong one. */
export function isTokenOf(key: string, bearer: Bearer, given: string): boolean {
  const wanted = Buffer.from(makeToken(key, bearer));
  const shown = Buffer.from(given);
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}
