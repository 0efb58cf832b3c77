import { describe, expect, it } from 'vitest';
import type { DeviceEntry } from '#domain/device.ts';
import type { Point } from '#domain/point.ts';
import { HOT, MINUTE, NO_PLANT, pointOf, ruleOf, SECOND, sourceOf, T0 } from '../backtest/testing.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Explanation } from './explain.ts';
import { type ExplainWish, explainHistory } from './explain-history.ts';
import { explanationText } from './explain-text.ts';

const KEY = 'hot/s/a/d1';

async function explained(
  rules: readonly CompiledRule[],
  points: readonly Point[],
  more: Partial<ExplainWish> = {},
): Promise<Explanation> {
  const plain = { key: KEY, at: T0 + MINUTE, startedAt: T0, plant: NO_PLANT, isPlantWhole: false };
  const { explanation, known } = await explainHistory({ ...plain, rules, source: sourceOf(points), ...more });
  if (explanation === undefined) throw new Error(`there is no such alarm, only ${known}`);
  return explanation;
}

const input = (maxAge: string) => ({ inputs: { t: { metric: 'temperature', maxAge } } });
const at = (seconds: number, value: number | boolean, more = {}) => pointOf(T0 + seconds * SECOND, value, more);
const device = (name: string): DeviceEntry => ({
  site: 's',
  area: 'a',
  device: name,
  model: null,
  role: null,
  labels: {},
});

describe('explain() says in a sentence', () => {
  it.each<readonly [what: string, file: object, points: Point[], state: string, sentence: string]>([
    ['false', HOT, [at(55, 70)], 'NORM', 'not active: temperature 70 > 80 is false'],
    [
      'stale',
      { ...HOT, ...input('30s') },
      [at(0, 71), at(1, 70)],
      'NORM',
      'not active: the condition is unknown because temperature of d1 is STALE (age 59 s > 30 s)',
    ],
    ['active', HOT, [at(10, 90)], 'UNACK', 'active since 2026-10-07 00:00:10: temperature 90 > 80'],
    [
      'pending',
      { ...HOT, onDelay: '5m' },
      [at(10, 90)],
      'PENDING',
      'not active yet: temperature 90 > 80 has held for 50 s of 5 min',
    ],
    ['in the deadband', { ...HOT, deadband: 5 }, [at(10, 90), at(20, 78)], 'UNACK', 'and that is false'],
    ['on its way back', { ...HOT, offDelay: '5m' }, [at(10, 90), at(20, 70)], 'UNACK', 'has held for 40 s of 5 min'],
    [
      'active and unknown',
      { ...HOT, ...input('30s') },
      [at(10, 90)],
      'UNACK',
      'active since 2026-10-07 00:00:10: whether it may return is unknown because temperature of d1 is STALE (age 50 s > 30 s)',
    ],
    [
      'all of several',
      { condition: { or: [{ '>': [{ var: 't' }, 80] }, { '<': [{ var: 't' }, 5] }] } },
      [at(10, 70)],
      'NORM',
      'not active: temperature 70 > 80 is false and temperature 70 < 5 is false',
    ],
    [
      'only what decides',
      { condition: { and: [{ '>': [{ var: 't' }, 80] }, { '<': [{ var: 't' }, 500] }] } },
      [at(10, 70)],
      'NORM',
      'not active: temperature 70 > 80 is false',
    ],
    [
      'suppressed',
      { ...HOT, suppressWhen: { '>': [{ var: 't' }, 85] } },
      [at(10, 90)],
      'UNACK',
      'nobody is told, because suppressWhen is true: temperature 90 > 85',
    ],
  ])('%s', async (_, file, points, state, sentence) => {
    const found = await explained([ruleOf(file)], points);
    expect(found.state).toBe(state);
    expect(found.sentence).toContain(sentence);
  });

  it('that inputs lie too far apart', async () => {
    const inputs = { t: { metric: 'temperature', maxAge: '1h' }, p: { metric: 'pressure', maxAge: '1h' } };
    const rule = ruleOf({ inputs, alignWithin: '10s', condition: { '>': [{ var: 't' }, { var: 'p' }] } });
    const found = await explained([rule], [at(0, 90), at(50, 5, { metric: 'pressure' })]);
    expect(found.sentence).toBe(
      'not active: the newest samples of the inputs lie more than 10 s apart and cannot be compared',
    );
  });

  it('which input never came, and which one no device feeds', async () => {
    const inputs = { t: 'temperature', p: { metric: 'pressure', select: { role: 'gauge' } } };
    const rule = ruleOf({ inputs, condition: { '>': [{ var: 't' }, { var: 'p' }] } });
    const found = await explained([rule], [at(10, 90)]);
    expect(found.sentence).toBe('not active: the condition is unknown because no device feeds pressure');
    expect(found.inputs[1]).toMatchObject({ device: null, value: null, quality: 'NEVER', ageMs: null });
  });

  it('that a named plant state was told by nobody', async () => {
    const rule = ruleOf({ condition: { '==': [{ state: 'mode' }, 'auto'] } });
    expect((await explained([rule], [at(10, 90)])).sentence).toMatch(/unknown because .*mode.* is unknown \(STATE\)/);
  });

  it('which alarm inhibits it', async () => {
    const rule = ruleOf({ ...HOT, inhibitedBy: [{ rule: 'gateway', equal: ['area'] }] });
    const gateway = ruleOf({ id: 'gateway', inputs: { up: 'up' }, condition: { '==': [{ var: 'up' }, false] } });
    const found = await explained([rule, gateway], [at(5, false, { metric: 'up' }), at(10, 90)]);
    expect(found).toMatchObject({ overlay: 'DSUPR', inhibitedBy: [{ rule: 'gateway', isActive: true }] });
    expect(found.sentence).toContain('it is inhibited by gateway');
  });
});

describe('explain()', () => {
  it('shows what a for has gathered, between two samples too', async () => {
    const rule = ruleOf({ condition: { for: [{ '>': [{ var: 't' }, 80] }, '2m'] } });
    const found = await explained([rule], [at(10, 90), at(20, 91)]);
    expect(found.levels[0]?.condition).toMatchObject({
      operator: 'for',
      value: false,
      evidence: { haveMs: 50 * SECOND, neededMs: 2 * MINUTE },
    });
  });

  it('looks at a moment and not at what comes after it', async () => {
    const found = await explained([ruleOf(HOT)], [at(10, 70)], { at: T0 + 30 * SECOND });
    expect(found.inputs[0]).toMatchObject({ value: 70, ageMs: 20 * SECOND });
  });

  it('takes a sample of the moment itself', async () => {
    expect((await explained([ruleOf(HOT)], [at(60, 90)])).state).toBe('UNACK');
  });

  it('shows each level with its own conditions, the most urgent first', async () => {
    const level = (priority: string, limit: number) => ({ priority, condition: { '>': [{ var: 't' }, limit] } });
    const found = await explained([ruleOf({ levels: [level('low', 80), level('critical', 95)] })], [at(10, 90)]);
    expect(found.levels.map(({ priority, isOn }) => [priority, isOn])).toEqual([
      ['critical', false],
      ['low', true],
    ]);
    expect(found.priority).toBe('low');
  });

  it('explains the silence of a device that never said anything', async () => {
    const rule = ruleOf({ ...HOT, scope: { model: 'm' }, noData: { action: 'alarm', after: '30s', priority: 'low' } });
    const model = { model: 'm', metrics: new Map([['temperature', { type: 'number' as const }]]) };
    const plant = {
      ...NO_PLANT,
      models: new Map([['m', model]]),
      devices: new Map([['s/a/d1', { ...device('d1'), model: 'm' }]]),
    };
    const found = await explained([rule], [], { plant, isPlantWhole: true, key: 'hot.no-data/s/a/d1' });
    expect(found).toMatchObject({ state: 'UNACK', activeSince: T0 + 30 * SECOND });
  });

  it('knows the alarms that there are where the one that was asked for is not', async () => {
    const done = await explainHistory({
      ...{ rules: [ruleOf(HOT)], key: 'hot/s/a/__proto__', at: T0 + MINUTE, startedAt: T0 },
      ...{ source: sourceOf([at(1, 2)]), plant: NO_PLANT, isPlantWhole: false },
    });
    expect(done).toMatchObject({ explanation: undefined, known: [KEY], points: 1 });
  });
});

describe('explanationText()', () => {
  it('is the rule as it was written, with its values and places', async () => {
    const rule = ruleOf({
      ...HOT,
      onDelay: '5m',
      params: { limit: { default: 80 } },
      condition: { '>': [{ var: 't' }, { param: 'limit' }] },
    });
    const text = explanationText(await explained([rule], [at(10, 90)]), (path) => `hot.json:${path.join('/')}`);
    expect(text).toBe(`hot: not active yet: temperature 90 > limit 80 has held for 50 s of 5 min
hot/s/a/d1 at 2026-10-07 00:01:00 UTC: PENDING, medium

input  metric       device  value  quality   age  stale after
t      temperature  s/a/d1     90  GOOD     50 s          1 h

params: limit = 80

condition
  temperature 90 > limit 80  true  hot.json:condition
    temperature 90           90    hot.json:condition/>/0
    limit 80                 80    hot.json:condition/>/1
on-delay: 50 s of 5 min
`);
  });
});
