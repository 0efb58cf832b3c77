// Which pages may connect by WebSocket. A browser lets every page on the internet connect to the plant's broker from inside
// the plant's network, and says only from where the page came [RFC 6454]. Programs that are no browser say nothing.

import { isIP } from 'node:net';

/**
 * Whether a page of that origin may connect to the host that the request names. `allowed` are origins as browsers write
 * them, or `*`. A page of the same host may always, where that host is an address or localhost: of a name anybody may say
 * that it is this machine (DNS rebinding).
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*')) return true;
  const page = parse(origin);
  if (page === undefined) return false; // `null` among others: a page in a sandbox, a file
  if (allowed.some((each) => parse(each)?.origin === page.origin)) return true;
  const own = parse(`http://${host ?? ''}`)?.hostname;
  return own === page.hostname && (own === 'localhost' || isIP(own.replace(/^\[|\]$/g, '')) !== 0);
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
