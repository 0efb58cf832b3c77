// There are no users yet, so what keeps strangers out is the loopback address. A web page that somebody opens on this
// machine is behind that line: it could send requests here in the browser's name. So requests of another site's pages are
// refused (Origin, Sec-Fetch-Site), and those for another host's name (a name made to point at this machine).

import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '#runtime/sections.ts';

/** Why a request is not answered; undefined where it is. */
export function browserProblem(headers: IncomingHttpHeaders): string | undefined {
  const host = headers.host ?? '';
  if (!isLoopback(hostName(host))) {
    return `this store answers on this machine only, as localhost or 127.0.0.1, not as '${host}'`;
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return "requests of another site's pages are refused";
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
    return `requests of pages of ${headers.origin} are refused`;
  }
  return undefined;
}

/** `localhost:8086` and `[::1]:8086` without their port. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
