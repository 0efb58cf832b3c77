// A gate for tests: without files of access, or with those of a folder.

import type { ServiceUser } from '#domain/access/identity.ts';
import { Access } from '#runtime/access/access.ts';
import { makeToken } from '#runtime/access/token.ts';
import { MemoryAudit } from '#runtime/audit-log/memory-audit.ts';
import { silentLog } from '#runtime/log.ts';
import { Metrics } from '#runtime/metrics.ts';
import { openDoorkeeper } from './doorkeeper.ts';
import { Gate } from './gate.ts';
import type { Owners } from './owners.ts';

export const TEST_TOKEN_KEY = 'the key of the tests';

/** Lets in whoever comes without a login, with the rights of one. */
export function openTestGate(access = accessOf('/nowhere')): (owners: Owners) => Gate {
  const doorkeeper = openDoorkeeper({
    log: silentLog(),
    metrics: new Metrics('test'),
    audit: new MemoryAudit(),
    now: () => 0,
    wait: async () => {},
  });
  return (owners) => new Gate({ access, doorkeeper, ownerOf: (clientId) => owners.ownerOf(clientId) });
}

export function accessOf(folder: string): Access {
  return new Access({ folder, tokenKey: TEST_TOKEN_KEY, elapsedMs: () => 0 });
}

/** The login of a service of the pipeline, for CONNECT. */
export function asService(name: ServiceUser, key = TEST_TOKEN_KEY): { username: string; password: Buffer } {
  return { username: name, password: Buffer.from(makeToken(key, { kind: 'user', name, serial: 1 })) };
}
