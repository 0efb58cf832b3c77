// Who may log in, in the folder `<data>/access`, for their owner alone: people and programs in `users.json`, devices in
// `devices.json`, and in `acl.conf`, where there is one, rights beside the default policy, in Mosquitto's form. They are read
// whole, and every mistake is told at once.

import path from 'node:path';
import { z } from 'zod';
import { type Acl, NO_ACL, parseAcl } from '#domain/access/acl.ts';
import { isDeviceUserName, isServiceUser, isUserName, SERVICE_USERS } from '#domain/access/identity.ts';
import { ROLES } from '#domain/alarm.ts';
import { type FileProblem, parseJsonFile } from '../json-file.ts';
import { StartError } from '../start-error.ts';
import { isPasswordHash } from './password-hash.ts';
import { readPrivateFile } from './private-file.ts';

export const USERS_FILE = 'users.json';
export const DEVICES_FILE = 'devices.json';
export const ACL_FILE = 'acl.conf';

/** Counts the tokens that the bearer has had: a new one ends the one before. */
const serial = z.int().min(1).default(1);

const person = z.strictObject({
  role: z.enum(ROLES),
  password: z
    .string()
    .refine(isPasswordHash, { error: 'is no hash of a password; set one with `penstock user passwd`' })
    .optional(),
  serial,
});

const service = z.strictObject({
  role: z.literal('service'),
  as: z.enum(SERVICE_USERS).optional(),
  serial,
});

const userName = z.string().refine(isUserName, { error: 'is no name for a user' });
const deviceName = z
  .string()
  .refine(isDeviceUserName, { error: 'is no device: site/area/device, group/edge-node of Sparkplug, or a plain name' });

export const usersSchema = z.strictObject({
  users: z.record(userName, z.discriminatedUnion('role', [person, service])),
  /** The last serial of those who were removed: who comes back under the name does not take the old tokens over. */
  removed: z.record(userName, z.int().min(1)).default({}),
});

export const devicesSchema = z.strictObject({
  devices: z.record(deviceName, z.strictObject({ serial, revoked: z.boolean().default(false) })),
});

export type UserRow = z.infer<typeof usersSchema>['users'][string];
export type DeviceRow = z.infer<typeof devicesSchema>['devices'][string];

export type AccessFiles = {
  readonly users: ReadonlyMap<string, UserRow>;
  readonly removedUsers: ReadonlyMap<string, number>;
  readonly devices: ReadonlyMap<string, DeviceRow>;
  readonly acl: Acl;
};

export const NO_ACCESS_FILES: AccessFiles = {
  users: new Map(),
  removedUsers: new Map(),
  devices: new Map(),
  acl: NO_ACL,
};

export function accessFolder(dataDir: string): string {
  return path.join(dataDir, 'access');
}

/** A file that is not there has nobody in it. */
export function readAccessFiles(folder: string): AccessFiles | FileProblem[] {
  const users = readUsers(folder);
  const devices = readOne(path.join(folder, DEVICES_FILE), devicesSchema, { devices: {} });
  const acl = readAcl(path.join(folder, ACL_FILE));
  const problems = [users, devices, acl].flatMap((each) => (Array.isArray(each) ? each : []));
  if (Array.isArray(users) || Array.isArray(devices) || Array.isArray(acl)) return problems;
  const taken = takenNames(path.join(folder, USERS_FILE), users.users, devices.devices);
  if (taken.length > 0) return taken;
  return {
    users: new Map(Object.entries(users.users)),
    removedUsers: new Map(Object.entries(users.removed)),
    devices: new Map(Object.entries(devices.devices)),
    acl,
  };
}

/** Counts the tokens of a user; 1 where no row says otherwise, or none can be read. */
export function serialOfUser(folder: string, name: string): number {
  const users = readUsers(folder);
  return Array.isArray(users) ? 1 : (new Map(Object.entries(users.users)).get(name)?.serial ?? 1);
}

function readUsers(folder: string): z.infer<typeof usersSchema> | FileProblem[] {
  return readOne(path.join(folder, USERS_FILE), usersSchema, { users: {}, removed: {} });
}

function readOne<T>(file: string, schema: z.ZodType<T>, none: T): T | FileProblem[] {
  const text = readText(file);
  if (text === undefined) return none;
  if (typeof text !== 'string') return [text];
  const parsed = parseJsonFile(file, text, schema);
  return Array.isArray(parsed) ? parsed : parsed.value;
}

function readAcl(file: string): Acl | FileProblem[] {
  const text = readText(file);
  if (text === undefined) return NO_ACL;
  if (typeof text !== 'string') return [text];
  const parsed = parseAcl(text);
  return Array.isArray(parsed) ? parsed.map((problem) => ({ file, ...problem })) : parsed;
}

function readText(file: string): string | undefined | FileProblem {
  try {
    return readPrivateFile(file);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { file, line: 1, column: 1, message: error.message };
  }
}

/** The pipeline's own services are not people, and a name is one bearer's. */
function takenNames(
  file: string,
  users: Readonly<Record<string, UserRow>>,
  devices: Readonly<Record<string, DeviceRow>>,
): FileProblem[] {
  return Object.entries(users).flatMap(([name, { role }]) => {
    const taken = isServiceUser(name) && role !== 'service' ? "the pipeline's own service" : undefined;
    const bearer = Object.hasOwn(devices, name) ? `a device of ${DEVICES_FILE}` : taken;
    if (bearer === undefined) return [];
    return [{ file, line: 1, column: 1, message: `'${name}' is ${bearer}; choose another name` }];
  });
}
