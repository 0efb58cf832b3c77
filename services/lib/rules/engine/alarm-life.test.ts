// The states of an alarm as ISA-18.2 and the page of the rule language have them: levels, shelving, suppression, first-out,
// annunciation again, latching, and what people may do.

import { describe, expect, it } from 'vitest';
import { START } from '../testing/history.ts';
import { above80, hot, PlantScene, temp } from '../testing/plant-scene.ts';

const levels = [
  { priority: 'medium', condition: above80, deadband: 2 },
  { priority: 'critical', condition: { '>': [{ var: 'temp' }, 90] }, deadband: 5 },
];

describe('levels', () => {
  const graded = () => new PlantScene({ id: 'hot', inputs: { temp }, levels });

  it('rising calls again, falling calls nobody and takes back no acknowledgement', () => {
    const scene = graded().value('t', 81, 1_000).operate('ack', 2_000).value('t', 95, 3_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', priority: 'critical', ackedBy: null });
    scene.operate('ack', 4_000).value('t', 86, 5_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'ACKED', priority: 'critical' });
    scene.value('t', 85, 6_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'ACKED', priority: 'medium', ackedBy: 'ana' });
    expect(scene.told).toEqual(['ACTIVE', 'ACKED', 'LEVEL', 'ACKED']);
    expect(scene.value('t', 78.1, 7_000).shown.at(-1)).toMatchObject({ state: 'ACKED' });
    expect(scene.value('t', 78, 8_000).shown.at(-1)).toBeNull();
  });

  it('keep one episode however often they rise and fall', () => {
    const scene = graded();
    for (const [i, value] of [95, 81, 95, 81, 95].entries()) scene.value('t', value, i * 1_000);
    expect(scene.journal.map(({ event, episode }) => `${event} ${episode}`)).toEqual([
      'ACTIVE 1',
      ...Array(4).fill('LEVEL 1'),
    ]);
  });
});

describe('shelving', () => {
  it.each<[why: string, shelving: object, untilMs: number | undefined]>([
    ['it is not allowed', { allowed: false }, undefined],
    ['it would be longer than allowed', { maxDuration: '10m' }, 2_000 + 600_001],
    ['it is over before it begins', {}, 2_000],
  ])('is refused where %s', (_, shelving, untilMs) => {
    const scene = new PlantScene({ ...hot, shelving }).value('t', 90, 1_000);
    scene.operate('shelve', 2_000, untilMs === undefined ? {} : { until: START + untilMs });
    expect([scene.events.at(-1), scene.shown.at(-1)?.overlay]).toEqual(['hot/t REFUSED', null]);
  });

  it('ends at its own moment, and an alarm that became active meanwhile calls then', () => {
    const scene = new PlantScene(hot).value('t', 20, 0).operate('shelve', 1_000, { until: START + 20_000 });
    scene.value('t', 90, 5_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: 'SHLVD' });
    expect(scene.told).toEqual([]);
    scene.tick(19_999);
    expect(scene.told).toEqual([]);
    scene.tick(20_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: null, shelvedUntil: null });
    expect(scene.told).toEqual(['RE_ALARM']);
  });

  it('an acknowledgement under it counts, and the end of it calls again', () => {
    const scene = new PlantScene(hot).value('t', 90, 0).operate('shelve', 1_000).operate('ack', 2_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'ACKED', overlay: 'SHLVD' });
    expect(scene.operate('unshelve', 3_000).shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: null });
  });

  it('what came and went under it leaves nothing to acknowledge', () => {
    const scene = new PlantScene(hot).value('t', 20, 0).operate('shelve', 1_000).value('t', 90, 2_000);
    scene.value('t', 20, 3_000).operate('unshelve', 4_000);
    expect([scene.told, scene.shown.at(-1)]).toEqual([[], null]);
  });
});

describe('suppression by design', () => {
  it.each<[what: string, rule: object, suppressing: string]>([
    ['enableWhen', { enableWhen: { '==': [{ state: 'mode' }, 'run'] } }, 'stop'],
    ['suppressWhen', { suppressWhen: { '==': [{ state: 'mode' }, 'stop'] } }, 'stop'],
  ])('%s suppresses nothing while it is not known', (_, rule, suppressing) => {
    const scene = new PlantScene({ ...hot, ...rule }).value('t', 90, 1_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: null });
    scene.state('mode', suppressing, 2_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: 'DSUPR' });
    scene.state('mode', null, 3_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: null });
  });

  it('inhibits alarms of other areas where only the site must be alike, and never those of another site', () => {
    const late = { ...hot, id: 'late', inputs: { flow: 'flow' }, condition: { '<': [{ var: 'flow' }, 5] } };
    const inhibited = (equal: string[]) =>
      new PlantScene(hot, { ...late, inhibitedBy: [{ rule: 'hot', equal }] })
        .value('t', 90, 1_000)
        .value('f', 1, 2_000, { metric: 'flow', area: 'yard' })
        .shown.at(-1)?.overlay;
    expect([inhibited(['site']), inhibited(['area'])]).toEqual(['DSUPR', null]);
  });

  it('alarm reads the alarms of its own area only', () => {
    const reader = { id: 'reader', inputs: { flow: 'flow' }, condition: { alarm: 'hot' } };
    const scene = new PlantScene(hot, reader)
      .value('f', 1, 0, { metric: 'flow' })
      .value('t', 90, 1_000, { area: 'yard' });
    expect(scene.events).toEqual(['hot/t ACTIVE']);
    expect(scene.value('t', 90, 2_000).events.slice(1)).toEqual(['hot/t ACTIVE', 'reader/f ACTIVE']);
  });
});

describe('annunciation', () => {
  it('comes again as often as the rule says, also after an acknowledgement, and not under an overlay', () => {
    const rule = {
      ...hot,
      inputs: { temp: { metric: 'temp', maxAge: '1h' } },
      reAlarmTime: '10s',
      reAlarmRepeatCount: 2,
    };
    const scene = new PlantScene(rule).value('t', 90, 0).operate('ack', 5_000).tick(9_999);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'ACKED' });
    scene.tick(10_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK' });
    scene.operate('shelve', 15_000).tick(60_000).operate('unshelve', 61_000).tick(70_999);
    expect(scene.journal.filter(({ event }) => event === 'RE_ALARM')).toHaveLength(2);
    expect(scene.tick(200_000).journal.filter(({ event }) => event === 'RE_ALARM')).toHaveLength(3);
  });

  it('marks the first alarm of a group, and the next first one when all have returned', () => {
    const group = { ...hot, firstOutGroup: 'trip' };
    const scene = new PlantScene(group).value('a', 90, 0).value('b', 90, 1_000);
    expect(scene.shown.map((message) => message?.firstOut)).toEqual([true, false]);
    scene.value('a', 20, 2_000).value('b', 20, 3_000).value('b', 90, 4_000);
    expect(scene.shown.at(-1)).toMatchObject({ instance: 'b', firstOut: true });
  });
});

describe('latching', () => {
  const latched = { ...hot, latching: true };

  it('a reset is refused before the acknowledgement and while the clear condition is unknown', () => {
    const scene = new PlantScene(latched).value('t', 90, 0).value('t', 20, 1_000).operate('reset', 2_000);
    expect(scene.journal.at(-1)?.comment).toContain('must be acknowledged');
    scene.operate('ack', 3_000).tick(40_000).operate('reset', 41_000);
    expect([scene.journal.at(-1)?.comment, scene.shown.at(-1)?.state]).toEqual([
      'reset: the clear condition does not hold right now',
      'LATCH',
    ]);
    expect(scene.value('t', 20, 42_000).operate('reset', 43_000).shown.at(-1)).toBeNull();
  });

  it('waits for a reset also where no acknowledgement is asked for', () => {
    const scene = new PlantScene({ ...latched, ackRequired: false }).value('t', 90, 0).value('t', 20, 1_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'LATCH' });
    expect(scene.operate('reset', 2_000).shown.at(-1)).toBeNull();
  });
});

describe('what people do', () => {
  it('an operator takes nothing out of service, and a viewer does nothing', () => {
    const scene = new PlantScene(hot).value('t', 90, 0).operate('oos', 1_000, { role: 'operator' });
    scene.operate('ack', 2_000, { role: 'viewer' });
    expect(scene.events.slice(1)).toEqual(['hot/t REFUSED', 'hot/t REFUSED']);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', overlay: null });
  });

  it('a message that comes twice is done once, one of an old episode is refused', () => {
    const scene = new PlantScene(hot).value('t', 90, 0).operate('ack', 1_000).operate('ack', 1_000);
    expect(scene.events).toEqual(['hot/t ACTIVE', 'hot/t ACKED']);
    scene.value('t', 20, 2_000).value('t', 90, 3_000).operate('ack', 4_000, { episode: 1 });
    expect([scene.events.at(-1), scene.shown.at(-1)?.state]).toEqual(['hot/t REFUSED', 'UNACK']);
  });

  it('one that comes late is journaled not before what it is about', () => {
    const scene = new PlantScene(hot).value('t', 90, 10_000).operate('ack', 5_000);
    expect(scene.journal.at(-1)).toMatchObject({ event: 'ACKED', journalTime: START + 10_000 });
  });
});
