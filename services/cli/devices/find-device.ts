// One device by its name, with everything that is known, for the commands on one.

import { isDeviceUserName } from '#domain/access/identity.ts';
import { NAME_HINT } from '#domain/name.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { refusal } from '../access/access-command.ts';
import type { Cli } from '../cli.ts';
import type { AllSettings } from '../settings.ts';
import type { JoinedDevice } from './joined-device.ts';
import { joinDevices } from './joined-device.ts';
import { readRegistry } from './read-registry.ts';

export type FoundDevice = { readonly device: JoinedDevice /** All names. */; readonly known: readonly string[] };

/**
 * The device need not be known at all; then both its parts are null.
 * @throws StartError where the name cannot be one, or no broker answers
 */
export async function findDevice(name: string, settings: AllSettings, cli: Cli): Promise<FoundDevice> {
  if (!isDeviceUserName(name))
    throw refusal(`'${name}' cannot be a device: site/area/device, or the plain name of a gateway; each ${NAME_HINT}`);
  const logins = readAccess(settings.root.data).devices;
  const registry = await readRegistry(settings, cli);
  if (typeof registry === 'string') throw new StartError(registry, EXIT.unavailable);
  const all = joinDevices(logins, registry);
  const device = all.find((each) => each.name === name) ?? { name, login: null, view: null };
  return { device, known: all.map((each) => each.name) };
}
