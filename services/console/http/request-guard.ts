// Whether a request that changes something comes from our own page. A cookie alone does not say so: a browser sends it along
// with what another page asks for. Our page says a header that no form can, and that a script of another origin may not.

import type { FastifyRequest } from 'fastify';
import { PAGE_HEADER } from '../api/http.ts';
import { ProblemError } from './problem.ts';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

type Asked = Pick<FastifyRequest, 'method' | 'headers' | 'host'>;

/** @throws ProblemError 403 */
export function refuseForeign({ method, headers, host }: Asked): void {
  if (SAFE_METHODS.includes(method)) return;
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && !isOwn(origin, host)) throw foreign(`the page at ${origin.slice(0, 100)}`);
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign('a page of another origin');
  if (headers[PAGE_HEADER] === undefined)
    throw new ProblemError(403, `A program that changes something says so: header ${PAGE_HEADER}: 1.`);
}

/** By host alone: a proxy that speaks TLS may not have told us so. */
function isOwn(origin: string, host: string): boolean {
  try {
    const { protocol, host: theirs } = new URL(origin);
    return new URL(`${protocol}//${host}`).host === theirs;
  } catch {
    return false; // `null`, of a page that has no origin, or none at all
  }
}

function foreign(who: string): ProblemError {
  return new ProblemError(403, `Refused: ${who} may not do anything here.`);
}
