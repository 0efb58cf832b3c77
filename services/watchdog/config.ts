// Settings of the watchdog.

import { z } from 'zod';
import { durationSetting, portSetting } from '#runtime/config.ts';

/** Answers of the rules service prove nothing after three beats at this rate (domain/heartbeat.ts). */
const INTERVAL_MS_MAX = 10_000;
/** Below this a busy machine misses beats that a working pipeline answers. */
const INTERVAL_MS_MIN = 100;

export const watchdogSection = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether `start` runs the watchdog; off where another machine runs it.'),
  interval: durationSetting
    .refine((ms) => ms >= INTERVAL_MS_MIN && ms <= INTERVAL_MS_MAX, 'must be from 100ms to 10s')
    .prefault('10s')
    .describe('How often a beat is sent through the pipeline; while beats are missed, three times as often.'),
  url: z
    .url({ protocol: /^https?$/ })
    .meta({ secret: true }) // often the path alone lets one in
    .optional()
    .describe('Told by an HTTP POST when the pipeline stops answering and when it answers again.'),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe('Whether the url may lie on a private network, and may be plain http.'),
  metricsPort: portSetting.default(9107).describe('Port of /livez, /readyz and /metrics.'),
});
