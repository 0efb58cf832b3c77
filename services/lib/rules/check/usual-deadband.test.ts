import { describe, expect, it } from 'vitest';
import { signalOf, suggestDeadband } from './usual-deadband.ts';

describe('suggestDeadband()', () => {
  it.each<[metric: string, unit: string | undefined, share: number | undefined]>([
    ['t', 'Cel', 0.01],
    ['t', '[degF]', 0.01],
    ['bearing-temp', undefined, 0.01],
    ['p', 'kPa', 0.02],
    ['q', 'L/min', 0.05],
    ['level', 'mm', 0.05],
    ['position', '%', undefined],
    ['current', 'A', undefined],
    ['x', 'nonsense', undefined],
    ['temp-of-flow', 'm3/h', 0.05],
    ['flow', '__proto__', 0.05],
    ['', '', undefined],
  ])('%s in %s', (metric, unit, share) => {
    expect(signalOf({ metric, unit })?.share).toBe(share);
  });

  it('is a part of the span, with two digits', () => {
    expect(suggestDeadband({ metric: 't', unit: 'Cel', min: -20, max: 150 })).toBe(1.7);
    expect(suggestDeadband({ metric: 't', unit: 'Cel' })).toBeUndefined();
  });

  it.each([
    [0, 81, 4.1],
    [0, 80, 4],
    [0, 0.67, 0.034],
    [0, 1999, 100],
  ])('is not under the usual one, which R006 would criticise: %d to %d', (min, max, deadband) => {
    expect(suggestDeadband({ metric: 'flow', unit: 'm3/h', min, max })).toBe(deadband);
  });
});
