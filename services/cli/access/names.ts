// Who bears a name already, and who was probably meant by one that nobody bears.

import { isDeviceUserName, isServiceUser, isUserName } from '#domain/access/identity.ts';
import { NAME_HINT } from '#domain/name.ts';
import type { AccessFiles, DeviceRow, UserRow } from '#runtime/access/access-files.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { refusal } from './access-command.ts';

/** @throws StartError where the name cannot be a new user's */
export function refuseTakenUser(name: string, { users, devices }: AccessFiles): void {
  if (!isUserName(name)) throw refusal(`'${name}' cannot name a user: ${NAME_HINT}`);
  if (isServiceUser(name))
    throw refusal(
      `'${name}' is the pipeline's own service and logs in by itself; choose another name, or see its token: penstock user token ${name}`,
    );
  if (users.has(name))
    throw refusal(
      `'${name}' is there already; a new password: penstock user passwd ${name}, a new token: penstock user token ${name} --new`,
    );
  if (devices.has(name)) throw refusal(`'${name}' is a device; choose another name`);
}

/** @throws StartError where the name cannot be a device's */
export function refuseTakenDevice(name: string, { users, devices }: AccessFiles): void {
  if (!isDeviceUserName(name))
    throw refusal(
      `'${name}' cannot name a device: site/area/device, group/edge-node of Sparkplug, or one plain name for a gateway; each ${NAME_HINT}`,
    );
  if (isServiceUser(name)) throw refusal(`'${name}' is the pipeline's own service; choose another name`);
  if (users.has(name)) throw refusal(`'${name}' is a user; choose another name`);
  if (devices.get(name)?.revoked === false)
    throw refusal(
      `'${name}' is there already; its config: penstock device config ${name}; for a new token: penstock device revoke ${name}, then add it again`,
    );
}

/** @throws StartError where nobody bears it */
export function userNamed(name: string, { users, devices }: AccessFiles): UserRow {
  const user = users.get(name);
  if (user !== undefined) return user;
  if (devices.has(name)) throw refusal(`'${name}' is a device: penstock device config ${name}`);
  throw refusal(`there is no user '${name}'${didYouMean(name, [...users.keys()]) || '; penstock user list shows all'}`);
}

/** @throws StartError where nobody bears it */
export function deviceNamed(name: string, { users, devices }: AccessFiles): DeviceRow {
  const device = devices.get(name);
  if (device !== undefined) return device;
  if (users.has(name)) throw refusal(`'${name}' is a user: penstock user list`);
  throw refusal(
    `there is no device '${name}'${didYouMean(name, [...devices.keys()]) || '; penstock device list shows all'}`,
  );
}
