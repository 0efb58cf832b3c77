// The rejected log as a service opens it: in its folder, with its health, its metrics, and a look for what is too old now
// and then.

import type { Bus } from '../bus.ts';
import type { Sections } from '../config.ts';
import type { Service } from '../process.ts';
import type { RejectedConfig } from '../sections.ts';
import { EXIT } from '../start-error.ts';
import { type RejectingService, rejectedFolder } from './layout.ts';
import { openRejectedLog, type RejectedLog } from './rejected-log.ts';

/** Rejections are kept for days. */
const DROP_OLD_MS = 60_000;

export type ServiceRejectedLogOptions = RejectedConfig & {
  /** Kept of one payload. */
  readonly payloadBytesMax: number;
  /** Where rejections are told. */
  readonly bus: Pick<Bus, 'publish'>;
};

/** @throws StartError where its folder holds something else, or was written by a newer release */
export async function openServiceRejectedLog<S extends Sections>(
  service: Service<S>,
  options: ServiceRejectedLogOptions,
): Promise<RejectedLog> {
  const { log, metrics, stack, health, now, config } = service;
  const name = service.name as RejectingService;
  const { data } = (config as Service<Record<never, never>>['config']).root;
  const { rejectedBytesMax, rejectedKeep, payloadBytesMax, bus } = options;
  const rejected = stack.use(
    await openRejectedLog(rejectedFolder(data, name), {
      service: name,
      bytesMax: rejectedBytesMax,
      keepMs: rejectedKeep,
      payloadBytesMax,
      publish: (topic, payload) => bus.publish(topic, payload),
      onDamage: (damage) => log.error(damage, 'rejections are damaged on disk'),
      onFatal: (error) => {
        log.fatal({ err: error }, 'the disk failed');
        process.exit(EXIT.software);
      },
    }),
  );
  health.add('rejected', () => rejected.problem());
  metrics.gauge(`${name}_rejected_bytes`, 'Rejections on disk.', () => rejected.bytes);
  metrics.total(`${name}_rejected_dropped_total`, 'Rejections dropped for room or age.', () => rejected.dropped);
  metrics.total(
    `${name}_rejected_untold_total`,
    'Rejections kept but not published, because too many came at once.',
    () => rejected.untold,
  );
  const timer = setInterval(() => void rejected.dropOld(now()), DROP_OLD_MS);
  stack.defer(() => clearInterval(timer));
  return rejected;
}
