import { describe, expect, it } from 'vitest';
import type { Point } from '#domain/point.ts';
import { backtest } from './backtest.ts';
import { type Chart, ChartFold } from './chart-fold.ts';
import { limitLines } from './limit-lines.ts';
import { HOT, HOUR, MINUTE, NO_PLANT, pointOf, ruleOf, SECOND, sourceOf, T0 } from './testing.ts';

type Drawn = { readonly from?: number; readonly to?: number; readonly alarm?: string };

async function chartOf(
  file: object,
  points: readonly Point[],
  { from = T0, to = T0 + HOUR, alarm }: Drawn = {},
): Promise<Chart> {
  const rule = ruleOf(file);
  const fold = new ChartFold({ range: { from, to }, rule: rule.id, alarm });
  const sets = [{ name: 'now', rules: [rule], onJudged: fold.take }];
  const options = { sets, source: sourceOf(points), plant: NO_PLANT, isPlantWhole: false };
  await backtest({ ...options, from, to, lookbackMs: HOUR });
  return fold.finish();
}

/** One value per minute from a moment on. */
const minutes = (values: readonly number[], { from = T0, device = 'd1' } = {}) =>
  values.map((value, i) => pointOf(from + i * MINUTE, value, { device }));

const statesOf = (chart: Chart, i = 0) =>
  chart.instances[i]?.states.map(({ state, from, to }) => [state, (from - T0) / SECOND, (to - T0) / SECOND]);
const gatheringOf = (chart: Chart) =>
  chart.instances[0]?.gathering.map(({ from, to }) => [(from - T0) / SECOND, (to - T0) / SECOND]);

describe('ChartFold', () => {
  it('draws each state at its own moment, delays between samples included', async () => {
    const file = { ...HOT, onDelay: '90s', ackRequired: false };
    const chart = await chartOf(file, minutes([70, 90, 90, 90, 70, 90, 70]));
    expect(statesOf(chart)).toEqual([
      ['PENDING', 60, 150],
      ['UNACK', 150, 240],
      ['PENDING', 300, 360],
    ]);
    expect(gatheringOf(chart)).toEqual([
      [60, 150],
      [300, 360],
    ]);
  });

  it('shows evidence that is gathered beneath RTNUN', async () => {
    const chart = await chartOf({ ...HOT, onDelay: '30s' }, minutes([70, 90, 70, 90, 70]));
    expect(statesOf(chart)).toEqual([
      ['PENDING', 60, 90],
      ['UNACK', 90, 120],
      ['RTNUN', 120, 210],
      ['UNACK', 210, 240],
      ['RTNUN', 240, 3_600],
    ]);
    expect(gatheringOf(chart)).toEqual([
      [60, 90],
      [180, 210],
    ]);
  });

  it('takes what was over before the range as acknowledged, and what still stands as it is', async () => {
    const before = minutes([90, 70, 70, 70, 70, 90], { from: T0 - 10 * MINUTE });
    expect(statesOf(await chartOf(HOT, before, { from: T0 - 6 * MINUTE, to: T0 }))).toEqual([['UNACK', -300, 0]]);
    expect(statesOf(await chartOf(HOT, minutes([90, 90], { from: T0 - MINUTE })))).toEqual([['UNACK', 0, 3_600]]);
  });

  it('tells levels apart', async () => {
    const levels = [
      { priority: 'high', condition: { '>': [{ var: 't' }, 90] } },
      { priority: 'low', condition: { '>': [{ var: 't' }, 80] } },
    ];
    const chart = await chartOf({ levels }, minutes([70, 85, 95, 85]));
    expect(chart.instances[0]?.states.map(({ priority }) => priority)).toEqual(['low', 'high', 'low']);
  });

  it('puts those that were in alarm longest first, and draws the inputs of the one that is asked for', async () => {
    const points = [
      ...minutes([70, 90, 70], { device: 'd1' }),
      ...minutes([90, 90, 70], { device: 'd2' }),
      ...minutes([60, 60, 60], { device: 'd3' }),
    ].sort((a, b) => a.measuredAt - b.measuredAt);
    const file = { ...HOT, groupBy: ['device'] };
    const chart = await chartOf(file, points);
    expect(chart.instances.map(({ instance }) => instance)).toEqual(['d2', 'd1', 'd3']);
    expect(chart.series.map(({ device }) => device)).toEqual(['s/a/d2', 's/a/d1', 's/a/d3']);
    const one = await chartOf(file, points, { alarm: 'hot/s/a/d3' });
    expect(one.instances).toHaveLength(3);
    expect(one.series.map(({ alarm }) => alarm)).toEqual(['hot/s/a/d3']);
  });

  it('holds a value until it is unknown, and leaves a gap then', async () => {
    const file = { ...HOT, inputs: { t: { metric: 'temperature', maxAge: '2m' } } };
    const chart = await chartOf(file, [pointOf(T0, 60), pointOf(T0 + 30 * MINUTE, 70)], { to: T0 + HOUR });
    const [series] = chart.series;
    const known = series?.at.filter((_, i) => series.mean[i] !== null).map((at) => (at - T0) / MINUTE);
    expect(series?.at).toHaveLength(600);
    expect([known?.[0], known?.at(-1)]).toEqual([0, 31.9]);
    expect(known?.some((at) => at > 2 && at < 30)).toBe(false);
  });

  it('folds many samples of a bucket into least, greatest and mean', async () => {
    const points = Array.from({ length: 600 }, (_, i) => pointOf(T0 + i * SECOND, 50 + (i % 10)));
    const chart = await chartOf(HOT, points, { to: T0 + 100 * HOUR });
    const [series] = chart.series;
    expect([series?.min[0], series?.max[0], series?.mean[0]]).toEqual([50, 59, 54.5]);
  });

  it('is bounded in spans, in lanes and in series, and counts what is beyond', async () => {
    const swinging = Array.from({ length: 3_000 }, (_, i) => pointOf(T0 + i * SECOND, i % 2 === 0 ? 90 : 60));
    const chart = await chartOf(HOT, swinging);
    expect(chart.instances[0]?.states).toHaveLength(500);
    expect(chart.instances[0]?.more).toBeGreaterThan(2_000);
    const many = Array.from({ length: 700 }, (_, i) => pointOf(T0 + i, 60, { device: `d${i}` }));
    const crowd = await chartOf({ ...HOT, groupBy: ['device'] }, many);
    expect(crowd.instances).toHaveLength(50);
    expect(crowd.moreInstances).toBe(650);
    expect(crowd.series).toHaveLength(24);
    expect(crowd.moreSeries).toBe(26);
  });

  it('draws what a window makes of the samples, with its words', async () => {
    const inputs = { t: { metric: 'temperature', fn: 'slope', window: '5m', per: '1m' } };
    const chart = await chartOf(
      { inputs, condition: { '>': [{ var: 't' }, 1] } },
      minutes([60, 61, 62, 63, 64, 65, 66]),
    );
    expect(chart.series[0]).toMatchObject({ made: 'slope over 5m', unit: null });
    expect(Math.max(...(chart.series[0]?.max.filter((each) => each !== null) ?? []))).toBeCloseTo(1, 5);
  });
});

describe('limitLines()', () => {
  const t = { var: 't' };
  it.each<readonly [what: string, file: object, lines: readonly (readonly [string, number, string])[]]>([
    ['a comparison', HOT, [['>', 80, 'raises']]],
    ['one the other way round', { condition: { '>': [80, t] } }, [['<', 80, 'raises']]],
    [
      'a deadband',
      { ...HOT, deadband: 2 },
      [
        ['>', 80, 'raises'],
        ['<=', 78, 'clears'],
      ],
    ],
    [
      'a deadband the other way round',
      { condition: { '<': [80, t] }, deadband: 2 },
      [
        ['>', 80, 'raises'],
        ['<=', 78, 'clears'],
      ],
    ],
    [
      'a clear condition',
      { ...HOT, clearCondition: { '<': [t, 70] } },
      [
        ['>', 80, 'raises'],
        ['<', 70, 'clears'],
      ],
    ],
    [
      'a param',
      { params: { limit: { default: 85 } }, condition: { '>': [t, { param: 'limit' }] } },
      [['>', 85, 'raises']],
    ],
    ['a sum of numbers', { condition: { '>': [t, { '+': [40, 45] }] } }, [['>', 85, 'raises']]],
    [
      'two limits',
      { condition: { or: [{ '>': [t, 80] }, { '<': [t, 5] }] } },
      [
        ['>', 80, 'raises'],
        ['<', 5, 'raises'],
      ],
    ],
    [
      'a limit that devices report: the default, since no report is in the history',
      {
        params: { limit: { default: 85, source: 'device.config.limit' } },
        condition: { '>': [t, { param: 'limit' }] },
      },
      [['>', 85, 'raises']],
    ],
    [
      'a limit of each device',
      {
        params: { limit: { default: 85, source: 'device.labels.limit' } },
        condition: { '>': [t, { param: 'limit' }] },
      },
      [],
    ],
    ['an age', { condition: { '>': [{ age: 't' }, 60] } }, []],
    ['a word', { condition: { '==': [t, 'open'] } }, []],
  ])('%s', (_, file, lines) => {
    expect(limitLines(ruleOf(file)).map(({ operator, value, kind }) => [operator, value, kind])).toEqual(lines);
  });
});
