// A device without a model that sends a text where a number was.

import { describe, expect, it } from 'vitest';
import { above80, hot, PlantScene, temp } from '../testing/plant-scene.ts';

const rule = { ...hot, noData: { after: '4s', action: 'alarm' } };
const noData = 'hot.no-data/t ACTIVE';

/** A text each second. */
function texts(scene: PlantScene, fromMs: number, toMs: number): PlantScene {
  for (let at = fromMs; at <= toMs; at += 1_000) scene.value('t', '95.5', at);
  return scene;
}

describe('a text where the rule compares a number', () => {
  it('is no sign of life: no-data comes though samples do', () => {
    const scene = texts(new PlantScene(rule), 0, 3_000);
    expect(scene.events).toEqual([]);
    expect(texts(scene, 4_000, 7_000).events).toEqual([noData]);
    expect(scene.value('t', 20, 8_000).events.at(-1)).toBe('hot.no-data/t RETURNED');
  });

  it('counts from the last number, over a restart too', () => {
    const scene = texts(new PlantScene(rule).value('t', 20, 0), 1_000, 2_000).restart(2_500);
    expect(texts(scene, 3_000, 3_000).events).toEqual([]);
    expect(texts(scene, 4_000, 5_000).events).toEqual([noData]);
  });

  it.each([
    ['a window', { inputs: { temp: { ...temp, fn: 'avg', window: '60s' } } }],
    ['what is sent on a change', { inputs: { temp: { metric: 'temp', sampling: 'onChange' } } }],
    ['only good values', { inputs: { temp: { ...temp, quality: 'good' } } }],
    ['arithmetic', { condition: { '>': [{ '+': [{ var: 'temp' }, 1] }, 80] } }],
  ])('so it is for %s', (_, change) => {
    const scene = new PlantScene({ ...rule, ...change }).device('t', { online: true }).value('t', 20, 0);
    expect(texts(scene, 1_000, 7_000).events).toContain(noData);
  });

  it('takes nothing from a rule that wants a text, or any value', () => {
    for (const condition of [{ '==': [{ var: 'temp' }, 'hot'] }, { '!': [{ known: [{ var: 'temp' }] }] }]) {
      const scene = texts(new PlantScene({ ...rule, condition }), 0, 7_000);
      expect(scene.events).not.toContain(noData);
    }
    expect(
      texts(new PlantScene({ ...rule, inputs: { temp: { ...temp, fn: 'count', window: '60s' } } }), 0, 7_000).events,
    ).toEqual([]);
  });

  it('goes with the clock when that is set back', () => {
    const scene = texts(new PlantScene({ ...rule, condition: above80 }).value('t', 20, 100_000), 101_000, 102_000);
    scene.clockStep(102_500, 2_500);
    expect(texts(scene, 3_000, 3_000).events).toEqual([]);
    expect(texts(scene, 4_000, 5_000).events).toEqual([noData]);
  });
});
