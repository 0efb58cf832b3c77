// Who may read and write what, written by hand as an operator would say it, and not taken from the policy: the test holds the
// brokers against this table, and the table against nobody.

/** One topic of each class, by what it is called below. */
export const TOPICS = {
  't1 tele': 'plant/v1/lyon/tank-farm/t1/tele',
  't1 status': 'plant/v1/lyon/tank-farm/t1/status',
  't1 ack': 'plant/v1/lyon/tank-farm/t1/ack',
  't1 cmd': 'plant/v1/lyon/tank-farm/t1/cmd',
  't1 desired': 'plant/v1/lyon/tank-farm/t1/cfg/desired',
  't1 ota': 'plant/v1/lyon/tank-farm/t1/ota/data',
  't2 tele': 'plant/v1/lyon/tank-farm/t2/tele',
  't2 status': 'plant/v1/lyon/tank-farm/t2/status',
  't2 ack': 'plant/v1/lyon/tank-farm/t2/ack',
  't2 cmd': 'plant/v1/lyon/tank-farm/t2/cmd',
  't2 desired': 'plant/v1/lyon/tank-farm/t2/cfg/desired',
  't2 ota': 'plant/v1/lyon/tank-farm/t2/ota/data',
  'above a device': 'plant/v1/lyon/tank-farm/t1',
  'below a channel': 'plant/v1/lyon/tank-farm/t1/tele/x',
  device: 'device/v1/lyon/tank-farm/t1',
  gaps: 'device/v1/lyon/tank-farm/t1/gaps',
  latest: 'latest/v1/lyon/tank-farm/t1',
  announcement: 'homeassistant/device/penstock_lyon__tank-farm__t1/config',
  'home status': 'homeassistant/status',
  state: 'state/v1/lyon/tank-farm/mode',
  points: 'points/v1/7',
  rejected: 'rejected/v1/payload',
  'rejected-op': 'rejected-op/v1/replay',
  alarm: 'alarm/v1/lyon/tank-farm/level-high/t1',
  'alarm-op': 'alarm-op/v1/lyon/tank-farm/level-high/t1',
  'command-op': 'command-op/v1/lyon/tank-farm/t1',
  command: 'command/v1/lyon/tank-farm/t1',
  journal: 'journal/v1/7',
  'service broker': 'service/v1/broker/b1',
  'service ingest': 'service/v1/ingest/i1',
  'service rules': 'service/v1/rules/r1',
  'service writer': 'service/v1/writer/w1',
  'service historian': 'service/v1/historian/h1',
  'service console': 'service/v1/console/c1',
  'service watchdog': 'service/v1/watchdog/d1',
  heartbeat: 'service/v1/rules/rules/watchdog',
  'watchdog tele': 'plant/v1/penstock/pipeline/watchdog/tele',
  'writer tele': 'plant/v1/penstock/pipeline/writer/tele',
  'watchdog alarm': 'alarm/v1/penstock/pipeline/pipeline-watchdog/watchdog',
  'watchdog alarm-op': 'alarm-op/v1/penstock/pipeline/pipeline-watchdog/watchdog',
  foreign: 'home/kitchen/temperature',
  zigbee: 'zigbee/lamp/state',
  'zigbee secret': 'zigbee/secret/key',
  sparkplug: 'spBv1.0/group/DDATA/node/device',
  'node birth': 'spBv1.0/group/NBIRTH/node',
  'another node': 'spBv1.0/group/NDATA/node2',
  'node order': 'spBv1.0/group/NCMD/node',
  'device order': 'spBv1.0/group/DCMD/node/device',
  "another's order": 'spBv1.0/group/NCMD/node2',
  'host state': 'spBv1.0/STATE/penstock',
  replay: 'replay/v1/spBv1.0/group/NDATA/node',
  'broker topic': '$SYS/broker-1/new/clients',
  'other $ topic': '$foo/bar',
} as const;
export type TopicClass = keyof typeof TOPICS;

export type Row = {
  readonly writes: readonly TopicClass[];
  readonly reads: readonly TopicClass[];
  /** Filters of SHAPES that the embedded broker grants; it refuses the others. */
  readonly filters: readonly string[];
  /** Where mosquitto cannot say the same. */
  readonly writesAtMosquitto?: readonly TopicClass[];
  /** Whether what the broker says of itself is for them. */
  readonly readsBroker?: true;
  /** Whether one can come to mosquitto as this. */
  readonly isEmbeddedOnly?: true;
};

/** Wildcards of every kind: of everything, of a tree, of one level at each place, of another one's, of one's own. */
export const SHAPES = [
  ...['#', '+/#', '+/v1/#', '+/+/+', 'plant/#', 'plant/v1/lyon/tank-farm/t1/#', 'plant/v1/lyon/tank-farm/+/cmd'],
  ...['plant/v1/+/+/+/tele', 'plant/v1/+/+/+/ack', 'plant/v1/+/+/+/cmd', 'plant/v1/+/+/+/cfg/desired'],
  ...['device/v1/+/+/+', 'device/#', 'state/v1/+/+/+', 'points/v1/+', 'points/#', 'rejected/v1/+', 'journal/v1/+'],
  ...['alarm/v1/+/+/+/+', 'alarm/#', 'alarm-op/v1/+/+/+/+', 'alarm-op/#', 'service/v1/+/+', 'service/#'],
  ...['command/v1/+/+/+', 'command/#', 'command-op/v1/+/+/+', 'command-op/#'],
  ...['latest/v1/+/+/+', 'latest/#', 'homeassistant/#'],
  ...['zigbee/#', 'zigbee/+/state', 'home/+/+', 'spBv1.0/#'],
  ...['spBv1.0/group/NCMD/node/#', 'spBv1.0/group/DCMD/node/+', 'spBv1.0/group/+/node', 'spBv1.0/STATE/#'],
];

const CLASSES = Object.keys(TOPICS) as TopicClass[];
const ALL = CLASSES.filter((name) => !TOPICS[name].startsWith('$'));
const allBut = (...names: readonly TopicClass[]) => ALL.filter((name) => !names.includes(name));
const shapesBut = (...filters: readonly string[]) => SHAPES.filter((filter) => !filters.includes(filter));

const COMMANDS: readonly TopicClass[] = ['t1 cmd', 't2 cmd'];
const SPARKPLUG_ORDERS: readonly TopicClass[] = ['node order', 'device order', "another's order"];
/** Nobody retains them. */
export const ORDERS_TO_DEVICES: readonly TopicClass[] = [...COMMANDS, ...SPARKPLUG_ORDERS];
const FOR_ONE_DEVICE: TopicClass[] = ['t1 desired', 't1 ota', 't2 desired', 't2 ota'];
/** On alarms, and orders to devices; on what was refused, there is none but a replay, which console and command line say by a login of their own. */
const OPERATIONS: TopicClass[] = ['alarm-op', 'watchdog alarm-op', 'command-op'];
const SERVICES = ALL.filter((name) => name.startsWith('service '));
const DEVICES_SAY: TopicClass[] = [
  ...(['t1 tele', 't1 status', 't1 ack', 't2 tele', 't2 status', 't2 ack', 'watchdog tele', 'writer tele'] as const),
];
/** What a source of any kind may say; all else is an order, or said by the pipeline itself. */
const ANY_SOURCE: TopicClass[] = [
  ...DEVICES_SAY,
  ...(['above a device', 'below a channel', 'foreign', 'zigbee', 'zigbee secret'] as const),
  ...(['announcement', 'home status'] as const), // others announce themselves to Home Assistant, too
  ...(['sparkplug', 'node birth', 'another node', 'replay'] as const),
];
/** What is left of that where only topics that are known can be named: `home/…` is in rules/sources. */
const KNOWN_SOURCES: TopicClass[] = [
  ...DEVICES_SAY,
  ...(['foreign', 'sparkplug', 'node birth', 'another node', 'replay'] as const),
];
const ORDERS: TopicClass[] = [...COMMANDS, ...OPERATIONS, 'state'];

/** Rights that are given in ACL_LINES. */
const GATEWAY: Row = { writes: ['zigbee'], reads: ['zigbee'], filters: ['zigbee/#', 'zigbee/+/state'] };
/** As README.md has them for Home Assistant. */
const HOME_LINES = [
  ...['user hass', 'topic read homeassistant/#', 'topic read latest/v1/#', 'topic read device/v1/+/+/+'],
  'topic write homeassistant/status',
];
export const ACL_LINES = `user z2m\ntopic readwrite zigbee/#\ntopic deny zigbee/secret/#\n${HOME_LINES.join('\n')}\n`;

export const TABLE = {
  anonymous: { writes: ANY_SOURCE, reads: ALL, filters: SHAPES, readsBroker: true, isEmbeddedOnly: true },
  'lyon/tank-farm/t1': {
    writes: ['t1 tele', 't1 status', 't1 ack'],
    reads: ['t1 cmd', 't1 desired', 't1 ota'],
    filters: [],
  },
  'lyon/tank-farm/t2': {
    writes: ['t2 tele', 't2 status', 't2 ack'],
    reads: ['t2 cmd', 't2 desired', 't2 ota'],
    filters: [],
  },
  'group/node': {
    writes: ['sparkplug', 'node birth'],
    reads: ['node order', 'device order', 'host state'],
    filters: ['spBv1.0/group/NCMD/node/#', 'spBv1.0/group/DCMD/node/+'],
  },
  z2m: GATEWAY,
  vera: {
    writes: [],
    reads: allBut(...FOR_ONE_DEVICE, ...OPERATIONS, 'rejected-op'),
    filters: shapesBut(
      ...['plant/v1/+/+/+/cfg/desired', 'alarm-op/v1/+/+/+/+', 'alarm-op/#'],
      ...['command-op/v1/+/+/+', 'command-op/#'],
    ),
    readsBroker: true,
  },
  olga: {
    writes: ORDERS,
    reads: allBut(...FOR_ONE_DEVICE),
    filters: shapesBut('plant/v1/+/+/+/cfg/desired'),
    readsBroker: true,
  },
  eva: { writes: [...ORDERS, ...FOR_ONE_DEVICE], reads: ALL, filters: SHAPES, readsBroker: true },
  adam: { writes: ALL, reads: ALL, filters: SHAPES, readsBroker: true },
  program: { writes: [], reads: [], filters: [] },
  hass: {
    writes: ['home status'],
    reads: ['device', 'latest', 'announcement', 'home status'],
    filters: ['device/v1/+/+/+', 'latest/v1/+/+/+', 'homeassistant/#'],
  },
  broker: { writes: ['service broker'], reads: [], filters: [], isEmbeddedOnly: true },
  ingest: {
    writes: [
      ...([
        'points',
        'journal',
        'rejected',
        'device',
        'gaps',
        'latest',
        'announcement',
        'service ingest',
        't1 ack',
        't2 ack',
        'host state',
      ] as const),
      ...SPARKPLUG_ORDERS,
      ...(['watchdog tele', 'writer tele'] as const),
    ],
    reads: ALL,
    filters: SHAPES,
  },
  rules: {
    writes: ['alarm', 'watchdog alarm', 'command', ...COMMANDS, 'journal', 'rejected', 'heartbeat', 'service rules'],
    reads: ['points', 'device', 'state', ...OPERATIONS, 't1 ack', 't2 ack', ...SERVICES],
    filters: [
      ...['points/v1/+', 'device/v1/+/+/+', 'state/v1/+/+/+', 'alarm-op/v1/+/+/+/+', 'plant/v1/+/+/+/ack'],
      ...['service/v1/+/+', 'command-op/v1/+/+/+'],
    ],
  },
  writer: {
    writes: ['rejected', 'service writer', 'writer tele'],
    reads: ['points', 'journal', 'device'],
    filters: ['points/v1/+', 'journal/v1/+', 'device/v1/+/+/+'],
  },
  historian: { writes: ['service historian'], reads: [], filters: [] },
  console: {
    writes: [...OPERATIONS, 't1 desired', 't2 desired', 'service console'],
    reads: [
      ...(['alarm', 'watchdog alarm', 'command', 'device', 'gaps', 'state', 'rejected', 'points'] as const),
      ...[...SERVICES, ...DEVICES_SAY, ...COMMANDS],
      ...(['t1 desired', 't2 desired'] as const),
    ],
    filters: [
      ...['alarm/v1/+/+/+/+', 'device/v1/+/+/+', 'service/v1/+/+', 'state/v1/+/+/+', 'rejected/v1/+', 'points/v1/+'],
      ...['plant/v1/+/+/+/tele', 'plant/v1/+/+/+/ack', 'plant/v1/+/+/+/cmd', 'plant/v1/lyon/tank-farm/+/cmd'],
      ...['plant/v1/+/+/+/cfg/desired', 'command/v1/+/+/+'],
    ],
  },
  watchdog: {
    writes: ['watchdog tele', 'watchdog alarm', 'journal', 'service watchdog'],
    reads: ['points', ...SERVICES, 'heartbeat', 'watchdog alarm', 'watchdog alarm-op'],
    filters: ['points/v1/+', 'service/v1/+/+'],
  },
  supervisor: { writes: SERVICES, reads: SERVICES, filters: ['service/v1/+/+'] },
  simulator: {
    writes: ANY_SOURCE,
    reads: COMMANDS,
    filters: ['plant/v1/+/+/+/cmd', 'plant/v1/lyon/tank-farm/+/cmd'],
    writesAtMosquitto: [...KNOWN_SOURCES, 'home status'], // `…/status` is in rules/sources, and it reads none of what that may be
  },
  cli: {
    writes: ANY_SOURCE,
    reads: ALL,
    filters: SHAPES,
    readsBroker: true,
    writesAtMosquitto: KNOWN_SOURCES,
  },
  // All that can have been refused: what any source says, and the lines of ingest that the store would not take.
  replay: { writes: [...ANY_SOURCE, 'points', 'rejected-op'], reads: [], filters: [] },
} satisfies Readonly<Record<string, Row>>;

export type Who = keyof typeof TABLE;

export const WHO = Object.keys(TABLE) as Who[];

/** Who is in the files of access; the services are known without. `root` is nobody's row: it publishes, and sees everything. */
export const USERS = {
  root: { role: 'admin' },
  vera: { role: 'viewer' },
  olga: { role: 'operator' },
  eva: { role: 'engineer' },
  adam: { role: 'admin' },
  program: { role: 'service' },
  hass: { role: 'service' },
} as const;
export const DEVICES = { 'lyon/tank-farm/t1': {}, 'lyon/tank-farm/t2': {}, 'group/node': {}, z2m: {} } as const;

export function rowOf(who: Who): Row {
  return TABLE[who];
}

/** [MQTT-4.7.1] as a regular expression, so that it is nobody else's. */
export function isMatch(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const pattern = RegExp.escape(filter)
    .replaceAll('\\+', '[^/]*')
    .replace(/^\\x23$/, '.*')
    .replace(/\\\/\\x23$/, '(?:/.*)?');
  return new RegExp(`^${pattern}$`).test(topic);
}
