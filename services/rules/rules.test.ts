import { describe, expect, it } from 'vitest';
import type { Role } from '#domain/alarm.ts';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { UNHEARD } from '#domain/device.ts';
import { WATCHDOG_RULE } from '#domain/heartbeat.ts';
import { PIPELINE } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import type { Meter } from '#rules/engine/suspects.ts';
import { ruleOf, START } from '#rules/testing/history.ts';
import type { PublishOptions } from '#runtime/bus.ts';
import { type DeviceModel, modelOf } from '#runtime/plant-files.ts';
import { signOperation } from '#runtime/signed-operation.ts';
import { Outbox } from './outbox.ts';
import { Rules } from './rules.ts';
import { ServerClock } from './server-clock.ts';
import { StateStore } from './state-store.ts';

const hot = ruleOf({
  id: 'hot',
  inputs: { temp: 'temp' },
  condition: { '>': [{ var: 'temp' }, 80] },
  actions: [
    {
      id: 'close',
      on: ['active'],
      type: 'command',
      target: { device: 't1' },
      command: 'valve.set',
      expiresAfter: '30s',
      ack: { accept: '3s', complete: '9s' },
    },
  ],
});
const KEY = 'a key of the tests';
const series = new SeriesTable().of({ site: 'lyon', area: 'farm', device: 't1', metric: 'temp' });
const points = topics.points(series.shard);
const line = (value: number, measuredAt: number) =>
  encodePoint({ series, value, quality: 'good', measuredAt, late: false });

/** The service on a store in memory; every publish waits to be taken or refused. */
function open(
  store = new StateStore(':memory:'),
  startedAt = START,
  rule = hot,
  meter?: Meter,
  models?: ReadonlyMap<string, DeviceModel>,
) {
  const clock = { now: startedAt, ms: 0 };
  const serverClock = new ServerClock({ now: () => clock.now, nowMs: () => clock.now - startedAt - clock.ms });
  const publishes: { topic: string; payload: string; options: PublishOptions; take: () => void }[] = [];
  const unreadable: string[] = [];
  const engine = new Engine({
    rules: [rule],
    saved: store.rows(),
    startedAt,
    ...(meter === undefined ? {} : { meter }),
    ...(models === undefined ? {} : { models }),
  });
  const rules = new Rules({
    engine,
    store,
    now: () => clock.now,
    clockNews: () => serverClock.news(),
    later: (run) => run(),
    operationsKey: KEY,
    unsignedRole: 'operator',
    publish: (topic, payload, options) =>
      new Promise((resolve) => publishes.push({ topic, payload, options, take: resolve })),
    onUnreadable: (_, reason) => unreadable.push(reason),
  });
  rules.open();
  let acks = 0;
  const take = (topic: string, payload: string | Buffer, retained = false) =>
    rules.take({ topic, payload: Buffer.from(payload), qos: 1, retained, ack: () => acks++ });
  return { rules, engine, store, clock, publishes, unreadable, take, acks: () => acks };
}

/** Somebody sets the clock; no time passes. */
function set(clock: { now: number; ms: number }, byMs: number): void {
  clock.now += byMs;
  clock.ms += byMs;
}

const taken = () => new Promise((resolve) => setImmediate(resolve));

describe('Rules', () => {
  it('publishes alarm, journal and command in order, once they are on disk', () => {
    const { publishes, store, take, acks } = open();
    take(points, line(90, START));
    expect(acks()).toBe(1);
    expect(publishes.map(({ topic }) => topic.split('/')[0])).toEqual([
      'journal',
      'alarm',
      'journal',
      'alarm',
      'plant',
    ]);
    expect(store.queued().map(({ payload }) => payload)).toEqual(publishes.map(({ payload }) => payload));
  });

  it('acknowledges nothing and publishes nothing that could not be written', () => {
    const { publishes, store, take, acks } = open();
    store[Symbol.dispose]();
    expect(() => take(points, line(90, START))).toThrow();
    expect([acks(), publishes]).toEqual([0, []]);
  });

  it('waits while the disk is full: nothing is acknowledged, nothing lost, and it goes on by itself', () => {
    let isFull = true;
    class FullStore extends StateStore {
      override commit(...commit: Parameters<StateStore['commit']>) {
        if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        return super.commit(...commit);
      }
    }
    const { rules, publishes, store, take, acks, clock } = open(new FullStore(':memory:'));
    take(points, line(90, START));
    take(points, line(20, START + 1_000));
    rules.putAndKeep({ kind: 'tick', at: START + 1_500 });
    clock.now = START + 2_000;
    rules.tick();
    expect([acks(), publishes]).toEqual([0, []]);
    expect(rules.problem()).toContain('the disk is full');
    isFull = false;
    rules.tick();
    expect([acks(), rules.problem()]).toEqual([2, undefined]);
    expect(publishes.filter(({ topic }) => topic.startsWith('journal/'))).toHaveLength(3);
    expect(store.rows().some(({ key }) => key === 'instance/hot/lyon/farm/t1')).toBe(true);
  });

  it('stops a rule that overruns its budget again and again, and says so in an alarm', () => {
    let ms = 0;
    const slow = () => (ms += 6);
    const meter = { nowMs: slow, cpuMs: slow, budgetMs: 5 };
    const { rules, publishes, take, engine } = open(undefined, START, hot, meter);
    for (let i = 0; i < 9; i++) take(points, line(20, START + i * 1_000));
    expect(engine.rules.get('hot')?.isolatedBecause).toMatch(/more than 5 ms of CPU time, the last 6\.0 ms/);
    const alarm = publishes.find(({ topic }) => topic === 'alarm/v1/penstock/pipeline/rule-isolated/hot');
    expect(JSON.parse(alarm?.payload ?? '{}')).toMatchObject({ state: 'UNACK', instance: 'hot' });
    take(points, line(95, START + 10_000));
    expect(publishes.some(({ topic }) => topic === 'alarm/v1/lyon/farm/hot/t1')).toBe(false);
    rules.putAndKeep({ kind: 'reload', rules: [{ ...hot.source, name: 'mended' }], at: START + 11_000 });
    expect(engine.rules.get('hot')?.isolatedBecause).toBeUndefined();
    expect(engine.instances.get('rule-isolated/penstock/pipeline/hot')?.state.active).toBe(false);
  });

  it('takes an operation by its signature and role', () => {
    const topic = topics.alarmOperation({ site: 'lyon', area: 'farm', rule: 'hot', instance: 't1' });
    const ack = { op: 'ack', episode: 1, by: 'ann' } as const;
    const signed = (role: Role, key = KEY) => signOperation(topic, ack, { role, key, sentAt: START });
    const { publishes, take, unreadable } = open();
    const last = () => publishes.at(-1)?.payload ?? '';
    const journal = () => publishes.filter((each) => each.topic.startsWith('journal/')).at(-1)?.payload;
    take(points, line(90, START));
    take(topic, signed('operator', 'another key'));
    expect(unreadable).toEqual(['the signature of the operation is wrong']);
    take(topic, signed('viewer'));
    expect(journal()).toContain("the role 'viewer' may not do this");
    take(topic, signed('operator'));
    expect(last()).toContain('"state":"ACKED"');
  });

  it('decides nothing anew for what comes again after a lost connection, in this life or the next', () => {
    const first = open();
    const messages: [topic: string, payload: string][] = [
      [points, line(20, START)],
      [points, line(90, START + 1_000)],
      ['alarm-op/v1/lyon/farm/hot/t1', JSON.stringify({ op: 'ack', episode: 1, by: 'ada' })],
      [points, line(91, START + 2_000)],
    ];
    const says = ({ publishes }: typeof first) => publishes.map(({ topic, payload }) => `${topic} ${payload}`);
    for (const message of messages) first.take(...message);
    const said = says(first);
    expect(said.length).toBeGreaterThan(5);
    for (const message of messages) first.take(...message);
    expect(says(first)).toEqual(said);
    const second = open(first.store);
    const before = says(second);
    for (const message of messages) second.take(...message);
    expect(says(second)).toEqual(before);
    expect([first.acks(), second.acks()]).toEqual([8, 4]);
  });

  it('takes two hundred thousand messages at once, and publishes them in order and without delay', async () => {
    const store = new StateStore(':memory:');
    const published: string[] = [];
    const outbox = new Outbox({
      ...{ store, now: () => START, onDelivered: () => {} },
      publish: async (topic) => void published.push(topic),
    });
    outbox.add(Array.from({ length: 200_000 }, (_, i) => ({ id: i + 1, topic: `t/${i}`, payload: '', retain: false })));
    while (published.length < 200_000) await taken();
    expect(published.every((topic, i) => topic === `t/${i}`)).toBe(true);
  });

  it('strikes off an unbroken row only', async () => {
    const { rules, publishes, store, take } = open();
    take(points, line(90, START));
    publishes[1]?.take();
    publishes[2]?.take();
    await taken();
    rules.tick();
    expect(store.queued()).toHaveLength(5);
    publishes[0]?.take();
    await taken();
    rules.tick();
    expect(store.queued().map(({ id }) => id)).toEqual([4, 5]);
  });

  it('a disk that is full when something is to be struck off ends nothing: a later tick does it', async () => {
    let isFull = false;
    const store = new (class extends StateStore {
      override strikeOff(id: number): void {
        if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        super.strikeOff(id);
      }
    })(':memory:');
    const { rules, publishes, take } = open(store);
    take(points, line(90, START));
    for (const publish of publishes) publish.take();
    await taken();
    isFull = true;
    rules.tick();
    expect(store.queued().map(({ id }) => id)).toContain(1);
    isFull = false;
    rules.tick();
    expect(store.queued().map(({ id }) => id)).not.toContain(1);
  });

  it('strikes off what the broker takes while the service closes', async () => {
    const { rules, publishes, store, take } = open();
    take(points, line(90, START));
    publishes[0]?.take();
    await taken();
    rules[Symbol.dispose]();
    expect(store.queued()).toHaveLength(4);
    publishes[1]?.take();
    await taken();
    expect(store.queued()).toHaveLength(3);
  });

  it('publishes again in its next life what nobody took, in the same words, but no command that has expired', () => {
    const first = open();
    first.take(points, line(90, START));
    const inTime = open(first.store, START + 1_000);
    expect(inTime.publishes.map(({ payload }) => payload)).toEqual(first.publishes.map(({ payload }) => payload));
    const tooLate = open(first.store, START + 30_000);
    expect(tooLate.publishes.map(({ topic }) => topic.split('/')[0])).toEqual(['journal', 'alarm', 'journal', 'alarm']);
  });

  it('tells the broker how long a command is good for, and where its answer belongs', () => {
    const { publishes, take, clock } = open();
    clock.now += 2_000;
    take(points, line(90, START));
    const [command, ...others] = [...publishes].reverse();
    const { cid, exp } = JSON.parse(command?.payload ?? '{}') as { cid: string; exp: number };
    expect(command?.options).toEqual({
      retain: false,
      expiryMs: exp - clock.now,
      correlation: cid,
      responseTopic: 'plant/v1/lyon/farm/t1/ack',
    });
    expect(others.every(({ options }) => options.expiryMs === undefined)).toBe(true);
  });

  it('does not take a command for delivered that expired while it waited for the broker', async () => {
    const statusOf = async (waitMs: number) => {
      const { publishes, take, clock, engine } = open();
      take(points, line(90, START));
      clock.now += waitMs;
      for (const { take: taking } of publishes) taking();
      await taken();
      return JSON.stringify(engine.instances.get('hot/lyon/farm/t1')?.state).match(/DELIVERED/) !== null;
    };
    expect([await statusOf(29_000), await statusOf(31_000)]).toEqual([true, false]);
  });

  it('keeps at most 256 messages under way', async () => {
    const { publishes, take, clock } = open();
    for (let i = 0; i < 200; i++) {
      clock.now = START + i * 100;
      take(points, line(i % 2 === 0 ? 90 : 20, clock.now));
    }
    expect(publishes).toHaveLength(256);
    publishes[0]?.take();
    await taken();
    expect(publishes).toHaveLength(257);
  });

  it('a clock that was set a day back freezes nothing: the next sample counts, and so does its silence', () => {
    const { take, clock, engine } = open();
    take(points, line(20, START));
    set(clock, -86_400_000);
    take(points, line(90, clock.now));
    expect(engine.instances.get('hot/lyon/farm/t1')?.state.active).toBe(true);
    expect(engine.nextDeadline()).toBeLessThan(clock.now + 61_000);
  });

  it('a clock that was set is set for the next life too', () => {
    const first = open();
    first.take(points, line(20, START));
    set(first.clock, -86_400_000);
    first.take(points, line(90, first.clock.now));
    const second = open(first.store, first.clock.now + 1_000);
    expect(second.engine.clock).toBe(first.engine.clock);
    const [one, other] = [first, second].map(({ engine }) => engine.instances.get('hot/lyon/farm/t1')?.state);
    expect(other).toEqual(one);
  });

  it('a command that waits for the broker does not outlive its time because the clock was set back', async () => {
    const { rules, publishes, store, take, clock } = open();
    for (let i = 0; i < 200; i++) {
      clock.now += 100;
      take(points, line(i % 2 === 0 ? 90 : 20, clock.now));
    }
    const commands = () => publishes.filter(({ topic }) => topic.endsWith('/cmd')).length;
    const before = commands();
    expect(before).toBeLessThan(100);
    set(clock, -86_400_000);
    rules.tick();
    for (const publish of publishes) {
      publish.take();
      await taken();
    }
    rules.tick();
    expect([commands(), store.queued()]).toEqual([before, []]);
  });

  it('starts with a clock that stands before that of its last life, and what comes counts', () => {
    const first = open();
    first.take(points, line(20, START));
    const second = open(first.store, START - 86_400_000);
    second.rules.put({ kind: 'resume', at: second.clock.now });
    second.clock.now += 1_000;
    second.take(points, line(90, second.clock.now));
    expect(second.engine.instances.get('hot/lyon/farm/t1')?.state.active).toBe(true);
  });

  it('retains a shown alarm anew for a broker that has forgotten it', () => {
    const { rules, publishes, take } = open();
    rules.republish();
    expect(publishes).toEqual([]);
    take(points, line(90, START));
    publishes.length = 0;
    rules.republish();
    expect(publishes.map(({ topic }) => topic)).toEqual(['alarm/v1/lyon/farm/hot/t1']);
  });

  it('judges what has waited for it by the devices and states it knew, before they come again', () => {
    const rule = ruleOf({
      ...hot.source,
      scope: { labels: { process: 'storage' } },
      actions: hot.source.actions.map((action) => ({ ...action, permitWhen: { '!=': [{ state: 'mode' }, 'manual'] } })),
    });
    const view = { ...device, labels: { process: 'storage' } };
    const first = open(undefined, START, rule);
    first.take(topics.registry(view), JSON.stringify(view), true);
    first.take(topics.plantState('lyon', 'farm', 'mode'), 'auto', true);
    const second = open(first.store, START + 60_000, rule);
    second.take(points, `${line(90, START + 50_000)}\n${line(20, START + 51_000)}`);
    const journal = second.publishes.flatMap(({ topic, payload }) => (topic.startsWith('journal/') ? [payload] : []));
    expect(journal.map((entry) => /event=([^,]+)/.exec(entry)?.[1])).toEqual(['ACTIVE', 'COMMAND:SENT', 'RETURNED']);
    expect(journal[0]).toMatch(new RegExp(` ${START + 50_000}$`));
  });

  const device = {
    site: 'lyon',
    area: 'farm',
    device: 't1',
    model: null,
    role: null,
    labels: {},
    ...UNHEARD,
    online: true,
  };
  const operation = { op: 'ack', episode: 1, by: 'operator' };

  it.each<[title: string, topic: string, payload: unknown, reason: string]>([
    ['bad JSON', 'device/v1/lyon/farm/t1', '{', 'not valid JSON'],
    ['bytes that are no text', 'device/v1/lyon/farm/t1', Buffer.from([0xff, 0xfe]), 'not valid JSON'],
    ['a topic of nobody', 'points/v1/99', line(90, START), 'the topic is none of the plant'],
    ['a topic with a hostile level', 'device/v1/lyon/farm/__proto__', device, 'the topic is none of the plant'],
    ['a line of something else', points, 'cpu,host=a value=1 1', "measurement is 'cpu', not 'reading'"],
    [
      'a device without labels',
      'device/v1/lyon/farm/t1',
      { ...device, labels: null },
      "'labels' must be an object of texts",
    ],
    ['a device of numbers', 'device/v1/lyon/farm/t1', { ...device, role: 5 }, "'role' must be a text or null"],
    ['a device without a site', 'device/v1/lyon/farm/t1', { ...device, site: undefined }, "'site' must be"],
    ['a device under another name', 'device/v1/lyon/farm/t2', device, 'the topic names another device'],
    ['a number as device', 'device/v1/lyon/farm/t1', 5, 'a device is a JSON object'],
    ['a reply without a moment', 'plant/v1/lyon/farm/t1/ack', { cid: 'x', status: 'ACCEPTED' }, "'ts' must be"],
  ])('reports %s, acknowledges it, and goes on', (_, topic, payload, reason) => {
    const { take, acks, unreadable, publishes } = open();
    take(topic, typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload));
    expect(unreadable).toEqual([expect.stringContaining(reason)]);
    expect([acks(), publishes]).toEqual([1, []]);
    take(points, line(90, START));
    expect(publishes).not.toEqual([]);
  });

  it.each<[what: string, payload: object | string, why: string]>([
    ['an episode as a text', { ...operation, episode: '1' }, "'episode' must be the whole number"],
    ['no episode', { ...operation, episode: undefined }, "'episode' must be the whole number"],
    ['nobody who does it', { ...operation, by: undefined }, "'by' must name who does it"],
    ['another word', { ...operation, op: 'ACK' }, "'op' must be one of ack,"],
    ['no JSON', 'ack please', 'an operation is a JSON object'],
    ['an end as ISO text', { ...operation, op: 'shelve', until: '2026-01-01T00:00:00Z' }, "'until' must be a moment"],
    ['a long comment', { ...operation, comment: 'x'.repeat(3_000) }, 'at most 2,000 characters'],
  ])(
    'answers an operation of %s: in the journal of the alarm, or where there is none as rejected',
    (_, payload, why) => {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
      const { take, acks, unreadable, publishes } = open();
      take('alarm-op/v1/lyon/farm/hot/t1', text);
      const [rejected] = publishes;
      expect([publishes.length, rejected?.topic, acks()]).toEqual([1, 'rejected/v1/operation', 1]);
      expect(JSON.parse(rejected?.payload ?? '{}')).toMatchObject({
        ...{ reason: 'operation', topic: 'alarm-op/v1/lyon/farm/hot/t1', payload: text },
        message: expect.stringContaining(why),
      });
      take(points, line(90, START));
      publishes.length = 0;
      take('alarm-op/v1/lyon/farm/hot/t1', text);
      expect(publishes.map(({ topic }) => topic.split('/')[0])).toEqual(['journal', 'alarm']);
      expect(publishes[0]?.payload).toMatch(/event=REFUSED.*comment="/);
      expect(publishes[0]?.payload).toContain(why);
      expect(unreadable).toEqual([expect.stringContaining(why), expect.stringContaining(why)]);
    },
  );

  it.each([
    ['rule', 'alarm-op/v1/lyon/farm/hoot/t1'],
    ['instance', 'alarm-op/v1/lyon/farm/hot/t9'],
  ])('rejects an operation on an unknown %s with a sentence', (_, topic) => {
    const { take, publishes } = open();
    take(points, line(90, START));
    publishes.length = 0;
    take(topic, JSON.stringify(operation));
    expect(publishes.map((each) => each.topic)).toEqual(['rejected/v1/operation']);
    expect(publishes[0]?.payload).toContain('there is no alarm');
  });

  it('leaves the alarm of the watchdog to the watchdog', () => {
    const { take, publishes } = open();
    const topic = topics.alarmOperation({ ...PIPELINE, rule: WATCHDOG_RULE, instance: 'end-to-end' });
    take(topic, JSON.stringify(operation));
    expect(publishes).toEqual([]);
  });

  it('a plant state that cannot be read suppresses nothing any more, and is rejected with a sentence', () => {
    const quiet = { ...hot.source, suppressWhen: { '==': [{ state: 'mode' }, 'cleaning'] }, actions: [] };
    const { take, engine, publishes } = open(undefined, START, ruleOf(quiet));
    const overlay = () => engine.instances.get('hot/lyon/farm/t1')?.state.suppressed;
    take(points, line(90, START));
    for (const word of ['cleaning', ' cleaning\n', '"cleaning"', ' "cleaning" ']) {
      take('state/v1/lyon/farm/mode', word, true);
      expect([word, overlay()]).toEqual([word, true]);
      take('state/v1/lyon/farm/mode', 'CLEANING', true);
      expect(overlay()).toBe(false);
    }
    for (const payload of ['{"value":"running"}', '[1,2]', 'null', '{', 'clean\u0000']) {
      take('state/v1/lyon/farm/mode', 'cleaning', true);
      publishes.length = 0;
      take('state/v1/lyon/farm/mode', payload, true);
      expect([payload, overlay()]).toEqual([payload, false]);
      const rejected = publishes.find(({ topic }) => topic === 'rejected/v1/state');
      expect(JSON.parse(rejected?.payload ?? '{}')).toMatchObject({ payload, reason: 'state' });
    }
  });

  it('does not obey an operation that was retained', () => {
    const { take, unreadable, publishes } = open();
    take(points, line(90, START));
    publishes.length = 0;
    take('alarm-op/v1/lyon/farm/hot/t1', JSON.stringify(operation), true);
    expect(unreadable).toEqual(['an operation must not be retained']);
    expect(publishes.map(({ payload }) => payload).join()).not.toContain('"state":"ACKED"');
    publishes.length = 0;
    take('alarm-op/v1/lyon/farm/hot/t1', JSON.stringify(operation));
    expect(publishes[1]?.payload).toContain('"state":"ACKED"');
  });

  it('takes a cleared retained message for nothing', () => {
    const { take, unreadable, acks } = open();
    const topicsCleared = ['device/v1/lyon/farm/t1', 'state/v1/lyon/farm/mode', 'alarm-op/v1/lyon/farm/hot/t1'];
    for (const topic of topicsCleared) take(topic, '');
    expect([unreadable, acks()]).toEqual([[], 3]);
  });

  it('reads the good lines of a batch beside a bad one', () => {
    const { take, unreadable, publishes } = open();
    take(points, `nonsense\n${line(90, START)}\n,,=\n`);
    expect(unreadable).toHaveLength(2);
    expect(publishes).not.toEqual([]);
  });

  describe('orders to a device', () => {
    const VALVE = { site: 'lyon', area: 'farm', device: 'v1' };
    const TOPIC = topics.commandOperation(VALVE);
    const valve = modelOf({
      model: 'valve',
      metrics: { position: { type: 'number' } },
      commands: {
        'valve.set': {
          args: { position: { type: 'number', max: 100 } },
          interlocks: [],
          verify: { metric: 'position', equals: { arg: 'position' }, within: '30s' },
        },
      },
    });
    const order = {
      op: 'send',
      id: 'a',
      command: 'valve.set',
      args: { position: 40 },
      by: 'ada',
      exp: START + 60_000,
    } as const;
    const view = JSON.stringify({ ...VALVE, role: null, labels: {}, ...UNHEARD, model: 'valve', online: true });

    function openWithValve(store = new StateStore(':memory:')) {
      const opened = open(store, START, hot, undefined, new Map([['valve', valve]]));
      opened.take(topics.registry(VALVE), view, true);
      const told = (root: string) => opened.publishes.filter(({ topic }) => topic.startsWith(root));
      return { ...opened, told };
    }
    const signedAs = (role: Role) => signOperation(TOPIC, order, { role, key: KEY, sentAt: START });

    it('go to the device, and are told and journaled; their life goes on with its answers', () => {
      const { take, told } = openWithValve();
      take(TOPIC, signedAs('operator'));
      const [command] = told('plant/');
      expect(command).toMatchObject({
        topic: topics.device(VALVE, 'cmd'),
        options: { retain: false, expiryMs: 60_000 },
      });
      const cid = 'operator/lyon/farm/v1/a';
      expect(JSON.parse(command?.payload ?? '')).toMatchObject({
        cid,
        cmd: 'valve.set',
        args: { position: 40 },
        rev: '',
      });
      take(topics.device(VALVE, 'ack'), JSON.stringify({ cid, status: 'ACCEPTED', ts: START }));
      const series = new SeriesTable().of({ ...VALVE, metric: 'position' });
      take(points, encodePoint({ series, value: 40, quality: 'good', measuredAt: START + 1, late: false }));
      const lives = told('command/v1/lyon/farm/v1');
      expect(lives.map(({ options }) => options.retain)).toEqual([true, true, true]);
      expect(lives.map(({ payload }) => JSON.parse(payload).commands[0].status)).toEqual([
        'SENT',
        'ACCEPTED',
        'VERIFIED',
      ]);
      const entries = told('journal/').map(({ payload }) => payload);
      expect(entries.map((line) => /^command_event,.*status=(\w+) /.exec(line)?.[1])).toEqual([
        'SENT',
        'ACCEPTED',
        'VERIFIED',
      ]);
      expect(entries[0]).toContain('actor="ada"');
    });

    it('are carried out once, also by who starts again from what was written down', () => {
      const first = openWithValve();
      first.take(TOPIC, signedAs('operator'));
      first.take(TOPIC, signedAs('operator'));
      const second = openWithValve(first.store);
      second.take(TOPIC, signedAs('operator'));
      // What the first could not get rid of comes again, with the same id; a second order it is not.
      const cids = [...first.told('plant/'), ...second.told('plant/')].map(({ payload }) => JSON.parse(payload).cid);
      expect(cids).toEqual(Array.from({ length: 2 }, () => 'operator/lyon/farm/v1/a'));
      expect(second.told('command/').length).toBeLessThanOrEqual(1);
    });

    it('of nobody with that right, retained, or forged, move nothing, and that is journaled', () => {
      const { take, told, unreadable } = openWithValve();
      take(TOPIC, signedAs('viewer'));
      take(TOPIC, signedAs('operator').replace('"position":40', '"position":99'));
      take(TOPIC, signedAs('operator').replace('"role":"operator"', '"role":"admin"'));
      take(TOPIC, signedAs('operator'), true);
      take(TOPIC, JSON.stringify({ ...order, args: 'all' }));
      take(TOPIC, '{');
      const entries = told('journal/').map(({ payload }) => payload);
      expect(entries).toHaveLength(6);
      for (const line of entries)
        expect(line).toMatch(/^command_event,area=farm,device=v1,n=\d,site=lyon,status=REFUSED /);
      expect([told('plant/'), told('command/'), unreadable.length]).toEqual([[], [], 5]);
      expect(entries.map((line) => /reason="([^"]*)"/.exec(line)?.[1])).toEqual([
        "the role 'viewer' may not send commands; it needs operator",
        'the signature of the order is wrong',
        'the signature of the order is wrong',
        'an order must not be retained: it would be carried out again',
        "'args' must be an object",
        'an order is a JSON object',
      ]);
    });

    it('to a device that there is not are rejected in words, and leave no trace in any journal', () => {
      const { take, told } = openWithValve();
      take(TOPIC.replace('v1/lyon/farm/v1', 'v1/lyon/farm/v9'), JSON.stringify(order));
      expect(told('journal/')).toEqual([]);
      expect(told('rejected/').map(({ topic, payload }) => [topic, JSON.parse(payload).message])).toEqual([
        ['rejected/v1/operation', "there is no device 'lyon/farm/v9'"],
      ]);
    });

    it('are told again to a broker that has lost what it retained, and taken away with their device', () => {
      const { take, told, rules } = openWithValve();
      take(TOPIC, signedAs('operator'));
      rules.republish();
      expect(told('command/')).toHaveLength(2);
      take(topics.registry(VALVE), '', true);
      expect(told('command/').at(-1)).toMatchObject({ payload: '', options: { retain: true } });
    });
  });
});
