// What a certificate may be made out to. Pure.

import { isIP } from 'node:net';
import { isName, NAME_HINT } from '#domain/name.ts';

/** X.509's own limit for a common name [RFC 5280, appendix A]. */
const COMMON_NAME_MAX = 64;

/** What is wrong with the name of a client: a name, site/area/device, or group/edge-node; undefined where nothing is. */
export function clientNameProblem(name: string): string | undefined {
  const levels = name.split('/');
  if (levels.length > 3)
    return `a certificate is made out to a name, to site/area/device, or to group/edge-node of Sparkplug, and not to '${name}'`;
  const bad = levels.find((level) => !isName(level));
  if (bad !== undefined) return `'${bad}' cannot be a name: ${NAME_HINT}`;
  if (name.length > COMMON_NAME_MAX)
    return `the name of a certificate has at most ${COMMON_NAME_MAX} characters, and '${name}' has ${name.length}`;
  return undefined;
}

const HOST = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** What is wrong with names and addresses of a broker, a sentence each. */
export function hostProblems(hosts: readonly string[]): string[] {
  return hosts
    .filter((host) => isIP(host) === 0 && (host.length > 253 || !HOST.test(host)))
    .map((host) => `--host must be a host's name or an IP address, and not '${host}'`);
}

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '::1'] as const;

/** Those, and always this machine itself; each once. */
export function withLocalHosts(hosts: readonly string[]): [string, ...string[]] {
  const others = hosts.filter((host) => !(LOCAL_HOSTS as readonly string[]).includes(host));
  const [first = 'localhost', ...rest] = [...new Set([...others, ...LOCAL_HOSTS])];
  return [first, ...rest];
}
