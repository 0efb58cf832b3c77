import { z } from 'zod';
import { portSetting } from '#runtime/config.ts';
import { rulesFolder } from '#runtime/sections.ts';

export const rulesSection = z.strictObject({
  ...rulesFolder,
  metricsPort: portSetting.default(9103).describe('Port of /livez, /readyz and /metrics.'),
});
