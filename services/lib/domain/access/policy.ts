// What each identity may do by default: the topic tree of the pipeline as rights. The acl file adds to it (acl.ts). A deny
// goes before whatever allows.

import type { Role } from '../alarm.ts';
import { HEARTBEAT_TOPIC, WATCHDOG_DEVICE, WATCHDOG_RULE } from '../heartbeat.ts';
import { replicaIds, type ServiceName, serviceDevice } from '../service.ts';
import { sparkplugOf, sparkplugOrders, sparkplugTopics } from '../sparkplug-topic.ts';
import { DEVICE_CHANNELS, DEVICE_TRAFFIC, filters, topics } from '../topic.ts';
import type { Identity, ServiceUser } from './identity.ts';

export type Access = 'read' | 'write' | 'deny read' | 'deny write';

/** For all topics that match the filter. */
export type Grant = { readonly access: Access; readonly filter: string };

/** What a device reads, below its own name. */
export const DEVICE_READS = ['cmd', 'cfg/desired', 'ota/data'] as const;

const read = (...filters: readonly string[]): Grant[] => filters.map((filter) => ({ access: 'read', filter }));
const write = (...filters: readonly string[]): Grant[] => filters.map((filter) => ({ access: 'write', filter }));
const denyRead = (...filters: readonly string[]): Grant[] => filters.map((filter) => ({ access: 'deny read', filter }));
const denyWrite = (...filters: readonly string[]): Grant[] =>
  filters.map((filter) => ({ access: 'deny write', filter }));

const ofAnyDevice = (channels: readonly string[]) => channels.map((channel) => `plant/v1/+/+/+/${channel}`);

const EVERYTHING = read('#', '$SYS/#');
const OPERATIONS = 'alarm-op/v1/+/+/+/+';
const STATES = 'state/v1/+/+/+';
const COMMAND_OPERATIONS = 'command-op/v1/+/+/+';
/** Of commands that people sent. */
const LIVES = 'command/v1/+/+/+';
/** Orders to devices. */
export const COMMANDS = 'plant/v1/+/+/+/cmd';
/** Orders that nobody retains: they would be carried out again by whoever returns. */
export const NEVER_RETAINED: readonly string[] = [COMMANDS, ...sparkplugOrders];
const [DESIRED = '', OTA_DATA = ''] = ofAnyDevice(['cfg/desired', 'ota/data']);

/** What a Sparkplug host says of itself: edge nodes go by it, and come and go. */
const HOST_STATES = sparkplugTopics.state('+');

/** Orders, and what only the pipeline itself says. Everything else is a device's, of ours or a foreign one. */
const NO_DEVICE_WRITES = [
  ...[COMMANDS, DESIRED, OTA_DATA, 'alarm-op/#', 'command-op/#', 'state/#', ...sparkplugOrders, HOST_STATES],
  ...['alarm/#', 'command/#', 'device/#', 'journal/#', 'latest/#', 'rejected/#', 'service/#'],
];
/** Any device, ours or foreign. */
const ANY_SOURCE: readonly Grant[] = [...write('#'), ...denyWrite(...NO_DEVICE_WRITES, 'points/#', 'rejected-op/#')];

/** What is meant for one device may hold its secrets. */
const NOT_FOR_EVERYBODY = denyRead(DESIRED, OTA_DATA);
const ORDERS = write(COMMANDS, OPERATIONS, COMMAND_OPERATIONS, STATES);

const ROLES: { readonly [role in Role]: readonly Grant[] } = {
  viewer: [...EVERYTHING, ...NOT_FOR_EVERYBODY, ...denyRead('alarm-op/#', 'command-op/#', 'rejected-op/#')],
  operator: [...EVERYTHING, ...NOT_FOR_EVERYBODY, ...ORDERS],
  engineer: [...EVERYTHING, ...ORDERS, ...write(DESIRED, OTA_DATA)],
  admin: [...EVERYTHING, ...write('#')],
};

const WATCHDOG_ALARM = { ...WATCHDOG_DEVICE, rule: WATCHDOG_RULE, instance: '+' };

/** Its status, and its numbers; of each of its replicas, where it may have some. */
const ofItself = (service: ServiceName, ids: readonly string[] = [service]) =>
  write(`service/v1/${service}/+`, ...ids.map((id) => topics.device(serviceDevice(id), 'tele')));

const SERVICES: { readonly [service in ServiceUser]: readonly Grant[] } = {
  broker: ofItself('broker'),
  ingest: [
    ...read('#'), // whatever the files in rules/sources/ map
    ...write('points/v1/+', 'journal/v1/+', 'rejected/v1/+', 'device/v1/+/+/+', 'device/v1/+/+/+/gaps'),
    ...write('latest/v1/+/+/+', filters.announcements('+')), // below whatever prefix Home Assistant listens on
    ...write(...sparkplugOrders, HOST_STATES, ...ofAnyDevice(['ack'])),
    // Several of them have names of their own.
    ...write(topics.device(serviceDevice('+'), 'tele')),
    ...ofItself('ingest'),
  ],
  rules: [
    ...read(
      'points/v1/+',
      'device/v1/+/+/+',
      STATES,
      OPERATIONS,
      COMMAND_OPERATIONS,
      ...ofAnyDevice(['ack', 'cfg/reported']),
    ),
    ...read('service/v1/+/+'),
    ...write('alarm/v1/+/+/+/+', COMMANDS, LIVES, 'journal/v1/+', 'rejected/v1/+', HEARTBEAT_TOPIC),
    ...ofItself('rules', replicaIds('rules')),
  ],
  writer: [
    ...read('points/v1/+', 'journal/v1/+', 'device/v1/+/+/+'),
    ...write('rejected/v1/+'),
    ...ofItself('writer', replicaIds('writer')),
  ],
  historian: ofItself('historian'),
  console: [
    ...read(
      'alarm/v1/+/+/+/+',
      'device/v1/+/+/+',
      'device/v1/+/+/+/gaps',
      'service/v1/+/+',
      'rejected/v1/+',
      'points/v1/+',
      LIVES,
      STATES,
    ),
    // What people watch of a device, and what engineers have it do: the console asks for it only while one of them looks.
    ...read(...ofAnyDevice(DEVICE_TRAFFIC), DESIRED),
    ...write(OPERATIONS, COMMAND_OPERATIONS, DESIRED),
    ...ofItself('console'),
  ],
  watchdog: [
    ...read('points/v1/+', 'service/v1/+/+', HEARTBEAT_TOPIC),
    ...read(topics.alarm(WATCHDOG_ALARM), topics.alarmOperation(WATCHDOG_ALARM)),
    ...write(topics.alarm(WATCHDOG_ALARM), 'journal/v1/+'),
    ...ofItself('watchdog'),
  ],
  supervisor: [...read('service/v1/+/+'), ...write('service/v1/+/+')],
  simulator: [...read(COMMANDS), ...ANY_SOURCE],
  cli: [...EVERYTHING, ...ANY_SOURCE],
  // Whatever a device said, and lines that the store refused. A login of its own, so that nobody else need have all of this.
  replay: [...write('#'), ...denyWrite(...NO_DEVICE_WRITES)],
};

/** What the identity may do before the acl file. */
export function defaultGrants(identity: Identity): readonly Grant[] {
  switch (identity.kind) {
    case 'anonymous':
      return [...EVERYTHING, ...ANY_SOURCE];
    case 'device':
      return ownTree(identity.name);
    case 'person':
      return ROLES[identity.role];
    case 'service':
      return identity.as === undefined ? [] : SERVICES[identity.as];
  }
}

function ownTree(name: string): Grant[] {
  const [group = '', edge, device] = name.split('/');
  if (edge === undefined) return []; // a gateway's topics are in the acl file
  if (device === undefined) return edgeTree(sparkplugOf({ group, edge }));
  const below = (channels: readonly string[]) => channels.map((channel) => `plant/v1/${name}/${channel}`);
  return [...write(...below(DEVICE_CHANNELS)), ...read(...below(DEVICE_READS))];
}

/** A Sparkplug edge node speaks for itself and its devices, and waits for its host. */
function edgeTree({ says, obeys }: ReturnType<typeof sparkplugOf>): Grant[] {
  return [...write(...says), ...read(...obeys, HOST_STATES)];
}
