// Settings of the console: where it listens and by what, and the bounds of what it keeps in memory.

import { z } from 'zod';
import { durationSetting, portSetting } from '#runtime/config.ts';

export const consoleSection = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address the console listens on; beyond loopback over TLS, or behind a proxy that speaks it.'),
  port: portSetting.default(8080).describe('Port of the page and its HTTP API.'),
  tlsCertFile: z.string().min(1).optional().describe('Certificate of the console (PEM); the page is then https.'),
  tlsKeyFile: z.string().min(1).optional().describe('Its private key (PEM).'),
  trustedProxies: z
    .array(
      z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
        error: 'must be addresses, or networks such as 10.0.0.0/8',
      }),
    )
    .default([])
    .describe('Proxies before the console: who came to them, and by TLS or not, is taken from their word alone.'),
  session: durationSetting.prefault('12h').describe('How long a login lasts: one shift.'),
  loginsPerMinute: z
    .int()
    .min(1)
    .default(10)
    .describe('Login attempts of one address in a minute, good ones included.'),
  requestsPerMinute: z.int().min(1).default(1_200).describe('Requests of one address in a minute.'),
  refresh: durationSetting.prefault('500ms').describe('How often changed values are sent to open pages.'),
  seriesMax: z
    .int()
    .min(1)
    .default(20_000)
    .describe('Series whose latest value is kept; further ones are counted only.'),
  alarmsMax: z.int().min(1).default(20_000).describe('Alarms that are kept; normal ones make room first.'),
  rulesMaySave: z
    .boolean()
    .optional()
    .describe('Whether engineers may save rules from the page; default: where the rules folder can be written to.'),
  metricsPort: portSetting.default(9106).describe('Port of /livez, /readyz and /metrics of the console.'),
});

export type ConsoleConfig = z.infer<typeof consoleSection>;
