// The topic grammar, both ways. Everything that names a topic comes here: nobody else joins levels.

import { announcedId, announcedKey } from './announced-id.ts';
import { isName } from './name.ts';
import { ownedShards, type Replica, SHARD_COUNT } from './shard.ts';

/** What a device writes, below `plant/v1/{site}/{area}/{device}/`. */
export const DEVICE_CHANNELS = ['tele', 'event', 'log', 'status', 'meta', 'ack', 'cfg/reported', 'ota/req'] as const;
export type DeviceChannel = (typeof DEVICE_CHANNELS)[number];

export type DeviceName = { readonly site: string; readonly area: string; readonly device: string };
export type AlarmName = {
  readonly site: string;
  readonly area: string;
  readonly rule: string;
  readonly instance: string;
};

/** `site/area/device`, under which tables keep what they know of a device. */
export function deviceKey({ site, area, device }: DeviceName): string {
  return `${site}/${area}/${device}`;
}

/** Whether a text is one that deviceKey() gives. */
export function isDeviceKey(text: string): boolean {
  const names = text.split('/');
  return names.length === 3 && names.every(isName);
}

/** `site/area/rule/instance`, as the end of the alarm's topics has it. */
export function alarmKey({ site, area, rule, instance }: AlarmName): string {
  return `${site}/${area}/${rule}/${instance}`;
}

export const topics = {
  device: (name: DeviceName, channel: DeviceChannel | 'cmd' | 'cfg/desired' | 'ota/data') =>
    `plant/v1/${name.site}/${name.area}/${name.device}/${channel}`,
  registry: (name: DeviceName) => `device/v1/${name.site}/${name.area}/${name.device}`,
  gaps: (name: DeviceName) => `device/v1/${name.site}/${name.area}/${name.device}/gaps`,
  latest: (name: DeviceName) => `latest/v1/${name.site}/${name.area}/${name.device}`,
  /** Where Home Assistant looks for a device, below the prefix that it listens on. */
  announcement: (prefix: string, name: DeviceName) => `${prefix}/device/${announcedId(deviceKey(name))}/config`,
  points: (shard: number) => `points/v1/${shard}`,
  journal: (shard: number) => `journal/v1/${shard}`,
  rejected: (reason: string) => `rejected/v1/${reason}`,
  alarm: (name: AlarmName) => `alarm/v1/${name.site}/${name.area}/${name.rule}/${name.instance}`,
  alarmOperation: (name: AlarmName) => `alarm-op/v1/${name.site}/${name.area}/${name.rule}/${name.instance}`,
  /** What somebody does to what was refused: the order of a replay, and its end. */
  rejectedOperation: 'rejected-op/v1/replay',
  /** What somebody wants of a device, and what became of it. */
  commandOperation: (name: DeviceName) => `command-op/v1/${name.site}/${name.area}/${name.device}`,
  commandLives: (name: DeviceName) => `command/v1/${name.site}/${name.area}/${name.device}`,
  plantState: (site: string, area: string, name: string) => `state/v1/${site}/${area}/${name}`,
  service: (service: string, id: string) => `service/v1/${service}/${id}`,
} as const;

/** Below a device: channels of one level, known or not, and those of two that are the device's own. */
export const DEVICE_TRAFFIC = ['+', 'cfg/reported', 'ota/req'] as const;

/** Filters that services subscribe to. */
export const filters = {
  channel: (channel: DeviceChannel) => `plant/v1/+/+/+/${channel}`,
  /** Of a device, and nothing that it could mean. */
  withoutChannel: 'plant/v1/+/+/+',
  commands: 'plant/v1/+/+/+/cmd',
  registry: 'device/v1/+/+/+',
  gaps: 'device/v1/+/+/+/gaps',
  latest: 'latest/v1/+/+/+',
  announcements: (prefix: string) => `${prefix}/device/+/config`,
  points: 'points/v1/+',
  journal: 'journal/v1/+',
  rejected: 'rejected/v1/+',
  alarms: 'alarm/v1/+/+/+/+',
  alarmOperations: 'alarm-op/v1/+/+/+/+',
  commandOperations: 'command-op/v1/+/+/+',
  commandLives: 'command/v1/+/+/+',
  plantStates: 'state/v1/+/+/+',
  services: 'service/v1/+/+',
  /** All that passes of a device, whether or not it means anything, but for what is meant for it alone. */
  ofDevice: ({ site, area, device }: DeviceName) =>
    DEVICE_TRAFFIC.map((levels) => `plant/v1/${site}/${area}/${device}/${levels}`),
} as const;

/** What a replica subscribes to of a tree of shards, and what it may have subscribed to while there were more or fewer. */
export type ShardFilters = { readonly filters: readonly string[]; readonly formerFilters: readonly string[] };

/** Of a replica that is alone the filter is the one of all shards. */
export function shardFilters(tree: 'points' | 'journal', replica: Replica): ShardFilters {
  const own = ownedShards(replica).map((shard) => topics[tree](shard));
  if (replica.replicas === 1) return { filters: [filters[tree]], formerFilters: own };
  const all = Array.from({ length: SHARD_COUNT }, (_, shard) => topics[tree](shard));
  return { filters: own, formerFilters: [filters[tree], ...all.filter((topic) => !own.includes(topic))] };
}

/** Roots of the trees that devices and services speak on. */
const ROOTS = [
  'plant',
  'device',
  'latest',
  'state',
  'points',
  'rejected',
  'rejected-op',
  'alarm',
  'alarm-op',
  'command',
  'command-op',
  'journal',
  'service',
  'spBv1.0',
  'replay',
];

/** The tree of ours that a topic would be in, whether or not it means anything there; undefined for a foreign topic. */
export function rootOf(topic: string): string | undefined {
  const [root] = topic.split('/');
  return ROOTS.find((each) => each === root);
}

/** What a topic of ours means. `undefined` from parseTopic: not one of ours, or a level that is no valid name. */
export type ParsedTopic =
  | ({ readonly kind: 'device'; readonly channel: DeviceChannel | 'cmd' } & DeviceName)
  | ({ readonly kind: 'registry' | 'gaps' | 'latest' | 'command' | 'command-op' } & DeviceName)
  | ({ readonly kind: 'alarm' | 'alarm-op' } & AlarmName)
  | { readonly kind: 'points' | 'journal'; readonly shard: number }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'state'; readonly site: string; readonly area: string; readonly name: string }
  | { readonly kind: 'service'; readonly service: string; readonly id: string };

export function parseTopic(topic: string): ParsedTopic | undefined {
  const [root, version, ...levels] = topic.split('/');
  if (version !== 'v1') return undefined;
  if (root === 'points' || root === 'journal') return parseShard(root, levels);
  if (!levels.every(isName)) return undefined;
  const [a = '', b = '', c = '', d = '', e] = levels;
  switch (root) {
    case 'plant': {
      const channel = e === undefined ? d : `${d}/${e}`;
      const known = channel === 'cmd' ? 'cmd' : DEVICE_CHANNELS.find((each) => each === channel);
      if (known === undefined || levels.length > 5) return undefined;
      return { kind: 'device', site: a, area: b, device: c, channel: known };
    }
    case 'device':
      if (levels.length === 4 && d === 'gaps') return { kind: 'gaps', site: a, area: b, device: c };
      return levels.length === 3 ? { kind: 'registry', site: a, area: b, device: c } : undefined;
    case 'latest':
    case 'command':
    case 'command-op':
      return levels.length === 3 ? { kind: root, site: a, area: b, device: c } : undefined;
    case 'alarm':
    case 'alarm-op':
      return levels.length === 4 ? { kind: root, site: a, area: b, rule: c, instance: d } : undefined;
    case 'state':
      return levels.length === 3 ? { kind: 'state', site: a, area: b, name: c } : undefined;
    case 'service':
      return levels.length === 2 ? { kind: 'service', service: a, id: b } : undefined;
    case 'rejected':
      return levels.length === 1 ? { kind: 'rejected', reason: a } : undefined;
    default:
      return undefined;
  }
}

function parseShard(kind: 'points' | 'journal', levels: readonly string[]): ParsedTopic | undefined {
  const [text = ''] = levels;
  if (levels.length !== 1 || !/^(?:0|[1-9]\d?)$/.test(text)) return undefined;
  const shard = Number(text);
  return shard < SHARD_COUNT ? { kind, shard } : undefined;
}

/** The device that the topic announces to Home Assistant, below whatever prefix; undefined where it is not one of ours. */
export function announcedDevice(topic: string): DeviceName | undefined {
  const [, id = ''] = /^[^/]+\/device\/([^/]+)\/config$/.exec(topic) ?? [];
  const [site, area, device] = announcedKey(id)?.split('/') ?? [];
  return site === undefined || area === undefined || device === undefined ? undefined : { site, area, device };
}

/** Whether a topic matches an MQTT filter; `#` and `+` at the first level do not match `$` topics [MQTT-4.7.2-1]. */
export function matchesFilter(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '#' || wanted[0] === '+')) return false;
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
