// The gate of a broker that runs: on the files of access in the data folder, and with the audit journal.

import { setTimeout } from 'node:timers/promises';
import { openAccess } from '#runtime/access/open-access.ts';
import type { Audit } from '#runtime/audit-log/audit.ts';
import type { Sections } from '#runtime/config.ts';
import type { Service } from '#runtime/process.ts';
import { openDoorkeeper } from './doorkeeper.ts';
import { Gate } from './gate.ts';
import type { Owners } from './owners.ts';

export type OpenGateOptions = {
  readonly audit: Audit;
  /** Users, devices or rights have changed: whoever is connected is to be looked at again. */
  readonly onChange: () => void;
};

/** @throws StartError where the key of the tokens can be neither read nor made */
export function openGate<S extends Sections>(
  { config, log, metrics, problems, stack, now }: Service<S>,
  { audit, onChange }: OpenGateOptions,
): (owners: Owners) => Gate {
  const { data } = (config as Service<Record<never, never>>['config']).root;
  const takeChanges = (changes: readonly string[]) => {
    onChange();
    for (const outcome of changes)
      void audit.append({ what: 'access changed', who: { address: 'this machine' }, outcome });
  };
  const access = stack.use(openAccess({ dataDir: data, log, onChange: takeChanges }));
  problems.addOne('access-file', 'high', () => access.problem());
  const doorkeeper = openDoorkeeper({ log, metrics, audit, now, wait: setTimeout });
  return (owners) => new Gate({ access, doorkeeper, ownerOf: (clientId) => owners.ownerOf(clientId) });
}
