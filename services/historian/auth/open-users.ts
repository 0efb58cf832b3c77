// The users and the gate, as the configuration wants them.

import path from 'node:path';
import type { Access } from '#runtime/access/access.ts';
import { environmentName } from '#runtime/config.ts';
import type { Log } from '#runtime/log.ts';
import { refuseOpenListener } from '#runtime/process.ts';
import { StartError } from '#runtime/start-error.ts';
import type { HistorianConfig } from '../config.ts';
import { type Gate, guardedGate, OPEN_GATE } from '../http/gate.ts';
import { Login } from './login.ts';
import { pipelineLogins } from './pipeline-logins.ts';
import { USER_FILE } from './user-file.ts';
import { UserStore } from './user-store.ts';

const name = (key: string) => environmentName('historian', key);

type Outside = {
  readonly folder: string;
  readonly now: () => number;
  readonly log: Log;
  /** People and services of the pipeline; asked for where logins are. */
  readonly openAccess: () => Access;
  /** The one that the pipeline's writer writes to. */
  readonly database: string;
};

/** @throws StartError where the settings, or the file of users, let in nobody or everybody */
export async function openUsers(
  config: Pick<HistorianConfig, 'host' | 'auth' | 'adminUser' | 'adminPassword'>,
  { folder, now, log, openAccess, database }: Outside,
): Promise<{ readonly users: UserStore; readonly gate: Gate }> {
  const { host, auth, adminUser, adminPassword } = config;
  if (!auth) refuseOpenListener(host, name('host'), `it asks nobody for a login (${name('auth')} is off)`);
  if ((adminUser === undefined) !== (adminPassword === undefined)) {
    const missing = adminUser === undefined ? 'adminUser' : 'adminPassword';
    throw new StartError(`${name(missing)} is missing: an admin has a name and a password`);
  }
  const users = new UserStore(path.join(folder, USER_FILE));
  if (adminUser !== undefined && adminPassword !== undefined) {
    const problem = await users.ensureAdmin(adminUser, adminPassword);
    if (problem !== undefined) throw new StartError(`${name('adminUser')}: ${problem}`);
  }
  if (!auth) return { users, gate: OPEN_GATE };
  const access = openAccess();
  // Where the pipeline has people, an admin among them is made by its owner (`penstock user add`), and by no stranger on this
  // machine; files that cannot be read are no sign that there are none.
  const hasOwner = () => users.hasAdmin() || access.hasPeople || access.problem() !== undefined;
  if (!hasOwner()) {
    log.warn(
      "there is no admin yet: `penstock user add <name> --role admin`, or CREATE USER … WITH PASSWORD '…' WITH ALL PRIVILEGES on this machine",
    );
  }
  const own = new Login((user) => users.find(user), now);
  const isOwn = (user: string) => users.find(user) !== undefined;
  return { users, gate: guardedGate(pipelineLogins({ own, isOwn, access, database }), hasOwner) };
}
