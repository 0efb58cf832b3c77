import { describe, expect, it } from 'vitest';
import { ruleOf } from '../testing/history.ts';
import { hot, PlantScene } from '../testing/plant-scene.ts';

const DEVICES = 6_000;

/** CPU time of loading a rule and of taking it out again, ms. */
function costOf(groupBy: readonly string[]): number {
  const scene = new PlantScene({ ...hot, id: 'other' });
  const { engine } = scene;
  for (let i = 0; i < DEVICES; i++) scene.device(`t${i}`, { labels: { tank: `T${i}` } }).value(`t${i}`, 20, 0);
  const rules = [ruleOf({ ...hot, id: 'other' }).source];
  const before = process.threadCpuUsage();
  engine.step({ kind: 'reload', rules: [...rules, ruleOf({ ...hot, groupBy }).source], at: engine.clock });
  engine.step({ kind: 'reload', rules, at: engine.clock });
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

describe('a rule that is loaded and taken out', () => {
  it('does not look for the members of each group among all devices of the area', { timeout: 60_000 }, () => {
    expect(costOf(['tank']) / costOf(['device'])).toBeLessThan(5);
  });
});
