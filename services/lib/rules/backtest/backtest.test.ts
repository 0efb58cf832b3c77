import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceEntry } from '#domain/device.ts';
import type { Point } from '#domain/point.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { type Backtest, type BacktestOptions, backtest } from './backtest.ts';
import { compareResults } from './compare.ts';
import { lineSource } from './line-source.ts';
import { backtestText } from './report-text.ts';
import { HOT, HOUR, linesOf, MINUTE, NO_PLANT, pointOf, ruleOf, SECOND, sourceOf, T0, textsOf } from './testing.ts';

async function run(rules: readonly CompiledRule[], points: readonly Point[], more: Partial<BacktestOptions> = {}) {
  const options = { source: sourceOf(points), plant: NO_PLANT, isPlantWhole: false, lookbackMs: 0 };
  return backtest({ ...options, sets: [{ name: 'now', rules }], from: undefined, to: undefined, ...more });
}

const only = (done: Backtest) => {
  const [result] = done.results;
  if (result === undefined) throw new Error('there is no result');
  return result;
};

/** One value per minute from T0 on. */
const minutes = (...values: number[]) => values.map((value, i) => pointOf(T0 + i * MINUTE, value));

describe('backtest()', () => {
  it('counts what the engine did, with its times', async () => {
    const done = await run([ruleOf({ ...HOT, priority: 'high' })], minutes(70, 90, 91, 60, 85));
    const result = only(done);
    expect(result.episodes.map(({ from, to }) => [from - T0, to === null ? null : to - T0])).toEqual([
      [MINUTE, 3 * MINUTE],
      [4 * MINUTE, null],
    ]);
    expect(result.rules[0]).toMatchObject({ activations: 2, instances: 1, alarms: 1, inAlarmMs: 2 * MINUTE + 1 });
    expect(result.kpis).toMatchObject({ alarms: 2, priorityMix: { high: 1 } });
    expect(done).toMatchObject({ points: 5, series: 1, range: { from: T0, to: T0 + 4 * MINUTE + 1 } });
  });

  it('counts a rule in shadow as if it were active, and says that it is in shadow', async () => {
    const result = only(await run([ruleOf({ ...HOT, mode: 'shadow' })], minutes(90)));
    expect(result.kpis.alarms).toBe(1);
    expect(result.rules[0]).toMatchObject({ mode: 'shadow', activations: 1 });
  });

  it('lets the clock run between points and to the end: delays and silence need no sample', async () => {
    const rule = ruleOf({ ...HOT, onDelay: '5m', noData: { action: 'alarm', after: '2h', priority: 'low' } });
    const result = only(await run([rule], minutes(90), { to: T0 + 4 * HOUR }));
    expect(result.episodes.map(({ rule: id, from }) => [id, from - T0])).toEqual([
      ['hot', 5 * MINUTE],
      ['hot.no-data', 2 * HOUR],
    ]);
    expect(result.rules.map(({ rule: id }) => id)).toEqual(['hot', 'hot.no-data']);
  });

  it('takes what a plant state suppresses from the start on, before anybody could have been told', async () => {
    const rule = ruleOf({
      ...HOT,
      suppressWhen: { '==': [{ state: 'mode' }, 'off'] },
      scope: { labels: { tank: 't' } },
    });
    const devices = new Map<string, DeviceEntry>([
      ['s/a/d1', { site: 's', area: 'a', device: 'd1', model: null, role: null, labels: { tank: 't' } }],
    ]);
    const states = [{ site: 's', area: 'a', name: 'mode', value: 'off' }];
    const plant = { ...NO_PLANT, devices, states };
    const result = only(await run([rule], minutes(70, 90, 60), { plant, isPlantWhole: true }));
    expect(result.kpis.alarms).toBe(0);
    expect(result.episodes).toMatchObject([{ isSuppressed: true }]);
  });

  it('does nothing at the end of the range itself, which is left out', async () => {
    const rule = ruleOf({ ...HOT, onDelay: '5m' });
    expect(only(await run([rule], minutes(90), { to: T0 + 5 * MINUTE })).episodes).toEqual([]);
    expect(only(await run([rule], minutes(90), { to: T0 + 5 * MINUTE + 1 })).episodes).toHaveLength(1);
  });

  it('begins with what the time before has made of the rules', async () => {
    const from = T0 + 10 * MINUTE;
    const result = only(await run([ruleOf(HOT)], minutes(90), { from, to: from + HOUR, lookbackMs: 10 * MINUTE }));
    expect(result.rules[0]).toMatchObject({ activations: 0, inAlarmMs: HOUR });
    expect(result.kpis.alarms).toBe(0);
  });

  it('says that there is nothing in a recording, and judges a silent store all the same', async () => {
    await expect(run([ruleOf(HOT)], [])).rejects.toThrow(/there is not one point in it/);
    const silent = await run([ruleOf(HOT)], [], { from: T0, to: T0 + HOUR });
    expect(silent).toMatchObject({ points: 0, series: 0 });
    expect(backtestText(silent)).toContain('nothing could be judged');
  });

  it('takes no silence for an alarm before anybody stored anything', async () => {
    const device: DeviceEntry = { site: 's', area: 'a', device: 'd1', model: 'm', role: null, labels: {} };
    const model = { model: 'm', metrics: new Map([['temperature', { type: 'number' as const, interval: '1m' }]]) };
    const plant = { ...NO_PLANT, models: new Map([['m', model]]), devices: new Map([['s/a/d1', device]]) };
    const rule = ruleOf({
      ...{ id: 'silent', inputs: { t: { metric: 'temperature', maxAge: '3m' } } },
      condition: { '>': [{ age: ['t'] }, 600] },
      noData: { action: 'alarm', after: '5m', priority: 'low' },
    });
    const range = { from: T0 - 2 * HOUR, to: T0 + HOUR };
    const whole = { plant, isPlantWhole: true, lookbackMs: HOUR };
    const begun = only(await run([rule], minutes(70, 70, 70), { ...range, ...whole }));
    expect(begun.episodes.map(({ rule: id, from }) => [id, from - T0])).toEqual([
      ['silent.no-data', 7 * MINUTE],
      ['silent', 12 * MINUTE + 1],
    ]);
    expect(begun.rules.map(({ activations }) => activations)).toEqual([1, 1]);
    expect(only(await run([rule], [], { ...range, ...whole })).episodes).toEqual([]);
  });

  it('tells a rule that no series fits from one that was quiet', async () => {
    const other = ruleOf({ ...HOT, id: 'other', inputs: { t: 'pressure' } });
    const text = backtestText(await run([ruleOf(HOT), other], minutes(20)));
    expect(text).toMatch(/hot\s+active\s+medium\s+0 of 1/);
    expect(text).toMatch(/other\s+active\s+medium\s+none fits/);
  });

  it('is ended by whoever watches it', async () => {
    const seen: number[] = [];
    const done = await run([ruleOf(HOT)], [], {
      source: sourceOf(minutes(90), minutes(91)),
      onProgress: ({ points }) => seen.push(points) > 1,
    });
    expect([done.isCut, seen]).toEqual([true, [1]]);
  });

  it('runs the rules behind the only one that is asked for, and reports that one', async () => {
    const reader = ruleOf({ id: 'reader', condition: { alarm: 'hot' } });
    const result = only(
      await run([], minutes(90, 20), { sets: [{ name: 'now', rules: [ruleOf(HOT), reader], only: 'reader' }] }),
    );
    expect(result.rules.map(({ rule, activations }) => [rule, activations])).toEqual([['reader', 1]]);
    expect([result.kpis.alarms, result.episodes.length]).toEqual([1, 1]);
  });

  it('keeps the numbers of each operating position apart', async () => {
    const rules = ['north', 'south'].map((position) =>
      ruleOf({ ...HOT, id: `hot-${position}`, scope: { devices: [position] }, labels: { position } }),
    );
    const points = [
      pointOf(T0, 90, { device: 'north' }),
      pointOf(T0, 90, { device: 'south' }),
      pointOf(T0 + 1, 1, { device: 'north' }),
      pointOf(T0 + 2, 99, { device: 'north' }),
    ];
    const { positions, kpis } = only(await run(rules, points));
    expect([positions.north?.alarms, positions.south?.alarms, kpis.alarms]).toEqual([2, 1, 3]);
  });

  it('gives the same for points that overtook each other within the hold', async () => {
    const rule = ruleOf({
      ...HOT,
      onDelay: '20s',
      deadband: 2,
      inputs: { t: { metric: 'temperature', fn: 'avg', window: '30s', maxAge: '1m' } },
    });
    const sample = fc.record({ value: fc.integer({ min: 60, max: 100 }), lag: fc.nat(9_999) });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 40 }), async (samples) => {
        const points = samples.map(({ value }, i) => pointOf(T0 + i * 3 * SECOND, value));
        const shuffled = points
          .map((point, i) => ({ point, at: point.measuredAt + (samples[i]?.lag ?? 0) }))
          .sort((a, b) => a.at - b.at)
          .map(({ point }) => point);
        const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
        const [one, two] = await Promise.all(
          [points, shuffled].map((each) => run([rule], [], { source: lineSource(textsOf(linesOf(each)), { range }) })),
        );
        expect(two?.source.tooLate).toBe(0);
        expect(JSON.stringify(two)).toBe(JSON.stringify(one));
      }),
      { numRuns: 200 },
    );
  });
});

describe('backtest() of commands', () => {
  const valve: DeviceEntry = { site: 's', area: 'a', device: 'v1', model: null, role: 'inlet', labels: { tank: 'T1' } };
  const tank: DeviceEntry = { ...valve, device: 'd1', role: 'level' };
  const plant = {
    ...NO_PLANT,
    devices: new Map([
      ['s/a/v1', valve],
      ['s/a/d1', tank],
    ]),
  };
  const closing = ruleOf({
    ...HOT,
    groupBy: ['tank'],
    inputs: {
      t: { metric: 'temperature', select: { role: 'level' }, maxAge: '1h' },
      v: { metric: 'position', select: { role: 'inlet' }, maxAge: '1h' },
    },
    actions: [
      {
        ...{
          id: 'close',
          on: ['active'],
          type: 'command',
          target: { select: { role: 'inlet' } },
          command: 'valve.set',
        },
        ...{ args: { position: 0 }, expiresAfter: '30s', ack: { accept: '3s', complete: '10s', retries: 2 } },
        permitWhen: { '!=': [{ state: 'mode' }, 'manual'] },
        verify: { condition: { '<': [{ var: 'v' }, 5] }, within: '20s' },
        onFailure: [{ type: 'alarm', id: 'did-not-close', priority: 'critical' }],
      },
    ],
  });
  const mode = (value: string) => ({ ...plant, states: [{ site: 's', area: 'a', name: 'mode', value }] });

  it('counts each once, and no alarm of a failure that nobody could have answered for', async () => {
    const result = only(await run([closing], minutes(90, 91, 92), { plant: mode('auto'), to: T0 + HOUR }));
    expect(result.commands.total).toBe(1);
    expect(result.commands.sent).toEqual([
      expect.objectContaining({ at: T0, rule: 'hot', device: 's/a/v1', cmd: 'valve.set', args: { position: 0 } }),
    ]);
    expect(result.rules.map(({ rule, commands }) => [rule, commands])).toEqual([['hot', 1]]);
    expect(result.kpis.alarms).toBe(1);
  });

  it('says what held a command back', async () => {
    const result = only(await run([closing], minutes(90), { plant: mode('manual') }));
    expect([result.commands.total, [...result.commands.heldBack.keys()].join()]).toEqual([
      0,
      expect.stringContaining('hot: BLOCKED'),
    ]);
  });
});

describe('backtest() of two sets', () => {
  it('says what only one of them did, and what moved', async () => {
    const old = ruleOf({ ...HOT, onDelay: '1m' });
    const now = ruleOf({ condition: { '>': [{ var: 't' }, 88] }, onDelay: '2m' });
    const points = minutes(90, 91, 92, 60, 85, 85, 85, 20);
    const done = await run([], points, {
      sets: [
        { name: 'old', rules: [old] },
        { name: 'now', rules: [now] },
      ],
    });
    const [before, after] = done.results;
    if (before === undefined || after === undefined) throw new Error('two sets have two results');
    const comparison = compareResults(before, after);
    expect(comparison).toMatchObject({ same: 0, onlyAfter: [], moved: [{ beginsLaterMs: MINUTE, endsLaterMs: 0 }] });
    expect(comparison.onlyBefore.map(({ from }) => from - T0)).toEqual([5 * MINUTE]);
    expect(backtestText(done, comparison)).toContain('begins 1 min later');
    expect(compareResults(after, after)).toMatchObject({ same: 1, onlyBefore: [], onlyAfter: [], moved: [] });
  });
});
