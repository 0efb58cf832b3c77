import { describe, expect, it } from 'vitest';
import type { Problem, ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { START } from '#rules/testing/history.ts';
import { Rules } from './rules.ts';
import { ServiceStatuses } from './service-statuses.ts';
import { StateStore } from './state-store.ts';

const DISK: Problem = { id: 'disk-space', text: 'the disk is 86 % full', priority: 'high' };
const TOPIC = topics.service('broker', 'broker');
const up = (problems?: readonly Problem[]): ServiceStatus => ({
  ...{ service: 'broker', id: 'broker', status: 'up', since: 1, version: '1' },
  ...(problems && { problems }),
});

/** Statuses, rules and their store as the service has them, on a clock that stands still unless told. */
function open(store = new StateStore(':memory:'), startedAt = START) {
  let at = startedAt;
  const engine = new Engine({ saved: store.rows(), startedAt });
  const published: { topic: string; payload: string }[] = [];
  const rules = new Rules({
    ...{ engine, store, now: () => at, later: (run) => run(), operationsKey: 'key', unsignedRole: undefined },
    publish: async (topic, payload) => {
      published.push({ topic, payload });
    },
  });
  rules.open();
  const unreadable: string[] = [];
  const puts: unknown[] = [];
  const statuses = new ServiceStatuses({
    ...{ now: () => at, nowMs: () => at },
    put: (input) => {
      puts.push(input);
      rules.put(input);
    },
    onUnreadable: (_, reason) => unreadable.push(reason),
  });
  let acks = 0;
  const hears = (payload: unknown, topic = TOPIC) => {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
    statuses.take({ topic, payload: bytes, qos: 1, retained: true, ack: () => acks++ });
  };
  const passes = (ms: number) => {
    for (const end = at + ms; at < end; ) {
      at = Math.min(at + 100, end);
      statuses.tick();
      rules.tick();
    }
  };
  const alarms = () =>
    published.flatMap(({ topic, payload }) =>
      topic.startsWith('alarm/') && payload !== '' ? [`${topic.slice(9)} ${JSON.parse(payload).state}`] : [],
    );
  return { hears, passes, alarms, unreadable, puts, statuses, rules, engine, store, acks: () => acks, at: () => at };
}

describe('ServiceStatuses', () => {
  it('makes an alarm of what a service says is wrong with it', () => {
    const { hears, passes, alarms, acks } = open();
    hears(up([DISK]));
    passes(100);
    expect(alarms()).toEqual(['penstock/pipeline/service-problem/broker.disk-space UNACK']);
    hears(up([]));
    passes(12_000);
    expect(alarms().at(-1)).toBe('penstock/pipeline/service-problem/broker.disk-space RTNUN');
    expect(acks()).toBe(2);
  });

  it('lets the last word of each second in, however many there are', () => {
    const { hears, passes, puts } = open();
    for (let i = 0; i < 50; i++) {
      for (let word = 0; word < 1_000; word++) hears(up([{ ...DISK, text: `${i}.${word}` }]));
      passes(100);
    }
    expect(puts.length).toBeGreaterThanOrEqual(5);
    expect(puts.length).toBeLessThanOrEqual(6);
    passes(1_000);
    expect(puts.at(-1)).toMatchObject({ problems: [{ text: '49.999' }] });
  });

  it('a status that says the same again costs nothing', () => {
    const { hears, passes, puts } = open();
    for (let i = 0; i < 10; i++) {
      hears(up([DISK]));
      passes(1_000);
    }
    expect(puts).toHaveLength(1);
  });

  it.each<[topic: string, payload: unknown, reason: string]>([
    [TOPIC, Buffer.from('{'), 'a status is a JSON object'],
    [TOPIC, Buffer.alloc(200_000, ' '), 'a status has at most 131072 bytes, not 200000'],
    [TOPIC, { ...up([DISK]), id: 'other' }, 'the status names another service than its topic'],
    [TOPIC, up([{ ...DISK, id: 'a/b' }]), "a problem's 'id' must be"],
    [TOPIC, JSON.parse('{"__proto__":{"status":"up"}}'), "'service' must be a name"],
    [
      'service/v1/stranger/stranger',
      { ...up([DISK]), service: 'stranger', id: 'stranger' },
      "there is no service 'stranger'",
    ],
    ['service/v1/__proto__/x', up(), 'the topic is none of a service'],
    ['service/v1/constructor/x', up(), "there is no service 'constructor'"],
  ])('refuses what %s cannot mean, in words, and nothing changes', (topic, payload, reason) => {
    const { hears, passes, alarms, unreadable, statuses } = open();
    hears(payload, topic);
    passes(2_000);
    expect([unreadable[0], statuses.refused, alarms()]).toEqual([expect.stringContaining(reason), 1, []]);
  });

  it('does not take the set of rules for a service', () => {
    const { hears, passes, unreadable } = open();
    hears({ rules: [], problems: ['a'], warnings: [], loadedAt: 1 }, topics.service('rules', 'files'));
    passes(1_000);
    expect(unreadable).toEqual([]);
  });

  it('invented services take no place of those that there are', () => {
    const { hears, passes, alarms, statuses } = open();
    for (let i = 0; i < 5_000; i++) hears({ ...up([]), id: `x${i}` }, topics.service('broker', `x${i}`));
    passes(1_000);
    expect(statuses.refused).toBe(5_000 - 256);
    hears(up([DISK]));
    passes(1_000);
    expect(alarms()).toHaveLength(1);
  });

  it('a restart that finds the same retained status tells nobody again, also out of what was not yet in a checkpoint', async () => {
    const first = open();
    first.hears(up([DISK]));
    first.passes(100);
    await new Promise((resolve) => setImmediate(resolve)); // the broker takes what was published
    first.passes(100);
    const second = open(first.store, first.at());
    second.hears(up([DISK]));
    second.passes(1_000);
    expect(second.alarms()).toEqual([]);
    expect(second.engine.instances.get('service-problem/penstock/pipeline/broker.disk-space')?.state).toMatchObject({
      active: true,
      episode: 1,
    });
  });
});
