// Who may come to the console, and by what: people and their sessions, the certificate, and whether it may listen at all.

import type { Access } from '#runtime/access/access.ts';
import { openAccess } from '#runtime/access/open-access.ts';
import type { Service } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import type { consoleSection } from './config.ts';
import { refuseOpenConsole } from './http/may-listen.ts';
import { Sessions } from './http/session.ts';
import { readTls, type Tls, type TlsFiles, tlsFiles } from './http/tls.ts';

export type People = {
  readonly access: Access;
  readonly sessions: Sessions;
  readonly certificate: TlsFiles | undefined;
  readonly tls: Tls | undefined;
};

/**
 * @param onChange people, roles or passwords are others now
 * @throws StartError where the console would be open to whom it must not be
 */
export function openPeople(service: Service<{ console: typeof consoleSection }>, onChange: () => void): People {
  const { config, log, stack, now } = service;
  const { data } = config.root;
  const { host, trustedProxies, session: lifeMs } = config.console;
  const certificate = tlsFiles(config.console);
  const access = stack.use(openAccess({ dataDir: data, log, onChange }));
  refuseOpenConsole({ host, hasTls: certificate !== undefined, trustedProxies, access });
  if (!access.hasPeople && access.problem() === undefined)
    log.warn('nobody can log in yet; make the first user: penstock user add <name> --role engineer');
  const { value: key } = readOrCreateSecret(data, 'session-key');
  return {
    access,
    sessions: new Sessions({ access, key, lifeMs, now }),
    certificate,
    tls: certificate === undefined ? undefined : readTls(certificate),
  };
}
