// Rules that cost more than their budget, and what becomes of their alarms.

import { describe, expect, it } from 'vitest';
import { ruleOf, START } from '../testing/history.ts';
import { hot, PlantScene, temp } from '../testing/plant-scene.ts';
import { Engine } from './engine.ts';

/** Evaluations take so long, by the clock on the wall and in CPU time. */
function sceneOf(rule: object, costs: { wallMs: number; cpuMs: number }) {
  const clocks = { wall: 0, cpu: 0, cpuLooks: 0 };
  const meter = {
    nowMs: () => {
      clocks.wall += costs.wallMs;
      return clocks.wall;
    },
    cpuMs: () => {
      clocks.cpuLooks++;
      clocks.cpu += costs.cpuMs;
      return clocks.cpu;
    },
    budgetMs: 5,
  };
  const scene = new PlantScene();
  scene.engine = new Engine({ rules: [ruleOf(rule)], startedAt: START, meter });
  const overruns = () => scene.outputs.filter(({ kind }) => kind === 'overrun').length;
  return { scene, overruns, clocks };
}

describe('a rule that is over its budget', () => {
  it('is not stopped because the machine is busy: 5,000 alarms come, though each took 26 ms on the wall', () => {
    const { scene, overruns } = sceneOf({ ...hot, onDelay: '2s' }, { wallMs: 26, cpuMs: 0.02 });
    for (let i = 0; i < 5_000; i++) scene.value(`t${i}`, 90, 0);
    scene.tick(2_000);
    expect(overruns()).toBe(0);
    expect(scene.journal.filter(({ event }) => event === 'ACTIVE')).toHaveLength(5_000);
  });

  it('is not stopped because memory is collected now and then', () => {
    const costs = { wallMs: 26, cpuMs: 26 };
    const { scene, overruns } = sceneOf(hot, costs);
    for (let i = 0; i < 500; i++) {
      costs.cpuMs = i % 5 === 4 ? 0.02 : 26;
      scene.value('t', 20, i * 1_000);
    }
    expect(overruns()).toBe(0);
  });

  it('is stopped when evaluations in a row cost too much', () => {
    const { scene, overruns } = sceneOf(hot, { wallMs: 6, cpuMs: 6 });
    for (let i = 0; i < 5; i++) scene.value('t', 20, i * 1_000);
    expect(overruns()).toBe(0);
    expect(scene.value('t', 20, 6_000).outputs.at(-1)).toMatchObject({ kind: 'overrun', rule: 'hot' });
  });

  it('is stopped too where one alarm of many is the slow one', () => {
    const costs = { wallMs: 1, cpuMs: 1 };
    const { scene, overruns } = sceneOf(hot, costs);
    for (let i = 0; i < 6; i++) {
      for (const [device, ms] of [
        ['slow', 40],
        ['a', 0.1],
        ['b', 0.1],
      ] as const) {
        Object.assign(costs, { wallMs: ms, cpuMs: ms });
        scene.value(device, 20, i * 1_000);
      }
    }
    expect(overruns()).toBe(1);
  });

  it('costs no look at CPU time while it keeps its budget', () => {
    const { scene, clocks } = sceneOf(hot, { wallMs: 0.01, cpuMs: 0 });
    for (let i = 0; i < 100; i++) scene.value('t', 20, i * 1_000);
    expect(clocks.cpuLooks).toBe(0);
  });
});

describe('an alarm of a rule that was stopped', () => {
  const rule = { ...hot, inputs: { temp: { ...temp, maxAge: '1h' } } };
  const isolate = (scene: PlantScene, atMs: number) =>
    scene.step({ kind: 'isolate', rule: 'hot', reason: 'it cost too much', at: START + atMs });

  it('says that nobody judges it, and is judged again when its file is saved again', () => {
    const scene = new PlantScene(rule).value('t', 90, 0).value('cold', 20, 0);
    scene.take();
    isolate(scene, 10_000);
    expect(scene.shown[0]).toMatchObject({ rule: 'hot', state: 'UNACK', quality: 'STOPPED', inputs: {} });
    expect(scene.shown[0]?.reason).toMatch(/^temp.*nobody judges this alarm any more.*it cost too much/);
    expect(scene.journal[0]).toMatchObject({
      ...{ event: 'STOPPED', rule: 'hot', instance: 't', comment: 'it cost too much' },
      journalTime: START + 10_000,
    });
    expect(scene.events).toEqual(['hot/t STOPPED', 'rule-isolated/hot ACTIVE']);
    scene.take();
    scene.value('t', 20, 20_000);
    expect(scene.events).toEqual([]);
    scene.reload(30_000, rule);
    expect(scene.events).toEqual([]);
    scene.step({ kind: 'reload', rules: [ruleOf(rule).source], again: ['hot'], at: START + 31_000 });
    expect(scene.events).toEqual(['rule-isolated/hot RETURNED', 'hot/t RESUMED', 'hot/t RETURNED']);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'RTNUN', quality: 'GOOD' });
  });

  it('says so after a restart, and to whoever asks again', () => {
    const scene = isolate(new PlantScene(rule).value('t', 90, 0), 10_000);
    scene.restart(20_000);
    expect(scene.engine.annunciated()).toEqual(
      expect.arrayContaining([expect.objectContaining({ message: expect.objectContaining({ quality: 'STOPPED' }) })]),
    );
  });

  it('may be acknowledged, but not reset: nobody knows whether it has returned', () => {
    const scene = new PlantScene({ ...rule, latching: true }).value('t', 90, 0).value('t', 20, 1_000);
    isolate(scene, 10_000).take();
    scene.operate('ack', 11_000).operate('reset', 12_000);
    expect(scene.events).toEqual(['hot/t ACKED', 'hot/t REFUSED']);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'LATCH', quality: 'STOPPED' });
  });

  it('the time in which nobody judged it is no evidence', () => {
    const slow = { ...rule, onDelay: '60s' };
    const scene = new PlantScene(slow).value('t', 90, 0);
    isolate(scene, 10_000);
    scene.step({ kind: 'reload', rules: [ruleOf(slow).source], again: ['hot'], at: START + 100_000 });
    scene.take();
    expect(scene.tick(159_000).events).toEqual([]);
    expect(scene.tick(160_000).events).toEqual(['hot/t ACTIVE']);
  });
});

describe('a rule that throws', () => {
  it('is stopped, and showing its alarms does not throw again', () => {
    const scene = new PlantScene({ ...hot, inputs: { temp: { ...temp, maxAge: '1h' } } }).value('t', 90, 0);
    const instance = scene.instance('hot/lyon/farm/t');
    if (instance === undefined) throw new Error('there is no alarm');
    scene.take();
    instance.lookAt = () => {
      throw new Error('a bug');
    };
    scene.value('t', 91, 1_000);
    expect(scene.events).toEqual(['hot/t STOPPED', 'rule-isolated/hot ACTIVE']);
    expect(scene.engine.annunciated()).toHaveLength(2);
    expect(scene.operate('ack', 2_000).events.at(-1)).toBe('hot/t ACKED');
  });
});
