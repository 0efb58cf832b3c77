// The server's clock is set while the engine runs, or while it is off: what an operator would see.

import { describe, expect, it } from 'vitest';
import { START } from '../testing/history.ts';
import { above80, hot, hotAndClose, PlantScene, temp } from '../testing/plant-scene.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const KEY = 'hot/lyon/farm/t';

describe('a clock that is set back', () => {
  it('does not stop a delay that runs', () => {
    const scene = new PlantScene({ ...hot, onDelay: '20s' }).value('t', 90, 0).tick(10_000);
    scene.clockStep(10_000, 10_000 - DAY_MS).tick(19_999 - DAY_MS);
    expect(scene.events).toEqual([]);
    scene.tick(20_000 - DAY_MS);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
    expect(scene.journal[0]?.journalTime).toBe(START + 20_000 - DAY_MS);
  });

  it('takes the next right sample for one of now, and not for history', () => {
    const scene = new PlantScene(hot)
      .value('t', 20, 0)
      .clockStep(1_000, 1_000 - DAY_MS)
      .value('t', 90, 2_000 - DAY_MS);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
  });

  it('does not believe a sample that was on its way, and takes the next one', () => {
    const scene = new PlantScene(hot).value('t', 20, 0).clockStep(1_000, 1_000 - DAY_MS);
    scene.value('t', 90, 900, { lagMs: 200 - DAY_MS });
    expect(scene.events).toEqual([]);
    scene.value('t', 90, 2_000 - DAY_MS);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
  });

  it('keeps windows: a mean of five minutes is the same before and after', () => {
    const mean = { metric: 'temp', fn: 'avg', window: '5m', maxAge: '5m' };
    const scene = new PlantScene({ id: 'hot', inputs: { temp: mean }, condition: above80 });
    for (let at = 0; at <= 200_000; at += 10_000) scene.value('t', 70, at);
    scene.clockStep(200_000, 200_000 - HOUR_MS);
    const at = START + 200_000 - HOUR_MS;
    expect(scene.instance(KEY)?.snapshot(at)).toMatchObject({ temp: { value: 70, quality: 'GOOD', ageMs: 0 } });
    for (let i = 1; i <= 15; i++) scene.value('t', 90, 200_000 - HOUR_MS + i * 10_000);
    expect(scene.events).toEqual([]);
    scene.value('t', 90, 360_000 - HOUR_MS);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
  });

  it('leaves an alarm active and acknowledged, and says since when by the clock as it is', () => {
    const scene = new PlantScene(hot).value('t', 90, 1_000).operate('ack', 2_000);
    const seq = scene.shown.at(-1)?.seq ?? 0;
    scene.clockStep(3_000, 3_000 - DAY_MS);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'ACKED', episode: 1, activeSince: START + 1_000 - DAY_MS });
    expect(scene.shown.at(-1)?.seq).toBeGreaterThan(seq);
    expect(scene.value('t', 20, 4_000 - DAY_MS).events).toEqual(['hot/t ACTIVE', 'hot/t ACKED', 'hot/t RETURNED']);
  });

  it('does not prolong what is shelved, nor a rate limit, nor the life of a command that waits', () => {
    const rule = hotAndClose({ rateLimit: { max: 1, per: '5m' } });
    const scene = new PlantScene(rule).device('v', { role: 'inlet', online: false }).value('t', 90, 0);
    expect(scene.statuses).toEqual(['hot/t/1/close QUEUED']);
    scene
      .operate('shelve', 1_000, { until: START + 31_000 })
      .clockStep(2_000, 2_000 - DAY_MS)
      .tick(31_000 - DAY_MS);
    expect(scene.events).toContain('hot/t UNSHELVED');
    scene.tick(60_000 - DAY_MS);
    expect(scene.statuses.at(-1)).toBe('hot/t/1/close EXPIRED');
  });

  it('waits for the answer to a command as long as before', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet' }).value('t', 90, 0);
    scene.clockStep(1_000, 1_000 - DAY_MS).tick(2_999 - DAY_MS);
    expect(scene.statuses).toEqual(['hot/t/1/close SENT']);
    scene.tick(3_000 - DAY_MS);
    expect(scene.statuses.at(-1)).toBe('hot/t/1/close TIMEOUT');
  });
});

describe('a clock that is set ahead', () => {
  it('invents no evidence: what was gathered is held until a sample goes on with it', () => {
    const scene = new PlantScene({ ...hot, onDelay: '20s' }).value('t', 90, 0).clockStep(10_000, HOUR_MS);
    scene.tick(HOUR_MS + 60_000);
    expect(scene.events).toEqual([]);
    scene.value('t', 90, HOUR_MS + 61_000).tick(HOUR_MS + 70_999);
    expect(scene.events).toEqual([]);
    expect(scene.tick(HOUR_MS + 71_000).events).toEqual(['hot/t ACTIVE']);
  });

  it('raises no storm of silence, and finds the silence that there is', () => {
    const rule = { ...hot, noData: { action: 'alarm', after: '60s' } };
    const silent = { id: 'silent', inputs: { temp }, condition: { '>': [{ age: ['temp'] }, 60] } };
    const scene = new PlantScene(rule, silent)
      .value('t', 20, 0)
      .clockStep(10_000, HOUR_MS)
      .tick(HOUR_MS + 49_999);
    expect(scene.events).toEqual([]);
    scene.tick(HOUR_MS + 50_001);
    expect(scene.events.toSorted()).toEqual(['hot.no-data/t ACTIVE', 'silent/t ACTIVE']);
  });

  it('lets an alarm of silence stand: nobody has spoken', () => {
    const rule = { ...hot, noData: { action: 'alarm', after: '60s' } };
    const scene = new PlantScene(rule)
      .value('t', 20, 0)
      .tick(61_000)
      .clockStep(62_000, HOUR_MS)
      .tick(HOUR_MS + 300_000);
    expect(scene.events).toEqual(['hot.no-data/t ACTIVE']);
    expect(scene.value('t', 20, HOUR_MS + 301_000).events.at(-1)).toBe('hot.no-data/t RETURNED');
  });

  it('does not take for fresh what was measured before, however young it looks', () => {
    const scene = new PlantScene(hot).value('t', 20, 0).clockStep(1_000, 12_000);
    expect(scene.instance(KEY)?.snapshot(START + 12_000)).toMatchObject({ temp: { quality: 'STALE' } });
    expect(scene.value('t', 90, 13_000).events).toEqual(['hot/t ACTIVE']);
  });

  it('still knows what is sent on a change only', () => {
    const running = { metric: 'running', sampling: 'onChange' };
    const rule = { id: 'runs', inputs: { running }, condition: { '==': [{ var: 'running' }, true] }, onDelay: '20s' };
    const scene = new PlantScene(rule).value('t', true, 0, { metric: 'running' }).clockStep(5_000, HOUR_MS);
    expect(scene.tick(HOUR_MS + 14_999).events).toEqual([]);
    expect(scene.tick(HOUR_MS + 15_000).events).toEqual(['runs/t ACTIVE']);
  });

  it('lets a command expire that waits, and waits for the answer of one that was sent', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet', online: false }).value('t', 90, 0);
    scene.clockStep(1_000, HOUR_MS).device('v', { role: 'inlet', online: true }, HOUR_MS + 1_000);
    expect([scene.statuses.at(-1), scene.sent]).toEqual(['hot/t/1/close EXPIRED', []]);
    const other = new PlantScene(hotAndClose()).device('v', { role: 'inlet' }).value('t', 90, 0);
    other.clockStep(1_000, HOUR_MS).tick(HOUR_MS + 1_999);
    expect(other.statuses).toEqual(['hot/t/1/close SENT']);
    other.reply('v', 'hot/t/1/close', 'ACCEPTED', HOUR_MS + 1_999);
    expect(other.statuses.at(-1)).toBe('hot/t/1/close ACCEPTED');
  });

  it('calls nobody again before its time', () => {
    const scene = new PlantScene({ ...hot, reAlarmTime: '60s' }).value('t', 90, 0).clockStep(10_000, HOUR_MS);
    expect(scene.tick(HOUR_MS + 49_999).events).toEqual(['hot/t ACTIVE']);
    expect(scene.tick(HOUR_MS + 50_000).events.at(-1)).toBe('hot/t RE_ALARM');
  });

  it('a day too far and back again, the next sample counts', () => {
    const scene = new PlantScene(hot)
      .value('t', 20, 0)
      .clockStep(1_000, DAY_MS)
      .value('t', 20, DAY_MS + 1_000);
    scene.clockStep(DAY_MS + 2_000, 3_000).value('t', 90, 4_000);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
  });
});

describe('a start with a clock before that of the last life', () => {
  it('knows nothing of the time between, and goes on with the next sample', () => {
    const scene = new PlantScene({ ...hot, onDelay: '20s' })
      .value('t', 90, 0)
      .tick(10_000)
      .restart(10_000 - DAY_MS);
    scene.tick(60_000 - DAY_MS);
    expect(scene.events).toEqual([]);
    scene.value('t', 90, 61_000 - DAY_MS).tick(71_000 - DAY_MS);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
  });

  it('keeps alarms as they are, what is shelved for no longer than it was, and sends nothing that waited', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet', online: false }).value('t', 90, 0);
    scene
      .operate('shelve', 1_000, { until: START + HOUR_MS })
      .tick(2_000)
      .restart(2_000 - DAY_MS);
    scene.device('v', { role: 'inlet', online: true }, 14_000 - DAY_MS);
    expect([scene.sent, scene.statuses.at(-1)]).toEqual([[], 'hot/t/1/close EXPIRED']);
    expect(scene.instance(KEY)?.state).toMatchObject({ active: true, shelvedUntil: START + HOUR_MS - DAY_MS });
  });

  it('raises no storm of silence', () => {
    const rule = { ...hot, noData: { action: 'alarm', after: '60s' } };
    const scene = new PlantScene(rule)
      .value('t', 20, 0)
      .tick(10_000)
      .restart(10_000 - DAY_MS)
      .tick(40_000 - DAY_MS);
    expect(scene.events).toEqual([]);
  });
});
