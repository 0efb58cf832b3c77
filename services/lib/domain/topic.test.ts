import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  announcedDevice,
  DEVICE_CHANNELS,
  filters,
  matchesFilter,
  type ParsedTopic,
  parseTopic,
  shardFilters,
  topics,
} from './topic.ts';

const device = { site: 'lyon', area: 'tank-farm', device: 'tank-01' };
const alarm = { site: 'lyon', area: 'tank-farm', rule: 'level-hihi', instance: 'tank-01' };

const VECTORS: readonly (readonly [topic: string, filter: string, parsed: ParsedTopic])[] = [
  ...DEVICE_CHANNELS.map(
    (channel) =>
      [topics.device(device, channel), filters.channel(channel), { kind: 'device', channel, ...device }] as const,
  ),
  [topics.device(device, 'cmd'), 'plant/v1/+/+/+/cmd', { kind: 'device', channel: 'cmd', ...device }],
  [topics.registry(device), filters.registry, { kind: 'registry', ...device }],
  [topics.gaps(device), filters.gaps, { kind: 'gaps', ...device }],
  [topics.latest(device), filters.latest, { kind: 'latest', ...device }],
  [topics.points(0), filters.points, { kind: 'points', shard: 0 }],
  [topics.points(63), filters.points, { kind: 'points', shard: 63 }],
  [topics.journal(7), filters.journal, { kind: 'journal', shard: 7 }],
  [topics.rejected('json'), filters.rejected, { kind: 'rejected', reason: 'json' }],
  [topics.alarm(alarm), filters.alarms, { kind: 'alarm', ...alarm }],
  [topics.alarmOperation(alarm), filters.alarmOperations, { kind: 'alarm-op', ...alarm }],
  [topics.commandOperation(device), filters.commandOperations, { kind: 'command-op', ...device }],
  [topics.commandLives(device), filters.commandLives, { kind: 'command', ...device }],
  [topics.plantState('s', 'a', 'mode'), filters.plantStates, { kind: 'state', site: 's', area: 'a', name: 'mode' }],
  [topics.service('rules', 'rules'), filters.services, { kind: 'service', service: 'rules', id: 'rules' }],
];

test.each(VECTORS)('%s is parsed back to what made it, and its filter matches it', (topic, filter, parsed) => {
  expect(parseTopic(topic)).toEqual(parsed);
  expect(matchesFilter(filter, topic)).toBe(true);
  expect(VECTORS.filter(([other]) => matchesFilter(filter, other)).map(([, its]) => its)).toEqual(
    VECTORS.filter(([, its]) => its === filter).map(([, its]) => its),
  );
});

test.each([
  '',
  '/',
  'plant',
  'plant/v1',
  'plant/v2/lyon/tank-farm/tank-01/tele',
  'Plant/v1/lyon/tank-farm/tank-01/tele',
  '/plant/v1/lyon/tank-farm/tank-01/tele',
  'plant/v1/lyon/tank-farm/tank-01',
  'plant/v1/lyon/tank-farm/tank-01/',
  'plant/v1/lyon/tank-farm/tank-01/tele/',
  'plant/v1/lyon/tank-farm/tank-01/tele/x',
  'plant/v1/lyon/tank-farm/tank-01/cfg',
  'plant/v1/lyon/tank-farm/tank-01/cfg/reported/x',
  'plant/v1/lyon/tank-farm/tank-01/cfg/desired',
  'plant/v1/lyon/tank-farm/tank-01/constructor',
  'plant/v1/lyon//tank-01/tele',
  'plant/v1/../tank-farm/tank-01/tele',
  'plant/v1/ly+n/tank-farm/tank-01/tele',
  'plant/v1/lyon/tank-farm/#/tele',
  'plant/v1/lyon/tank farm/tank-01/tele',
  'plant/v1/lyon/tank-farm/__proto__/tele',
  'plant/v1/lyon/tank-farm/a,site=b/tele',
  'plant/v1/lyon/tank-farm/tank-01\n/tele',
  `plant/v1/lyon/tank-farm/${'x'.repeat(65)}/tele`,
  'points/v1/64',
  'points/v1/-1',
  'points/v1/01',
  'points/v1/1.0',
  'points/v1/1e1',
  'points/v1/ 1',
  'points/v1/',
  'points/v1/1/2',
  'latest/v1/s/a',
  'latest/v1/s/a/d/x',
  'alarm/v1/s/a/r',
  'alarm/v1/s/a/r/i/x',
  'rejected/v1/a/b',
  '$SYS/broker/uptime',
  'constructor/v1/a',
])('parseTopic() does not take %j for one of ours', (topic) => {
  expect(parseTopic(topic)).toBeUndefined();
});

test('what announces a device is known by its topic, below any prefix, and what others announce is theirs', () => {
  const topic = topics.announcement('homeassistant', device);
  expect(topic).toBe('homeassistant/device/penstock_lyon__tank-farm__tank-01/config');
  expect(announcedDevice(topic)).toEqual(device);
  expect(matchesFilter(filters.announcements('homeassistant'), topic)).toBe(true);
  for (const other of ['homeassistant/device/0x00158d/config', `${topic}/x`, `a/${topic}`, topics.registry(device)])
    expect(announcedDevice(other)).toBeUndefined();
});

/** The words of MQTT 3.1.1 section 4.7 as a regular expression; only for filters that the standard allows. */
function oracle(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const levels = filter.split('/').map((level) => {
    if (level === '+') return '[^/]*';
    return level === '#' ? '#' : level.replace(/[.*?^${}()|[\]\\]/g, '\\$&');
  });
  const pattern = levels.join('/').replace(/\/#$/, '(?:/.*)?').replace(/^#$/, '.*');
  return new RegExp(`^${pattern}$`, 's').test(topic);
}

test('matchesFilter() agrees with the standard', () => {
  const level = fc.constantFrom('', 'a', 'b', '$x', 'aa', '.');
  const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
  const filter = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 5 }), fc.boolean())
    .map(([levels, open]) => (open ? [...levels, '#'] : levels.length > 0 ? levels : ['+']).join('/'));
  fc.assert(
    fc.property(filter, topic, (f, t) => {
      expect(matchesFilter(f, t)).toBe(oracle(f, t));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/#', 'sport', true],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/x', false],
  ['+/x', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true],
])('matchesFilter(%s, %s) is %s, as the standard shows it', (filter, topic, expected) => {
  expect(matchesFilter(filter, topic)).toBe(expected);
});

test.each(['points', 'journal'] as const)(
  'of %s each shard is read by one of several, and whoever is alone reads all',
  (tree) => {
    const all = Array.from({ length: 64 }, (_, shard) => `${tree}/v1/${shard}`);
    expect(shardFilters(tree, { rank: 0, replicas: 1 })).toEqual({ filters: [`${tree}/v1/+`], formerFilters: all });
    const three = [0, 1, 2].map((rank) => shardFilters(tree, { rank, replicas: 3 }));
    expect(three.flatMap(({ filters }) => filters).sort()).toEqual(all.toSorted());
    expect(three[1]?.filters.slice(0, 3)).toEqual([1, 4, 7].map((shard) => `${tree}/v1/${shard}`));
    // Whatever number there was before: each has the filters of one of them, and is rid of all the others.
    for (const { filters, formerFilters } of three)
      expect([...filters, ...formerFilters].sort()).toEqual([`${tree}/v1/+`, ...all].sort());
  },
);
