import { z } from 'zod';
import { portSetting } from '#runtime/config.ts';
import { operationRights, rulesFolder } from '#runtime/sections.ts';

export const rulesSection = z.strictObject({
  ...rulesFolder,
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
    .describe('A rule whose evaluation takes longer three times within a minute is stopped, and an alarm says so.'),
  metricsPort: portSetting.default(9103).describe('Port of /livez, /readyz and /metrics.'),
});
