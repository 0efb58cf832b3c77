// Entity tags of what is asked for again and again [RFC 9110, 8.8.3]: all of ours are strong.

import { createHash } from 'node:crypto';

/** Letters enough that nobody makes two alike. */
const DIGEST_CHARS = 27;

export function etagOfText(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARS)}"`;
}

/** The tags that a header names; a proxy that has compressed an answer makes its tag a weak one. */
export function etagsIn(header: string): string[] {
  return header.split(',').map((each) => each.trim().replace(/^W\//, ''));
}
