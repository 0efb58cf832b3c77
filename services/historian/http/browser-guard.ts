// Where nobody is asked for a login, what keeps strangers out is the loopback address. A web page that somebody opens on this
// machine is behind that line: it could send requests here in the browser's name. So requests of another site's pages are
// refused (Origin, Sec-Fetch-Site), and those for another host's name (a name made to point at this machine). Where logins are
// asked for, this store may bear any name, and another site's page may come with a login of its own; one that the browser keeps
// and adds by itself (Basic) is none of the page's.

import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '#runtime/sections.ts';
import { parameterCredentials } from './credentials.ts';

export type Visitor = {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  /** Whether nobody comes in without a login. */
  readonly needsLogin: boolean;
};

/** Why a request is not answered; undefined where it is. */
export function browserProblem({ headers, url, needsLogin }: Visitor): string | undefined {
  const host = headers.host ?? '';
  if (needsLogin) {
    if (hasLoginOfItsOwn(headers, url)) return undefined;
  } else if (!isLoopback(hostName(host))) {
    return `this store answers on this machine only, as localhost or 127.0.0.1, not as '${host}'`;
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return "requests of another site's pages are refused";
  if (headers.origin !== undefined && !isSame(headers.origin, host, needsLogin)) {
    return `requests of pages of ${headers.origin} are refused`;
  }
  return undefined;
}

function hasLoginOfItsOwn(headers: IncomingHttpHeaders, url: string): boolean {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  return parameterCredentials(query) !== undefined || /^token\s/i.test(headers.authorization ?? '');
}

/** In front of a store that others reach there may be a proxy that speaks TLS. */
function isSame(origin: string, host: string, mayBeTls: boolean): boolean {
  return origin === `http://${host}` || (mayBeTls && origin === `https://${host}`);
}

/** `localhost:8086` and `[::1]:8086` without their port. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
