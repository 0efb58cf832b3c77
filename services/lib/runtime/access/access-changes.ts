// What a change of the files of access means, in words, for the audit journal: names and what became of them, and no secret.

import type { AccessFiles, DeviceRow, UserRow } from './access-files.ts';

export function describeChanges(before: AccessFiles, after: AccessFiles): string[] {
  return [
    ...rows('user', before.users, after.users),
    ...rows('device', before.devices, after.devices),
    ...(JSON.stringify(aclOf(before)) === JSON.stringify(aclOf(after)) ? [] : ['acl.conf changed']),
  ];
}

function rows<R extends UserRow | DeviceRow>(
  kind: string,
  before: ReadonlyMap<string, R>,
  after: ReadonlyMap<string, R>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === undefined)
      return [`${kind} ${name} added${now !== undefined && 'role' in now ? ` as ${now.role}` : ''}`];
    if (now === undefined) return [`${kind} ${name} removed`];
    if ('revoked' in old && 'revoked' in now && !old.revoked && now.revoked) return [`${kind} ${name} revoked`];
    const fields = Object.keys({ ...old, ...now }).filter((field) => fieldOf(old, field) !== fieldOf(now, field));
    return fields.length === 0 ? [] : [`${kind} ${name}: ${fields.join(', ')} changed`];
  });
}

function fieldOf(row: object, field: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[field];
}

function aclOf({ acl }: AccessFiles): unknown {
  return [[...acl.byUser], acl.patterns];
}
