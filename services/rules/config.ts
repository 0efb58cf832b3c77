import { z } from 'zod';
import { durationSetting, portSetting } from '#runtime/config.ts';
import { replicaSettings } from '#runtime/replica.ts';
import { operationRights, rulesFolder } from '#runtime/sections.ts';

/** Past it, what is shown would be of another time. */
const HOLD_MS_MAX = 60_000;

export const rulesSection = z.strictObject({
  ...rulesFolder,
  ...replicaSettings,
  watch: z
    .enum(['events', 'polling', 'off'])
    .default('events')
    .describe(
      'How changes in the rules folder are noticed: polling for network and container mounts; off: at start only.',
    ),
  ...operationRights,
  budgetMs: z
    .number()
    .positive()
    .default(5)
    .describe('CPU time. A rule of which five evaluations in a row take longer is stopped, and an alarm says so.'),
  unknownSeriesMax: z
    .int()
    .min(1)
    .default(50_000)
    .describe('Series of devices that no registry knows; what is new past it is not judged, and an alarm says so.'),
  hold: durationSetting
    .refine((ms) => ms <= HOLD_MS_MAX, { error: 'must be at most 1m' })
    .prefault('0s')
    .describe(
      'Samples wait so long for others that are late on their way, and alarms come later by as much; 0s: never.',
    ),
  metricsPort: portSetting.default(9103).describe('Port of /livez, /readyz and /metrics.'),
});
