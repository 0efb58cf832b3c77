// What a client of the embedded broker may cost the others. The services of the pipeline are bound by none of these: their
// work is the plant's.

import { z } from 'zod';
import { durationSetting } from './config.ts';

const MIB = 1024 * 1024;

export const brokerLimits = {
  connectionsPerSecondMax: z
    .int()
    .min(0)
    .default(500)
    .describe('New connections a second that are let begin; the others wait their turn. 0: any.'),
  messagesPerSecondMax: z
    .int()
    .min(0)
    .default(2_000)
    .describe('Messages a second that are read from one client; what it sends beyond waits in its own socket. 0: any.'),
  bytesPerSecondMax: z
    .int()
    .min(0)
    .default(4 * MIB)
    .describe('Bytes a second that are read from one client. 0: any.'),
  topicBytesMax: z.int().min(16).max(65_535).default(256).describe('Longest topic or filter, in bytes of UTF-8.'),
  topicLevelsMax: z.int().min(1).max(100).default(16).describe('Most levels of a topic or filter.'),
  subscriptionsPerClientMax: z.int().min(1).default(50).describe('Filters that one client may have subscribed to.'),
  filtersPerPacketMax: z
    .int()
    .min(1)
    .default(200)
    .describe('Filters in one SUBSCRIBE or UNSUBSCRIBE; more end the connection.'),
  retainedPerUserMax: z
    .int()
    .min(0)
    .default(10_000)
    .describe('Topics under which one user, or one client without a login, may keep a retained message.'),
  retainedBytesPerUserMax: z
    .int()
    .min(0)
    .default(16 * MIB)
    .describe('Bytes of those messages.'),
  sessionsMax: z.int().min(1).default(100_000).describe('Sessions that are kept for clients that are away, in all.'),
  sessionsPerUserMax: z
    .int()
    .min(1)
    .default(1_000)
    .describe("Of these, of one user; those without a login are nobody's."),
  sessionExpiry: durationSetting
    .prefault('7d')
    .describe('How long a session is kept for a client that does not come back; 0s: for ever.'),
};

export const brokerSys = {
  sysInterval: durationSetting
    .prefault('10s')
    .describe('How often the embedded broker publishes its counts under $SYS/broker; 0s: never.'),
};
