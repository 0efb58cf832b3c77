// The default policy as an operator, an engineer and a device builder would say it aloud, and what a deny makes of it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Acl } from './acl.ts';
import { grantsOf, NO_ACL, parseAcl } from './acl.ts';
import { type Identity, SERVICE_USERS } from './identity.ts';
import { defaultGrants } from './policy.ts';
import { Rights } from './rights.ts';

const DEVICE: Identity = { kind: 'device', name: 'lyon/tank-farm/t1' };
const person = (role: 'viewer' | 'operator' | 'engineer' | 'admin'): Identity => ({
  kind: 'person',
  name: 'anna',
  role,
});
const service = (as: (typeof SERVICE_USERS)[number]): Identity => ({ kind: 'service', name: as, as });
const ANYBODY: Identity = { kind: 'anonymous' };

function rightsOf(identity: Identity, acl: Acl = NO_ACL, clientId = 'c1'): Rights {
  return new Rights([...defaultGrants(identity), ...grantsOf(acl, identity, clientId)]);
}

function aclOf(text: string): Acl {
  const acl = parseAcl(text);
  if (Array.isArray(acl)) throw new Error(JSON.stringify(acl));
  return acl;
}

describe('a device', () => {
  const rights = rightsOf(DEVICE);
  const own = (channel: string) => `plant/v1/lyon/tank-farm/t1/${channel}`;

  test.each(['tele', 'event', 'log', 'status', 'meta', 'ack', 'cfg/reported', 'ota/req'])(
    'writes its own %s',
    (channel) => {
      expect(rights.mayPublish(own(channel))).toBe(true);
      expect(rights.mayReceive(own(channel))).toBe(false);
    },
  );

  test.each(['cmd', 'cfg/desired', 'ota/data'])('reads its own %s', (channel) => {
    expect(rights.maySubscribe(own(channel))).toBe(true);
    expect(rights.mayReceive(own(channel))).toBe(true);
    expect(rights.mayPublish(own(channel))).toBe(false);
  });

  test.each([
    'plant/v1/lyon/tank-farm/t2/tele',
    'plant/v1/lyon/tank-farm/t1',
    'plant/v1/lyon/tank-farm/t1/tele/x',
    'points/v1/3',
    'alarm/v1/lyon/tank-farm/r/t1',
    'alarm-op/v1/lyon/tank-farm/r/t1',
    'state/v1/lyon/tank-farm/mode',
    '$SYS/broker/new/clients',
    'test/topic',
  ])('neither reads nor writes %s', (topic) => {
    expect([rights.mayPublish(topic), rights.mayReceive(topic), rights.maySubscribe(topic)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each(['#', 'plant/v1/#', 'plant/v1/lyon/tank-farm/t1/#', 'plant/v1/lyon/tank-farm/+/cmd', '+/+/+/+/+/cmd'])(
    'may not ask for %s, which is more than its own',
    (filter) => {
      expect(rights.maySubscribe(filter)).toBe(false);
    },
  );
});

describe('a Sparkplug edge node', () => {
  const rights = rightsOf({ kind: 'device', name: 'lyon/line-3' });

  test.each([
    ...['spBv1.0/lyon/NBIRTH/line-3', 'spBv1.0/lyon/NDEATH/line-3', 'spBv1.0/lyon/NDATA/line-3'],
    ...['spBv1.0/lyon/DBIRTH/line-3/press', 'spBv1.0/lyon/DDEATH/line-3/press', 'spBv1.0/lyon/DDATA/line-3/press'],
  ])('says %s, for itself and its devices', (topic) => {
    expect([rights.mayPublish(topic), rights.mayReceive(topic)]).toEqual([true, false]);
  });

  test.each([
    ...['spBv1.0/lyon/NCMD/line-3', 'spBv1.0/lyon/NCMD/line-3/#', 'spBv1.0/lyon/DCMD/line-3/press'],
    ...['spBv1.0/lyon/DCMD/line-3/#', 'spBv1.0/lyon/DCMD/line-3/+', 'spBv1.0/STATE/penstock', 'spBv1.0/STATE/+'],
  ])('hears %s, and does not say it', (filter) => {
    expect(rights.maySubscribe(filter)).toBe(true);
    expect(rights.mayPublish(filter)).toBe(false);
  });

  test.each([
    ...['spBv1.0/lyon/NBIRTH/line-4', 'spBv1.0/paris/NBIRTH/line-3', 'spBv1.0/lyon/NBIRTH/line-3/press'],
    ...['spBv1.0/lyon/DDATA/line-3', 'spBv1.0/lyon/DDATA/line-4/press', 'plant/v1/lyon/line-3/press/tele'],
    ...['replay/v1/spBv1.0/lyon/NDATA/line-3', 'plant/v1/lyon/line-3/press/ack'],
  ])('has nothing to do with %s', (topic) => {
    expect([rights.mayPublish(topic), rights.maySubscribe(topic)]).toEqual([false, false]);
  });
});

test('orders to edge nodes, and what hosts say of themselves, are ingest’s; others give theirs as commands', () => {
  const orders = ['spBv1.0/g/NCMD/e', 'spBv1.0/g/DCMD/e/d', 'spBv1.0/STATE/penstock'];
  const others = [ANYBODY, DEVICE, person('operator'), person('engineer'), service('rules'), service('simulator')];
  for (const topic of orders) {
    expect(others.filter((each) => rightsOf(each).mayPublish(topic))).toEqual([]);
    expect(rightsOf(service('ingest')).mayPublish(topic)).toBe(true);
  }
  expect(rightsOf(service('ingest')).mayPublish('plant/v1/a/b/c/ack')).toBe(true);
  expect(rightsOf(service('ingest')).mayPublish('spBv1.0/g/NBIRTH/e')).toBe(false);
});

test.each([
  ['viewer', 'cmd', false],
  ['viewer', 'alarm-op', false],
  ['viewer', 'command-op', false],
  ['operator', 'cmd', true],
  ['operator', 'alarm-op', true],
  ['operator', 'command-op', true],
  ['operator', 'command', false],
  ['engineer', 'command', false],
  ['operator', 'cfg/desired', false],
  ['engineer', 'cfg/desired', true],
  ['engineer', 'points', false],
  ['admin', 'points', true],
] as const)('a %s may write %s: %s', (role, what, expected) => {
  const topics = {
    cmd: 'plant/v1/a/b/c/cmd',
    'cfg/desired': 'plant/v1/a/b/c/cfg/desired',
    'alarm-op': 'alarm-op/v1/a/b/r/i',
    'command-op': 'command-op/v1/a/b/c',
    command: 'command/v1/a/b/c',
    points: 'points/v1/0',
  };
  expect(rightsOf(person(role)).mayPublish(topics[what])).toBe(expected);
});

test('what may hold secrets is not for everybody, also through a wildcard', () => {
  const rights = rightsOf(person('viewer'));
  expect(rights.maySubscribe('#')).toBe(true);
  expect(rights.maySubscribe('$SYS/#')).toBe(true);
  for (const topic of [
    ...['plant/v1/a/b/c/cfg/desired', 'plant/v1/a/b/c/ota/data', 'alarm-op/v1/a/b/r/i'],
    'command-op/v1/a/b/c',
  ]) {
    expect(rights.mayReceive(topic)).toBe(false);
    expect(rights.maySubscribe(topic)).toBe(false);
  }
  expect(rights.mayReceive('plant/v1/a/b/c/tele')).toBe(true);
});

test('the console hears what devices say and engineers want of them, and no update', () => {
  const rights = rightsOf(service('console'));
  const own = (levels: string) => `plant/v1/lyon/tank-farm/t1/${levels}`;
  const asked = ['+', 'cfg/reported', 'ota/req', 'cfg/desired'].map(own);
  expect(asked.filter((filter) => !rights.maySubscribe(filter))).toEqual([]);
  expect(['#', 'cfg/#', '+/+', 'ota/data', 'ota/+'].map(own).filter((filter) => rights.maySubscribe(filter))).toEqual(
    [],
  );
  expect(['tele', 'cmd', 'cfg/reported', 'ota/data'].map(own).filter((topic) => rights.mayPublish(topic))).toEqual([]);
  expect(rights.mayPublish(own('cfg/desired'))).toBe(true);
});

test('nobody writes below $, and only rules and those who may give orders', () => {
  const everybody = [DEVICE, ANYBODY, person('viewer'), person('operator'), person('engineer'), person('admin')];
  const services = SERVICE_USERS.map(service);
  for (const each of [...everybody, ...services]) expect(rightsOf(each).mayPublish('$SYS/x/new/clients')).toBe(false);
  const orders = services.filter((each) => rightsOf(each).mayPublish('plant/v1/a/b/c/cmd'));
  expect(orders).toEqual([service('rules')]);
  expect(rightsOf(ANYBODY).mayPublish('plant/v1/a/b/c/cmd')).toBe(false);
  expect(rightsOf(DEVICE).mayPublish('plant/v1/a/b/c/cmd')).toBe(false);
  expect(services.filter((each) => rightsOf(each).mayPublish('command-op/v1/a/b/c'))).toEqual([service('console')]);
  expect(services.filter((each) => rightsOf(each).mayPublish('command/v1/a/b/c'))).toEqual([service('rules')]);
  for (const each of [ANYBODY, DEVICE, person('viewer')])
    for (const topic of ['command-op/v1/a/b/c', 'command/v1/a/b/c'])
      expect(rightsOf(each).mayPublish(topic)).toBe(false);
});

test('what was refused is sent again by a login that may do this alone, and nobody else may say that it was', () => {
  const replay = rightsOf(service('replay'));
  const sent = [
    'plant/v1/a/b/c/tele',
    'home/x/y',
    'replay/v1/spBv1.0/g/NDATA/n',
    'points/v1/3',
    'rejected-op/v1/replay',
  ];
  expect(sent.filter((topic) => !replay.mayPublish(topic))).toEqual([]);
  const others = [
    'alarm/v1/a/b/r/i',
    'alarm-op/v1/a/b/r/i',
    'plant/v1/a/b/c/cmd',
    'state/v1/a/b/mode',
    'device/v1/a/b/c',
  ];
  expect([...others, 'rejected/v1/json', 'spBv1.0/g/NCMD/n'].filter((topic) => replay.mayPublish(topic))).toEqual([]);
  expect(['#', 'plant/v1/a/b/c/tele', 'points/v1/3'].filter((filter) => replay.maySubscribe(filter))).toEqual([]);
  const unable = [ANYBODY, DEVICE, person('engineer'), service('console'), service('cli'), service('simulator')];
  for (const topic of ['points/v1/3', 'rejected-op/v1/replay'])
    expect(unable.filter((each) => rightsOf(each).mayPublish(topic))).toEqual([]);
});

test('who comes without a login may be any device and read everything', () => {
  const rights = rightsOf(ANYBODY);
  for (const topic of ['plant/v1/a/b/c/tele', 'test/topic', 'zigbee2mqtt/x', 'spBv1.0/g/NBIRTH/n']) {
    expect([rights.mayPublish(topic), rights.mayReceive(topic)]).toEqual([true, true]);
  }
  for (const topic of [
    'alarm/v1/a/b/r/i',
    'points/v1/1',
    'state/v1/a/b/mode',
    'service/v1/rules/rules',
    'device/v1/a/b/c',
  ]) {
    expect([rights.mayPublish(topic), rights.mayReceive(topic)]).toEqual([false, true]);
  }
});

describe('the acl file', () => {
  const acl = aclOf(
    [
      '# what the gateway says',
      'topic read weather/#',
      '',
      'user z2m',
      'topic readwrite zigbee2mqtt/#',
      'topic deny zigbee2mqtt/bridge/#',
      '  topic read house map/#  ',
      'user lyon/tank-farm/t1',
      'topic write extra/t1',
      'pattern write own/%u/x',
      'pattern read client/%c/#',
      'pattern deny secret/%c',
    ].join('\n'),
  );

  test('adds to the default policy, for the user it names', () => {
    const gateway = rightsOf({ kind: 'device', name: 'z2m' }, acl);
    expect(gateway.mayPublish('zigbee2mqtt/lamp')).toBe(true);
    expect(gateway.mayReceive('house map/1')).toBe(true);
    expect(gateway.mayPublish('house map/1')).toBe(false);
    const device = rightsOf(DEVICE, acl);
    expect([device.mayPublish('extra/t1'), device.mayPublish('zigbee2mqtt/lamp')]).toEqual([true, false]);
    expect(rightsOf(ANYBODY, acl).mayReceive('weather/x')).toBe(true);
    expect(rightsOf({ kind: 'device', name: 'z3' }, acl).mayReceive('weather/x')).toBe(false);
  });

  test('denies whatever else allows', () => {
    const gateway = rightsOf({ kind: 'device', name: 'z2m' }, acl);
    expect(gateway.maySubscribe('zigbee2mqtt/#')).toBe(true);
    expect([gateway.mayReceive('zigbee2mqtt/bridge/x'), gateway.mayPublish('zigbee2mqtt/bridge/x')]).toEqual([
      false,
      false,
    ]);
    expect(gateway.maySubscribe('zigbee2mqtt/bridge/x')).toBe(false);
  });

  test('fills patterns with the user and the client id', () => {
    expect(rightsOf(DEVICE, acl).mayPublish('own/lyon/tank-farm/t1/x')).toBe(true);
    expect(rightsOf(DEVICE, acl, 'c9').maySubscribe('client/c9/#')).toBe(true);
    expect(rightsOf(DEVICE, acl, 'c9').maySubscribe('client/c8/#')).toBe(false);
    expect(rightsOf(person('viewer'), acl, 'c9').mayReceive('secret/c9')).toBe(false);
  });

  test('10,000 hostile names never become a wildcard or another level', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom('+', '#', 'a/b', '$SYS', '', '..', '%u', '__proto__', 'x+', '\0'),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, clientId) => {
        const rights = new Rights(
          grantsOf(
            aclOf('pattern readwrite own/%u/x\npattern readwrite of/%c/x'),
            { kind: 'person', name, role: 'viewer' },
            clientId,
          ),
        );
        const [user, id] = ['somebody-else', 'another-client'];
        expect(rights.mayPublish(`own/${user}/x`) && name !== user).toBe(false);
        expect(rights.mayReceive(`of/${id}/x`) && clientId !== id).toBe(false);
        expect(rights.maySubscribe('own/+/x') || rights.maySubscribe('of/+/x') || rights.maySubscribe('of/#')).toBe(
          false,
        );
      }),
      { numRuns: 10_000 },
    );
  });

  test.each([
    ['topics read x', 1, 1, "'topics' is none of user, topic, pattern"],
    ['user a b\ntopic read x', 1, 6, "'a b' cannot be a user"],
    ['\n topic read a/#/b', 2, 13, "'#' stands at the end of a filter only"],
    ['topic', 1, 1, 'a filter has at least one character'],
    ['pattern write a+b', 1, 9, "'a+b': a wildcard is a level of its own"],
  ])('%j is refused with its place', (text, line, column, message) => {
    expect(parseAcl(text)).toEqual([{ line, column: expect.any(Number), message: expect.stringContaining(message) }]);
    expect(column).toBeGreaterThan(0);
    expect(parseAcl(text)).toMatchObject([{ line }]);
  });

  test('everything wrong is told at once', () => {
    expect(parseAcl('a\nuser +\ntopic read ok\ntopic x#')).toHaveLength(3);
  });
});
