// What the page of the rule language says, sentence by sentence, where the plant is at its worst: devices that are taken
// away, rules that change under a running alarm, two restarts in a row, clocks that lag, names that mean something to JavaScript.

import { describe, expect, it } from 'vitest';
import { ruleOf, START } from '../testing/history.ts';
import { above80, hot, hotAndClose, PlantScene, temp } from '../testing/plant-scene.ts';
import { Engine } from './engine.ts';

describe('devices and rules that go away', () => {
  it('episodes go on counting where a device comes back: its cid of old would be answered from memory', () => {
    const scene = new PlantScene({ ...hotAndClose(), scope: { labels: { kind: 'tank' } } });
    scene
      .device('v', { role: 'inlet' })
      .device('t', { labels: { kind: 'tank' } })
      .value('t', 90, 1_000);
    scene.device('t', { labels: { kind: 'spare' } }, 2_000).device('t', { labels: { kind: 'tank' } }, 3_000);
    scene.value('t', 90, 4_000);
    expect(scene.sent).toEqual(['hot/t/1/close', 'hot/t/2/close']);
    expect(new Set(scene.journal.map(({ alarmId, seq }) => `${alarmId} ${seq}`)).size).toBe(scene.journal.length);
  });

  it('episodes go on counting where a rule is deleted and restored, a restart between them', () => {
    const scene = new PlantScene(hot).value('t', 90, 1_000).reload(2_000).restart(3_000).reload(4_000, hot);
    expect(scene.value('t', 91, 5_000).journal.at(-1)).toMatchObject({ event: 'ACTIVE', episode: 2 });
  });

  it('an alarm that a failed command has raised does not outlive the alarm that raised it', () => {
    const onFailure = [{ type: 'alarm', id: 'stuck' }];
    const rule = { ...hotAndClose({ onFailure }), scope: { labels: { kind: 'tank' } } };
    const scene = new PlantScene(rule).device('v', { role: 'inlet' }).device('t', { labels: { kind: 'tank' } });
    scene.value('t', 90, 1_000).tick(5_000);
    expect(scene.instance('hot.stuck/lyon/farm/t')?.state.active).toBe(true);
    scene.device('t', {}, 6_000);
    expect(scene.instance('hot.stuck/lyon/farm/t')?.state.active ?? false).toBe(false);
  });

  it('a command that fails after its alarm has returned leaves no alarm that nothing would let return', () => {
    const scene = new PlantScene(hotAndClose({ onFailure: [{ type: 'alarm', id: 'stuck' }] })).device('v', {
      role: 'inlet',
    });
    scene.value('t', 90, 1_000).value('t', 20, 2_000).tick(5_000);
    expect(scene.events.slice(-2)).toEqual(['hot.stuck/t ACTIVE', 'hot.stuck/t RETURNED']);
    expect(scene.shown.at(-1)).toMatchObject({ rule: 'hot.stuck', state: 'RTNUN' });
  });

  it.each([
    ['groups its devices otherwise', { groupBy: ['line'] }],
    ['does not mean its device any more', { scope: { labels: { kind: 'tank' } } }],
  ])('an alarm is retired where its rule %s', (_, change) => {
    const scene = new PlantScene(hot).device('t', { labels: { line: 'L1' } }).value('t', 90, 1_000);
    scene.reload(2_000, { ...hot, ...change });
    expect(scene.instance('hot/lyon/farm/t')).toBeUndefined();
    expect(scene.events).toContain('hot/t RETIRED');
    expect(scene.shown.some((message) => message === null)).toBe(true);
  });

  it('a silent alarm is heard again when the rule that inhibited it is deleted', () => {
    const silent = {
      ...{ id: 'silent', inputs: { flow: { metric: 'flow', maxAge: '5s' } } },
      ...{ condition: { '>': [{ age: ['flow'] }, 10] }, inhibitedBy: [{ rule: 'hot' }] },
    };
    const scene = new PlantScene(hot, silent).value('t', 90, 0).value('f', 1, 1_000, { metric: 'flow' }).tick(20_000);
    expect(scene.instance('silent/lyon/farm/f')?.state).toMatchObject({ active: true, suppressed: true });
    scene.reload(21_000, silent);
    expect(scene.events.slice(-2)).toEqual(['silent/f UNSUPPRESSED', 'silent/f RE_ALARM']);
  });

  it('an alarm that reads a deleted one is judged anew, also where it is changed by the same save', () => {
    const reader = { id: 'reader', inputs: { flow: 'flow' }, condition: { alarm: 'hot' } };
    const scene = new PlantScene(hot, reader).value('f', 1, 0, { metric: 'flow' }).value('t', 90, 1_000);
    expect(scene.events).toEqual(['hot/t ACTIVE', 'reader/f ACTIVE']);
    scene.take();
    scene.reload(2_000, { ...reader, name: 'Reader' });
    expect(scene.events).toEqual(['hot/t RETIRED', 'reader/f RETURNED']);
    expect(scene.tick(200_000).events).toHaveLength(2);
  });
});

describe('shadow', () => {
  const shadow = { mode: 'shadow' };

  it('an alarm whose rule leaves the shadow calls the operator, and is shown', () => {
    const scene = new PlantScene({ ...hot, ...shadow }).value('t', 90, 1_000);
    expect(scene.shown).toEqual([]);
    scene.reload(2_000, hot);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'UNACK', episode: 1, shadow: false });
    expect(scene.told).toEqual(['RE_ALARM']);
  });

  it('a command that waits is not sent by a rule that has gone into the shadow', () => {
    const rule = hotAndClose({ approval: 'operator' });
    const waiting = new PlantScene(rule).device('v', { role: 'inlet' }).value('t', 90, 1_000);
    waiting.reload(2_000, { ...rule, ...shadow }).operate('approve', 3_000);
    expect(waiting.sent).toEqual([]);
    const queued = new PlantScene(hotAndClose()).device('v', { role: 'inlet', online: false }).value('t', 90, 1_000);
    queued.reload(2_000, hotAndClose({}, shadow)).device('v', { role: 'inlet', online: true }, 3_000);
    expect(queued.value('t', 91, 4_000).sent).toEqual([]);
  });

  it('an unanswered command is not sent again by a rule that has gone into the shadow', () => {
    const ack = { accept: '3s', complete: '10s', retries: 3 };
    const scene = new PlantScene(hotAndClose({ ack })).device('v', { role: 'inlet' }).value('t', 90, 1_000);
    expect(scene.reload(2_000, hotAndClose({ ack }, shadow)).tick(30_000).sent).toEqual(['hot/t/1/close']);
  });

  it('an alarm in shadow silences no alarm that is not, and is no first one', () => {
    const late = { ...hot, id: 'late', firstOutGroup: 'trip', inhibitedBy: [{ rule: 'hot' }] };
    const scene = new PlantScene({ ...hot, ...shadow, firstOutGroup: 'trip' }, late).value('t', 90, 1_000);
    expect(scene.shown.at(-1)).toMatchObject({ rule: 'late', state: 'UNACK', overlay: null, firstOut: true });
  });
});

describe('no data', () => {
  const noData = { action: 'alarm', after: '10s' };

  it.each<[what: string, suppressWhen: object]>([
    ['a param', { '==': [{ state: 'mode' }, { param: 'cleaning' }] }],
    ['a for', { for: [{ '==': [{ state: 'mode' }, 'cleaning'] }, '2s'] }],
  ])('is suppressed by a condition with %s', (_, suppressWhen) => {
    const scene = new PlantScene({ ...hot, noData, suppressWhen, params: { cleaning: { default: 'cleaning' } } });
    scene.state('mode', 'cleaning').value('t', 20, 1_000).tick(20_000);
    expect(scene.instance('hot.no-data/lyon/farm/t')?.state).toMatchObject({ active: true, suppressed: true });
    expect(scene.told).toEqual([]);
  });

  it('is said of a rule that asks for good values and gets uncertain ones, over a restart too', () => {
    const rule = { ...hot, inputs: { temp: { ...temp, quality: 'good' } }, noData: { action: 'alarm', after: '60s' } };
    const scene = new PlantScene(rule).value('t', 20, 0);
    for (let at = 10_000; at < 60_000; at += 10_000) scene.value('t', 20, at, { isUncertain: true });
    expect(scene.restart(59_000).value('t', 20, 59_999, { isUncertain: true }).events).toEqual([]);
    expect(scene.tick(60_000).events).toEqual(['hot.no-data/t ACTIVE']);
    expect(scene.value('t', 20, 61_000).events.at(-1)).toBe('hot.no-data/t RETURNED');
  });

  it('is not said of uncertain values where the rule takes them', () => {
    const scene = new PlantScene({ ...hot, noData: { action: 'alarm', after: '60s' } }).value('t', 20, 0);
    for (let at = 10_000; at < 200_000; at += 10_000) scene.value('t', 20, at, { isUncertain: true });
    expect(scene.events).toEqual([]);
  });

  it('is said of what is sent on a change when its last word is not good enough', () => {
    const temp = { metric: 'temp', sampling: 'onChange', quality: 'good' };
    const scene = new PlantScene({ ...hot, inputs: { temp }, noData: { action: 'alarm', after: '60s' } });
    scene.value('t', 20, 0).tick(300_000);
    expect(scene.events).toEqual([]);
    expect(scene.value('t', 20, 301_000, { isUncertain: true }).events).toEqual(['hot.no-data/t ACTIVE']);
  });

  it('is suppressed at once by an alarm that it reads', () => {
    const rules = [{ ...hot, noData, suppressWhen: { alarm: 'pump' } }];
    const pump = { id: 'pump', inputs: { flow: 'flow' }, condition: { '<': [{ var: 'flow' }, 5] } };
    const scene = new PlantScene(...rules, pump)
      .value('t', 20, 1_000)
      .value('f', 9, 1_000, { metric: 'flow' })
      .tick(12_000);
    expect(scene.instance('hot.no-data/lyon/farm/t')?.state).toMatchObject({ active: true, suppressed: false });
    scene.value('f', 1, 13_000, { metric: 'flow' });
    expect(scene.instance('hot.no-data/lyon/farm/t')?.state).toMatchObject({ active: true, suppressed: true });
  });

  it('sends its command where the permission asks for a param', () => {
    const permitWhen = { '==': [{ state: 'mode' }, { param: 'mode' }] };
    const rule = hotAndClose({ on: ['noData'], permitWhen }, { noData, params: { mode: { default: 'auto' } } });
    const scene = new PlantScene(rule)
      .state('mode', 'auto')
      .device('v', { role: 'inlet' })
      .value('t', 20, 1_000)
      .tick(20_000);
    expect(scene.sent).toEqual(['hot.no-data/t/1/close']);
  });
});

describe('time', () => {
  const slow = { ...hot, onDelay: '20s' };

  it('a restart is no evidence either where the next sample comes within seconds of it', () => {
    const scene = new PlantScene({ ...hot, onDelay: '20s' }).value('t', 90, 0).tick(5_000).restart(12_000);
    expect(scene.value('t', 90, 13_000).tick(26_999).events).toEqual([]);
    expect(scene.tick(27_000).events).toEqual(['hot/t ACTIVE']);
  });

  it('two restarts before the first sample leave a gap that is no evidence', () => {
    const scene = new PlantScene(slow).value('t', 90, 0).value('t', 90, 5_000).restart(3_600_000).restart(3_605_000);
    expect(scene.tick(3_700_000).events).toEqual([]);
    expect(scene.value('t', 90, 3_701_000).tick(3_715_000).events).toEqual([]);
    expect(scene.tick(3_716_000).events).toEqual(['hot/t ACTIVE']);
  });

  it('a rule whose text has changed while nothing ran does not take the gap for evidence', () => {
    const scene = new PlantScene(slow).value('t', 90, 0).value('t', 90, 5_000).restart(3_600_000);
    scene.reload(3_600_000, { ...slow, name: 'Hot' });
    expect(scene.tick(3_700_000).events).toEqual([]);
  });

  it('a shelving that ended while nothing ran is over at its own moment, and the alarm calls', () => {
    const scene = new PlantScene(hot)
      .value('t', 90, 0)
      .operate('shelve', 1_000, { until: START + 60_000 })
      .restart(3_600_000);
    scene.take();
    scene.tick(3_700_000);
    expect(scene.journal.map(({ event, journalTime }) => [event, journalTime - START])).toEqual([
      ['UNSHELVED', 60_000],
      ['RE_ALARM', 60_000],
    ]);
  });

  it('a rule that is changed or deleted is journaled when that happens, not when the last sample came', () => {
    const rule = { ...hot, inputs: { temp: { ...temp, maxAge: '1h' } } };
    const scene = new PlantScene(rule).value('t', 90, 0);
    scene.take();
    scene.reload(60_000, { ...rule, offDelay: '5s' }).reload(90_000);
    expect(scene.journal.map(({ event, journalTime }) => [event, journalTime - START])).toEqual([
      ['RULE_CHANGED', 60_000],
      ['RETIRED', 90_000],
    ]);
  });

  it('a lagging device costs no evaluation for every millisecond of its lag', () => {
    let looks = 0;
    const scene = new PlantScene();
    const meter = { nowMs: () => ++looks, cpuMs: () => 0, budgetMs: 1_000_000 };
    scene.engine = new Engine({ rules: [ruleOf(hot)], startedAt: START, meter });
    scene.value('t', 90, 0, { lagMs: 10_000 }).operate('shelve', 10_000, { until: START + 20_000 });
    scene.value('t', 90, 19_000);
    expect(looks).toBeLessThan(50);
  });

  it('samples of no common moment are no evidence for a for either', () => {
    const scene = new PlantScene({
      ...{ id: 'hot', groupBy: ['line'], alignWithin: '5s' },
      inputs: { a: { metric: 'temp', select: { role: 'a' } }, b: { metric: 'temp', select: { role: 'b' } } },
      condition: { for: [{ '>': [{ '-': [{ var: 'a' }, { var: 'b' }] }, 10] }, '20s'] },
    });
    scene.device('a', { role: 'a', labels: { line: 'L' } }).device('b', { role: 'b', labels: { line: 'L' } });
    scene.value('b', 10, 0).value('a', 50, 10_000).value('a', 50, 35_000).value('b', 10, 36_000);
    expect(scene.events).toEqual([]);
    expect(scene.tick(55_999).events).toEqual([]);
  });

  it('a reset is refused where the inputs cannot be compared, and is done where the device only lags', () => {
    const latched = { ...hot, latching: true, ackRequired: false };
    const lagging = new PlantScene({ ...latched, inputs: { temp: { metric: 'temp', maxAge: '5s' } } });
    lagging.value('t', 90, 0, { lagMs: 8_000 }).value('t', 20, 2_000, { lagMs: 8_000 }).operate('reset', 11_000);
    expect(lagging.events.at(-1)).toBe('hot/t RESET');
    const apart = new PlantScene({
      ...{ ...latched, groupBy: ['line'], alignWithin: '5s' },
      inputs: { temp, b: { metric: 'temp', select: { role: 'b' }, maxAge: '60s' } },
      condition: { '>': [{ '-': [{ var: 'temp' }, { var: 'b' }] }, 10] },
      scope: { labels: { kind: 'tank' } },
    });
    apart.device('t', { labels: { line: 't', kind: 'tank' } }).device('b', { role: 'b', labels: { line: 't' } });
    apart.value('b', 10, 0).value('t', 50, 1_000).value('t', 10, 2_000).value('t', 10, 20_000).operate('reset', 21_000);
    expect(apart.events.at(-1)).toBe('hot/t REFUSED');
  });

  it('a server whose clock was a day ahead goes on when it is set right', () => {
    const scene = new PlantScene(hot).value('t', 20, 0).tick(86_400_000);
    expect(scene.value('t', 90, 5_000).events).toEqual(['hot/t ACTIVE']);
    expect(scene.shown.at(-1)).toMatchObject({ quality: 'GOOD' });
  });
});

describe('values', () => {
  const celsius = { temp: { metric: 'temp', unit: 'Cel' } };

  it('that come too late are judged in the unit of the rule', () => {
    const scene = new PlantScene({ ...hot, inputs: celsius }).device('t', { model: 'american' }).value('t', 50, 60_000);
    expect(scene.value('t', 100, 1_000, { late: true }).events).toEqual([]);
    expect(scene.value('t', 200, 2_000, { late: true }).events).toEqual(['hot/t HISTORICAL']);
  });

  it('that come too late are judged by every input that they feed', () => {
    const inputs = { mean: { metric: 'temp', fn: 'avg', window: '1m' }, temp };
    const scene = new PlantScene({ ...hot, inputs }).value('t', 20, 60_000).value('t', 95, 1_000, { late: true });
    expect(scene.events).toEqual(['hot/t HISTORICAL']);
  });

  it('of a metric with a slash outlive a restart', () => {
    const rule = { ...hot, inputs: { temp: { metric: 'Line 1/temp', maxAge: '1h' } }, onDelay: '60s' };
    const scene = new PlantScene(rule).value('t', 90, 1_000, { metric: 'Line 1/temp' }).restart(2_000).tick(20_000);
    expect(scene.instance('hot/lyon/farm/t')?.lookAt(START + 20_000).inputs).toEqual([90]);
  });

  it('that a device reports as its limit count only where they can be one', () => {
    const params = { limit: { default: 80, source: 'device.config.limit' } };
    const scene = new PlantScene({ ...hot, params, condition: { '>': [{ var: 'temp' }, { param: 'limit' }] } });
    scene.value('t', 90, 0).config('t', { limit: Number.POSITIVE_INFINITY }, 1_000).config('t', { limit: '95' }, 2_000);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
    expect(scene.config('t', { limit: 95 }, 3_000).events.at(-1)).toBe('hot/t RETURNED');
  });
});

describe('names that mean something to JavaScript', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty'])('a command %s is a command', (command) => {
    const scene = new PlantScene(hotAndClose({ command, rateLimit: { max: 1, per: '1h' } })).device('v', {
      role: 'inlet',
    });
    expect(scene.value('t', 90, 1_000).sent).toEqual(['hot/t/1/close']);
  });

  it('a label constructor that nobody bears makes no two alarms alike', () => {
    const late = { ...hot, id: 'late', inhibitedBy: [{ rule: 'hot', equal: ['constructor'] }] };
    expect(new PlantScene(hot, late).value('t', 90, 1_000).shown.at(-1)).toMatchObject({ rule: 'late', overlay: null });
  });

  it('inputs, params, labels, devices and states of any name go through snapshot and restore', () => {
    const rule = {
      ...{ id: 'valueOf', groupBy: ['constructor'], inputs: { constructor: { metric: '__proto__', maxAge: '1h' } } },
      params: { toString: { default: 80, source: 'device.config.__proto__'.replace('__proto__', 'valueOf') } },
      condition: {
        and: [{ '>': [{ var: 'constructor' }, { param: 'toString' }] }, { '!=': [{ state: 'valueOf' }, 1] }],
      },
      annotations: { summary: '{{constructor}} {{toString}} {{age.constructor}}' },
    };
    const scene = new PlantScene(rule)
      .state('valueOf', 0)
      .device('hasOwnProperty', { labels: { constructor: 'isPrototypeOf' } });
    scene.value('hasOwnProperty', 90, 1_000, { metric: '__proto__' });
    expect(scene.shown.at(-1)).toMatchObject({ instance: 'isPrototypeOf', state: 'UNACK', summary: '90 80 0 s' });
    scene.restart(2_000).value('hasOwnProperty', 20, 3_000, { metric: '__proto__' });
    expect(scene.events).toEqual(['valueOf/isPrototypeOf ACTIVE', 'valueOf/isPrototypeOf RETURNED']);
  });
});

describe('reload', () => {
  it('a permission that waits for a time holds after its action was written otherwise', () => {
    const permitWhen = { for: [{ '==': [{ state: 'mode' }, 'auto'] }, '2s'] };
    const scene = new PlantScene(hotAndClose()).state('mode', 'auto').device('v', { role: 'inlet' }).value('t', 20, 0);
    scene.reload(1_000, hotAndClose({ permitWhen })).value('t', 20, 2_000).value('t', 90, 10_000);
    expect(scene.sent).toEqual(['hot/t/1/close']);
  });

  it('a rule named like an alarm of the pipeline itself takes nothing from it, at a start neither', () => {
    const own = { ...hot, id: 'rule-isolated' };
    const scene = new PlantScene(hot).reload(1_000, hot, own).value('t', 90, 2_000);
    expect(scene.events).toEqual(['hot/t ACTIVE']);
    scene.step({ kind: 'isolate', rule: 'hot', reason: 'it threw', at: START + 3_000 });
    expect(scene.events.at(-1)).toBe('rule-isolated/hot ACTIVE');
    const engine = new Engine({ rules: [ruleOf(own)], startedAt: START });
    expect(engine.rules.get('rule-isolated')?.rule.inputs).toEqual([]);
  });

  it('what is shown of an alarm says at once what its rule now says', () => {
    const scene = new PlantScene(hot).value('t', 90, 1_000);
    scene.reload(2_000, { ...hot, rationalisation: { response: 'Open the bypass' } });
    expect(scene.shown.at(-1)).toMatchObject({ rationalisation: { response: 'Open the bypass' }, episode: 1 });
    expect(scene.shown.at(-1)?.seq).toBeGreaterThan(scene.shown.at(0)?.seq ?? 0);
    expect([scene.events, scene.told]).toEqual([['hot/t ACTIVE'], ['ACTIVE']]);
  });

  it('an active alarm keeps the level that its rule still has', () => {
    const levels = [
      { priority: 'medium', condition: above80, deadband: 2 },
      { priority: 'critical', condition: { '>': [{ var: 'temp' }, 90] } },
    ];
    const scene = new PlantScene({ id: 'hot', inputs: { temp }, levels }).value('t', 95, 1_000).operate('ack', 2_000);
    scene.reload(3_000, { id: 'hot', inputs: { temp }, levels: levels.slice(0, 1) }).value('t', 79, 4_000);
    expect(scene.shown.at(-1)).toMatchObject({ state: 'ACKED', priority: 'medium', ackedBy: 'ana' });
    expect(scene.value('t', 78, 5_000).events.at(-1)).toBe('hot/t RETURNED');
  });
});
