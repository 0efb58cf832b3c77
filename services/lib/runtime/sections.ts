// The settings that more than one service reads: where data lives, where the broker and the store are.

import { z } from 'zod';
import { brokerLimits, brokerSys } from './broker-limits.ts';
import { brokerListening } from './broker-listening.ts';
import { durationSetting, portSetting, secretSetting } from './config.ts';

export const rootSection = z.strictObject({
  data: z.string().min(1).default('data').describe('Folder for everything that is kept: secrets, state, history.'),
  demo: z.boolean().default(true).describe('Whether `start` also runs the simulated plant.'),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('How much services write to their log.'),
  numbersInterval: durationSetting
    .prefault('30s')
    .describe('How often each service tells its own numbers, as points of a device in penstock/pipeline; 0s: never.'),
  diskAlarmPercent: z
    .int()
    .min(1)
    .max(99)
    .default(85)
    .describe('How full a disk that a service writes to may be before it is a problem and an alarm.'),
});

/** For the way to an external broker by `mqtts://`; its certificate is always checked. */
const brokerTlsSettings = {
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe("File (PEM) with the certificates of who signed the broker's; else those that Node knows."),
  certFile: z.string().min(1).optional().describe('File (PEM) with the certificate that services show the broker.'),
  keyFile: z.string().min(1).optional().describe('File (PEM) with its key.'),
  serverName: z
    .string()
    .min(1)
    .optional()
    .describe("Name that the broker's certificate bears, where it is not the host in the URL."),
};

export const brokerSection = z.strictObject({
  url: z
    .url({ protocol: /^mqtts?$/ })
    .optional()
    .describe('An external broker; the embedded one is then not started.'),
  ...brokerListening,
  username: z.string().min(1).optional().describe('User the services log in with.'),
  password: secretSetting().optional().describe('Password the services log in with.'),
  tokens: z
    .boolean()
    .default(false)
    .describe(
      'Whether the services log in at an external broker with their own tokens, as `penstock broker export` wrote them.',
    ),
  ...brokerTlsSettings,
  connectionsMax: z.int().min(1).default(20_000).describe('Connections the embedded broker holds at once.'),
  connectionsPerAddressMax: z
    .int()
    .min(1)
    .default(10_000)
    .describe('Of these, from one address: fewer where devices come from far, many where all run on this machine.'),
  connectBytesMax: z
    .int()
    .min(128)
    .default(4_096)
    .describe('Longest packet before a client is let in: its CONNECT with name, password and last will.'),
  packetBytesMax: z
    .int()
    .min(1_024)
    .default(262_144)
    .describe('Longest packet after that; a longer one ends the connection.'),
  ...brokerLimits,
  queueMessagesMax: z
    .int()
    .min(1)
    .default(100_000)
    .describe('Messages kept for one client that is away or slow; then its oldest are dropped.'),
  queueBytesMax: z.int().min(1_024).default(67_108_864).describe('Bytes kept for one such client.'),
  queueAgeMax: durationSetting.prefault('1d').describe('How long a message is kept for one such client.'),
  serviceQueueMessagesMax: z
    .int()
    .min(1)
    .default(1_000_000)
    .describe("Messages kept for one of Penstock's own services; then publishers wait, and nothing is dropped."),
  serviceQueueBytesMax: z.int().min(1_024).default(2_147_483_648).describe('Bytes kept for one such service.'),
  payloadMemoryBytesMax: z
    .int()
    .min(0)
    .default(268_435_456)
    .describe('Payloads the embedded broker keeps in memory; what is beyond is read back from disk.'),
  auditBytesMax: z
    .int()
    .min(1_048_576)
    .default(268_435_456)
    .describe('Audit journal of the embedded broker on disk; past it the oldest records go.'),
  ...brokerSys,
  metricsPort: portSetting.default(9101).describe('Port of /livez, /readyz and /metrics of the embedded broker.'),
});

export const storeSection = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !holdsLogin(url), 'holds a login; set PENSTOCK_STORE_USERNAME and PENSTOCK_STORE_PASSWORD instead')
    .optional()
    .describe('An InfluxDB; the embedded historian is then not started.'),
  database: z.string().min(1).default('plant').describe('Database; buckets are `<database>/raw` and so on.'),
  username: z
    .string()
    .min(1)
    .optional()
    .describe('User (InfluxDB 1.x); any name together with a token as password on 2.x and 3.x.'),
  password: secretSetting().optional().describe('Password (1.x) or API token (2.x, 3.x).'),
});

export const historianListen = {
  host: z.string().min(1).default('127.0.0.1').describe('Address the historian listens on.'),
  port: portSetting.default(8086).describe("Port of the historian's InfluxDB API."),
  auth: z
    .boolean()
    .default(false)
    .describe(
      'Whether every request needs a login: of a user of the historian, or of people and services in <data>/access; without it, only this machine is listened to.',
    ),
};

/** Where the historian listens, for those that only call it; the rest of its section is its own. */
export const historianAddress = z.looseObject(historianListen);

export const rulesFolder = {
  dir: z.string().min(1).default('rules').describe('Folder of rules, device models, devices and sources.'),
};

/** Where the rules' folder is, for those that read models and devices there; the rest of the section is the rules'. */
export const rulesFolderSetting = z.looseObject(rulesFolder);

export const operationRights = {
  unsignedRole: z
    .enum(['none', 'viewer', 'operator', 'engineer', 'admin'])
    .default('operator')
    .describe(
      'What an operation on an alarm, or an order to a device, may do that was published without the signature of the console.',
    ),
};

/** The same for the watchdog, which takes the operations on its own alarm; the rest of the section is the rules'. */
export const operationRightsSetting = z.looseObject(operationRights);

/** How much a service keeps of what could not be taken; the same in each that keeps any. */
export const rejectedSettings = {
  rejectedBytesMax: z
    .int()
    .min(1_048_576)
    .default(256 * 1_048_576)
    .describe('Rejections kept on disk; past it the oldest go.'),
  rejectedKeep: durationSetting.prefault('30d').describe('How long a rejection is kept.'),
};

/** Nothing that asks the store takes a login from its address, and addresses are printed. */
function holdsLogin(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.username !== '' || parsed.password !== '');
}

export type RejectedConfig = { readonly rejectedBytesMax: number; readonly rejectedKeep: number };
export type BrokerConfig = z.infer<typeof brokerSection>;
export type StoreConfig = z.infer<typeof storeSection>;

/** Where services reach the broker: the external one, or the embedded one where it listens. */
export function brokerUrl(broker: BrokerConfig): string {
  return broker.url ?? `mqtt://${loopbackOf(broker.host)}:${broker.port}`;
}

/** Where services reach the store: the external one, or the historian where it listens. */
export function storeUrl(store: StoreConfig, historian: { readonly host: string; readonly port: number }): string {
  return store.url ?? `http://${loopbackOf(historian.host)}:${historian.port}`;
}

/**
 * The `authorization` header for the store; undefined where no login is set. Basic is the one scheme that InfluxDB 1.x, 2.x
 * and 3.x all take; a token needs no user's name beside it, but the scheme does.
 */
export function storeAuthorization({ username, password }: Pick<StoreConfig, 'username' | 'password'>) {
  if (username === undefined && password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username ?? 'penstock'}:${password ?? ''}`).toString('base64')}`;
}

/** A listener on all addresses is reached over loopback from the same machine. */
function loopbackOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
