// Secrets in a payload that is to be kept for years: what a field of such a name holds is replaced by its SHA-256, so that one
// can still tell whether two were the same. The hash of a guessable password is guessable: the journal is for its owner only.

import { createHash } from 'node:crypto';
import { isPlainObject } from '#domain/plain-object.ts';

/** Whole words of a field's name, as in `wifiPassword`, `api_key`, `broker-token`. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ...['password', 'passwd', 'passphrase', 'pass', 'pwd', 'psk', 'pin'],
  ...['token', 'secret', 'key', 'credential', 'credentials'],
]);
/** Names that run their words together. */
const SECRET_ENDS = /(?:password|passphrase|passwd|token|secret|apikey|privatekey|psk)s?$/;
/** Nothing of ours nests deeper. */
const DEPTH_MAX = 32;

/**
 * The payload as JSON with its secrets masked; undefined where it has none that need it. `unreadable`: it is a configuration
 * in which secrets cannot be looked for, so that nothing of it may be kept.
 */
export function maskSecrets(payload: Buffer, topic: string): string | undefined | 'unreadable' {
  const unknown = topic.endsWith('/cfg/desired') && payload.length > 0 ? 'unreadable' : undefined;
  let json: unknown;
  try {
    json = JSON.parse(payload.toString());
  } catch {
    return unknown;
  }
  const found = { secrets: 0, isTooDeep: false };
  const masked = mask(json, 0, found);
  if (found.isTooDeep) return 'unreadable';
  // JSON may name a field twice, and what was read is only the last: what is kept is what was looked at.
  return found.secrets > 0 || unknown !== undefined ? JSON.stringify(masked) : undefined;
}

function mask(value: unknown, depth: number, found: { secrets: number; isTooDeep: boolean }): unknown {
  if (depth > DEPTH_MAX) {
    found.isTooDeep = true;
    return null;
  }
  if (Array.isArray(value)) return value.map((each) => mask(each, depth + 1, found));
  if (!isPlainObject(value)) return value;
  // fromEntries makes plain fields also of names such as `__proto__`.
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => {
      if (!isSecretName(name)) return [name, mask(held, depth + 1, found)];
      found.secrets++;
      if (held === null || held === '') return [name, held];
      const text = typeof held === 'string' ? held : JSON.stringify(held);
      return [name, `sha256:${createHash('sha256').update(text).digest('hex')}`];
    }),
  );
}

function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => SECRET_WORDS.has(word) || SECRET_ENDS.test(word));
}
