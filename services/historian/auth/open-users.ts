// The users and the gate, as the configuration wants them.

import path from 'node:path';
import { environmentName } from '#runtime/config.ts';
import type { Log } from '#runtime/log.ts';
import { refuseOpenListener } from '#runtime/process.ts';
import { StartError } from '#runtime/start-error.ts';
import type { HistorianConfig } from '../config.ts';
import { type Gate, guardedGate, OPEN_GATE } from '../http/gate.ts';
import { Login } from './login.ts';
import { USER_FILE } from './user-file.ts';
import { UserStore } from './user-store.ts';

const name = (key: string) => environmentName('historian', key);

type Outside = { readonly folder: string; readonly now: () => number; readonly log: Log };

/** @throws StartError where the settings, or the file of users, let in nobody or everybody */
export async function openUsers(
  config: Pick<HistorianConfig, 'host' | 'auth' | 'adminUser' | 'adminPassword'>,
  { folder, now, log }: Outside,
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
  if (!users.hasAdmin()) {
    log.warn("there is no admin yet: run CREATE USER … WITH PASSWORD '…' WITH ALL PRIVILEGES on this machine");
  }
  return { users, gate: guardedGate(new Login((user) => users.find(user), now), () => users.hasAdmin()) };
}
