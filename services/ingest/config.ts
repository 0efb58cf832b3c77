import { z } from 'zod';
import { isName, NAME_HINT } from '#domain/name.ts';
import { rootOf } from '#domain/topic.ts';
import { durationSetting, portSetting } from '#runtime/config.ts';
import { nameText } from '#runtime/name-schema.ts';
import { rejectedSettings } from '#runtime/sections.ts';

export const ingestSection = z.strictObject({
  metricsPort: portSetting.default(9102).describe('Port of /livez, /readyz and /metrics.'),
  payloadBytesMax: z.int().min(64).default(262_144).describe('A larger payload is rejected.'),
  batchBytesMax: z
    .int()
    .min(1_024)
    .default(131_072)
    .describe(
      'A batch is closed at this size, however busy ingest is; the broker must take packets of it (packetBytesMax).',
    ),
  batchesInFlight: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('Batches the broker may owe an acknowledgement for; while all are out, the next ones grow.'),
  share: nameText
    .optional()
    .describe(
      'Group whose members share out the messages: several ingest run at one broker (MQTT 5). Each has a `replica`.',
    ),
  replica: nameText.optional().describe('Name of this one of several ingest; no two have the same.'),
  devicesMax: z
    .int()
    .min(1)
    .default(50_000)
    .describe('Devices that no file names; one more is refused, until one has been silent for a week.'),
  metricsMax: z
    .int()
    .min(1)
    .default(1_000_000)
    .describe('Metrics of all devices together; one more that no model names is refused.'),
  sparkplugHost: nameText
    .optional()
    .describe(
      'What this host is called by Sparkplug edge nodes that wait for it (spBv1.0/STATE); default: penstock; off: it says nothing of itself. Of several that share, the one that has it reads Sparkplug.',
    ),
  sparkplugReorder: durationSetting
    .prefault('2s')
    .describe(
      'How long a message of an edge node waits for one that is missing before it, until a rebirth is asked for.',
    ),
  homeAssistant: z
    .string()
    .refine((text) => isName(text) && rootOf(text) === undefined, {
      error: `must be off, or the prefix that Home Assistant listens below: ${NAME_HINT}, and no tree of ours`,
    })
    .default('off')
    .describe(
      'Discovery prefix of Home Assistant, usually homeassistant: devices and their newest values then appear there by themselves.',
    ),
  gapKeep: durationSetting.prefault('7d').describe('How long a gap in the records of a device is reported.'),
  ...rejectedSettings,
});
