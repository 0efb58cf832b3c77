// The audit journal as a service opens it: in its folder, with its health, its metrics, its alarm, and a look every second.

import type { Sections } from '../config.ts';
import type { Service } from '../process.ts';
import { EXIT } from '../start-error.ts';
import { type AuditLog, openAuditLog } from './audit-log.ts';
import { auditFolder } from './layout.ts';

const TICK_MS = 1_000;

/** @throws StartError where its folder holds something else, or was written by a newer release */
export async function openServiceAudit<S extends Sections>(service: Service<S>, bytesMax: number): Promise<AuditLog> {
  const { name, log, metrics, stack, health, problems, now, config } = service;
  const { data } = (config as Service<Record<never, never>>['config']).root;
  const audit = stack.use(
    await openAuditLog(auditFolder(data), {
      ...{ bytesMax, now },
      onDamage: (damage) => {
        // What is torn was being written when the power went: nothing that waited for it has happened.
        if (damage.kind === 'torn') log.warn(damage, 'an unfinished audit record was cut off');
        else log.error(damage, 'audit records are damaged on disk; penstock audit verify says which');
      },
      onFatal: (error) => {
        log.fatal({ err: error }, 'the audit journal cannot be written');
        process.exit(EXIT.software);
      },
    }),
  );
  health.add('audit', () => audit.problem());
  problems.add(() => audit.problems());
  metrics.gauge(`${name}_audit_bytes`, 'Audit journal on disk.', () => audit.bytes);
  metrics.total(`${name}_audit_records_total`, 'Number of the newest audit record.', () => audit.head.n);
  const timer = setInterval(() => audit.tick(), TICK_MS);
  stack.defer(() => clearInterval(timer));
  return audit;
}
