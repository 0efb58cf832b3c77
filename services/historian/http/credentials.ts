// What a request says of who sends it: `u` and `p` in its URL or form, else its Authorization header.

import type { Credentials } from '../auth/login.ts';
import { RequestError } from './answer.ts';

/** Both or nothing, as InfluxDB has it. */
export function parameterCredentials(parameters: URLSearchParams): Credentials | undefined {
  const [name, password] = [parameters.get('u'), parameters.get('p')];
  return name ? (password ? { name, password } : undefined) : undefined;
}

/**
 * `Basic <base64 of user:password>`, or `Token user:password` (1.8).
 * @throws RequestError 401 where there is a header that cannot be read
 */
export function headerCredentials(header: string | undefined): Credentials | undefined {
  if (header === undefined || header === '') return undefined;
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/s.exec(header) ?? [];
  const text = scheme.toLowerCase() === 'basic' ? Buffer.from(value.trim(), 'base64').toString('utf8') : value.trim();
  const isKnown = ['basic', 'token'].includes(scheme.toLowerCase());
  const colon = text.indexOf(':');
  if (!isKnown || colon === -1) throw new RequestError(401, NO_CREDENTIALS);
  if (colon === 0) throw new RequestError(401, 'username required');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

export const NO_CREDENTIALS = 'unable to parse authentication credentials';
