// Whether the console may be reached from other machines: only where somebody can log in, and where nobody between can read it.

import type { Access } from '#runtime/access/access.ts';
import { environmentName } from '#runtime/config.ts';
import { isLoopback } from '#runtime/sections.ts';
import { StartError } from '#runtime/start-error.ts';

const name = (key: string) => environmentName('console', key);

export type Listening = {
  readonly host: string;
  readonly hasTls: boolean;
  readonly trustedProxies: readonly string[];
  readonly access: Pick<Access, 'hasPeople' | 'problem'>;
};

/** @throws StartError with the setting that makes it possible */
export function refuseOpenConsole({ host, hasTls, trustedProxies, access }: Listening): void {
  if (isLoopback(host)) return;
  const refused = (why: string) => new StartError(`will not listen on ${host}: ${why}`);
  if (!hasTls && trustedProxies.length === 0)
    throw refused(
      `the page would speak plain HTTP there, and passwords with it. Set ${name('tlsCertFile')} and ${name('tlsKeyFile')}, or ${name('trustedProxies')} where a proxy speaks TLS before it; or set ${name('host')} to 127.0.0.1`,
    );
  if (access.hasPeople) return;
  const problem = access.problem();
  throw refused(
    problem === undefined
      ? 'nobody could log in; make the first user: penstock user add <name> --role engineer'
      : `the files of users have a mistake: ${problem}`,
  );
}
