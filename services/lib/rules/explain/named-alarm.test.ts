import { describe, expect, it } from 'vitest';
import { HOT, ruleOf } from '../backtest/testing.ts';
import { namedAlarm, rulesBehind } from './named-alarm.ts';

const hot = ruleOf({ ...HOT, noData: { action: 'alarm', after: '60s' } });
const other = ruleOf({ id: 'other', condition: { alarm: 'hot' } });
const last = ruleOf({ ...HOT, id: 'last', inhibitedBy: [{ rule: 'other', equal: ['area'] }] });

describe('namedAlarm()', () => {
  it.each([
    ['hot/lyon/farm/t1', 'hot/lyon/farm/t1'],
    ['lyon/farm/hot/t1', 'hot/lyon/farm/t1'],
    ['hot.no-data/lyon/farm/t1', 'hot.no-data/lyon/farm/t1'],
    ['lyon/farm/hot/a/b', 'hot/lyon/farm/a/b'],
  ])('%s', (text, key) => {
    expect(namedAlarm(text, [hot, other])).toEqual({ rule: hot, key });
  });

  it.each([
    ['', /names no alarm: write rule\/site\/area\/instance/],
    ['hot', /names no alarm/],
    ['hot//hall/t1', /names no alarm/],
    ['hott/lyon/farm/t1', /no rule 'hott' and no rule 'farm'; did you mean 'hot'/],
    ['__proto__/lyon/constructor/t1', /no rule '__proto__' and no rule 'constructor'/],
  ])('%j is refused', (text, sentence) => {
    expect(namedAlarm(text, [hot, other])).toMatch(sentence);
  });
});

describe('rulesBehind()', () => {
  it('brings along the rules whose alarms decide, and theirs', () => {
    expect(rulesBehind(last, [hot, other, last]).map(({ id }) => id)).toEqual(['last', 'other', 'hot']);
    expect(rulesBehind(hot, [hot, other, last]).map(({ id }) => id)).toEqual(['hot']);
  });

  it('ends where rules read each other', () => {
    const a = ruleOf({ id: 'a', condition: { alarm: 'b' } });
    const b = ruleOf({ id: 'b', condition: { alarm: 'a' } });
    expect(rulesBehind(a, [a, b])).toHaveLength(2);
  });
});
