// Samples that overtake each other on their way, through the service: with `rules.hold` they are judged in the order in which
// they were measured.

import { describe, expect, it } from 'vitest';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { UNHEARD } from '#domain/device.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { HELD_MAX, HoldingEngine } from '#rules/engine/hold.ts';
import { ruleOf, START } from '#rules/testing/history.ts';
import { type DeviceModel, modelOf } from '#runtime/plant-files.ts';
import { rulesSection } from './config.ts';
import { Rules } from './rules.ts';
import { StateStore } from './state-store.ts';

const hot = ruleOf({
  id: 'hot',
  inputs: { temp: { metric: 'temp', maxAge: '10s' } },
  condition: { '>': [{ var: 'temp' }, 80] },
  onDelay: '3s',
  noData: { action: 'alarm', after: '12s' },
  actions: [
    {
      id: 'close',
      on: ['active'],
      type: 'command',
      target: { device: 't1' },
      command: 'valve.set',
      expiresAfter: '30s',
      ack: { accept: '2s', complete: '9s', retries: 3 },
    },
  ],
});
const HOLD_MS = 5_000;
const device = { site: 'lyon', area: 'farm', device: 't1' };
const series = new SeriesTable().of({ ...device, metric: 'temp' });

function open(
  holdMs: number,
  store = new StateStore(':memory:'),
  startedAt = START,
  models = new Map<string, DeviceModel>(),
) {
  const clock = { now: startedAt };
  const published: { readonly topic: string; readonly payload: string }[] = [];
  const saved = store.rows();
  const engine = new HoldingEngine(new Engine({ rules: [hot], models, saved, startedAt }), { holdMs, saved });
  const rules = new Rules({
    ...{ engine, store, now: () => clock.now, later: (run) => run() },
    ...{ operationsKey: 'key', unsignedRole: 'operator' },
    publish: async (topic, payload) => {
      published.push({ topic, payload });
    },
  });
  rules.open();
  const runClock = (until: number) => {
    for (; clock.now < until; clock.now += 100) rules.tick();
    clock.now = until;
  };
  const take = (topic: string, payload: string, at: number) => {
    runClock(at);
    rules.take({ topic, payload: Buffer.from(payload), qos: 1, retained: false, ack: () => {} });
  };
  const sample = (value: number, measuredAt: number, arrivesAt = measuredAt) =>
    take(
      topics.points(series.shard),
      encodePoint({ series, value, quality: 'good', measuredAt, late: false }),
      arrivesAt,
    );
  const of = (root: string) => published.flatMap(({ topic, payload }) => (topic.startsWith(root) ? [payload] : []));
  return { rules, engine, store, clock, take, sample, runClock, of };
}

/** Values at each second, and how late each comes. */
const VALUES = [70, 90, 90, 70, 90, 90, 90, 90, 90, 70, 70, 90, 70];
const LATE_MS = [0, 4_900, 0, 1_500, 4_000, 100, 2_600, 0, 4_999, 3_000, 1_000, 0, 2_000];
const samples = VALUES.map((value, i) => ({ value, at: START + i * 1_000, lateMs: LATE_MS[i] ?? 0 }));

describe('rules.hold', () => {
  it('gives samples that overtake each other the journal of the run in which none did', () => {
    const ordered = open(0);
    for (const { value, at } of samples) ordered.sample(value, at);
    ordered.runClock(START + 60_000);
    const held = open(HOLD_MS);
    for (const { value, at, lateMs } of samples.toSorted((a, b) => a.at + a.lateMs - b.at - b.lateMs))
      held.sample(value, at, at + lateMs);
    held.runClock(START + 60_000 + HOLD_MS);
    expect(ordered.of('journal/').length).toBeGreaterThan(5);
    expect(held.of('journal/')).toEqual(ordered.of('journal/'));
    const unheld = open(0);
    for (const { value, at, lateMs } of samples.toSorted((a, b) => a.at + a.lateMs - b.at - b.lateMs))
      unheld.sample(value, at, at + lateMs);
    unheld.runClock(START + 60_000);
    expect(unheld.of('journal/')).not.toEqual(ordered.of('journal/'));
  });

  it('waits for the answer of a device as long as without it', () => {
    const { sample, take, runClock, of } = open(HOLD_MS);
    for (let i = 0; i <= 9; i++) sample(90, START + i * 1_000);
    expect(of('plant/')).toHaveLength(1);
    const { cid } = JSON.parse(of('plant/')[0] ?? '{}');
    const reply = (status: string, at: number) =>
      take(topics.device(device, 'ack'), JSON.stringify({ cid, status, ts: at }), at);
    reply('ACCEPTED', START + 9_500);
    reply('SUCCEEDED', START + 12_000);
    runClock(START + 30_000);
    expect(of('plant/')).toHaveLength(1);
    expect(of('journal/').filter((line) => line.includes('TIMEOUT'))).toEqual([]);
  });

  it.each([HOLD_MS, 0])('loses nothing that is held over an end, also with a hold of %d ms after it', (next) => {
    const first = open(HOLD_MS);
    for (let i = 0; i <= 4; i++) first.sample(90, START + i * 1_000);
    expect(first.engine.waiting).toBe(5);
    first.rules[Symbol.dispose]();
    const second = open(next, first.store, START + 5_000);
    expect(second.engine.waiting).toBe(5);
    second.sample(90, START + 5_000);
    second.runClock(START + 5_100 + HOLD_MS);
    expect(second.of('journal/')[0]).toMatch(new RegExp(`event=ACTIVE.* ${START + 3_000}$`));
    expect(second.engine.waiting).toBe(0);
  });

  it('has an order judged by the states of the plant that were said before it', () => {
    const interlocks = [{ state: 'maintenance', is: true }];
    const valve = modelOf({ model: 'valve', metrics: {}, commands: { hold: { args: {}, interlocks } } });
    const live = new Engine({ models: new Map([['valve', valve]]), startedAt: START });
    const engine = new HoldingEngine(live, { holdMs: HOLD_MS });
    const { site, area } = device;
    const said = (value: boolean, at: number) =>
      engine.step({ kind: 'plant-state', site, area, name: 'maintenance', value, at });
    const order = (id: string, at: number) => {
      const operation = { op: 'send', id, command: 'hold', args: {}, by: 'ada', exp: at + 60_000 } as const;
      return engine.step({ kind: 'command-operation', device, operation, role: 'operator', at });
    };
    engine.step({
      kind: 'device',
      device: { ...device, role: null, labels: {}, ...UNHEARD, model: 'valve' },
      at: START,
    });
    said(false, START);
    const outputs = [...order('a', START + 1_000), ...said(true, START + 2_000), ...order('b', START + 3_000)];
    expect(outputs).toEqual([]);
    const judged = engine.step({ kind: 'tick', at: START + 3_000 + HOLD_MS });
    expect(judged.flatMap((each) => (each.kind === 'command-journal' ? [each.entry.status] : []))).toEqual([
      'SENT',
      'BLOCKED',
    ]);
  });

  it('an order just after its device was named is carried out and not rejected; after it was taken away, the reverse', () => {
    const valve = modelOf({ model: 'valve', metrics: {}, commands: { hold: { args: {}, interlocks: [] } } });
    const { rules, take, runClock, of } = open(HOLD_MS, undefined, START, new Map([['valve', valve]]));
    const view = JSON.stringify({ ...device, role: null, labels: {}, ...UNHEARD, model: 'valve' });
    const order = (id: string, at: number) => {
      const operation = { op: 'send', id, command: 'hold', args: {}, by: 'ada', exp: at + 60_000 };
      take(topics.commandOperation(device), JSON.stringify(operation), at);
    };
    take(topics.registry(device), view, START);
    order('a', START + 100);
    take(topics.registry(device), '', START + 200);
    order('b', START + 300);
    runClock(START + 2 * HOLD_MS);
    rules.tick();
    expect(of('plant/').map((payload) => JSON.parse(payload).cid)).toEqual(['operator/lyon/farm/t1/a']);
    expect(of('rejected/').map((payload) => JSON.parse(payload).message)).toEqual([
      "there is no device 'lyon/farm/t1'",
    ]);
    expect(of('rejected/')[0]).toContain('\\"id\\":\\"b\\"');
  });

  it('holds no more than fits, and counts what it judged too early', () => {
    const engine = new HoldingEngine(new Engine({ rules: [hot], startedAt: START }), { holdMs: HOLD_MS });
    for (let i = 0; i < HELD_MAX + 3; i++) {
      const point = { series, value: 20, quality: 'good', measuredAt: START + (i % 1_000), late: false } as const;
      engine.step({ kind: 'point', point, receivedAt: START + 1_000 });
    }
    expect([engine.waiting, engine.hastened]).toEqual([HELD_MAX, 3]);
  });

  it('a clock that is set leaves nothing waiting for a moment that will not come', () => {
    const { sample, engine, rules } = open(HOLD_MS);
    sample(90, START);
    rules.put({ kind: 'clock-step', from: START + 100, to: START - 86_400_000 });
    expect(engine.waiting).toBe(0);
    expect(engine.clock).toBeLessThanOrEqual(START - 86_400_000);
  });

  it('is off where nothing is said, and at most a minute', () => {
    expect(rulesSection.parse({}).hold).toBe(0);
    expect(rulesSection.parse({ hold: '2s' }).hold).toBe(2_000);
    expect(rulesSection.safeParse({ hold: '61s' }).error?.issues[0]?.message).toBe('must be at most 1m');
  });
});
