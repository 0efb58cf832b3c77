import { describe, expect, it } from 'vitest';
import { codesOf, findingsOf, MODELS, SOUND } from '../testing.ts';

const over = (limit: unknown, input = 'temp') => ({ '>': [{ var: input }, limit] });
const under = (limit: number) => ({ '<': [{ var: 'temp' }, limit] });
const levels = (...each: readonly (readonly [priority: string, condition: object, onDelay?: string])[]) => ({
  condition: undefined,
  levels: each.map(([priority, condition, onDelay = '20s']) => ({ priority, condition, onDelay })),
});
const tank = { scope: { model: 'tank' } };
const urgent = { response: 'Open the bypass', timeToRespond: '10m' };
const command = {
  ...{ id: 'cool', on: ['active'], type: 'command', target: { device: 'valve' }, command: 'valve.set' },
  ...{ args: { position: 1 }, expiresAfter: '30s', ack: { accept: '3s', complete: '10s' } },
};
/** Everything but what R022 looks at is in order. */
const commanding = (select: object, name: string, args: object) => ({
  actions: [{ ...command, target: { select }, command: name, args, verify, rateLimit: { max: 1, per: '5m' } }],
});
const verify = { condition: { '<': [{ var: 'temp' }, 70] }, within: '1m' };

describe('each lint rule, and what is just good enough for it', () => {
  it.each<[title: string, change: object, codes: string[]]>([
    ['a rule of which nothing can be said', {}, []],
    ['R001: a metric that its model lacks', { ...tank, inputs: { temp: 'temprature' } }, ['R001 error']],
    [
      'R001: of a selected device nobody knows the model',
      { ...tank, inputs: { temp: { metric: 'x', select: { role: 'a' } } } },
      [],
    ],
    ['R001: a model that nobody described', { scope: { model: 'oven' }, inputs: { temp: 'x' } }, ['R001 error']],
    [
      'R001: a selected model that nobody described',
      { inputs: { temp: { metric: 'temperature', select: { model: 'tnak' } } } },
      ['R001 error'],
    ],
    ['R019: a metric that no model has', { inputs: { temp: 'temprature' } }, ['R019 warn']],
    [
      'R019: a device of no model brings it',
      { inputs: { temp: 'x' }, annotations: { 'lint.R019': 'comes by its birth' } },
      [],
    ],
    ['R001: the metric __proto__', { ...tank, inputs: { temp: '__proto__' } }, ['R001 error']],
    ['R002: certain', { ...tank, inputs: { temp: { metric: 'temperature', unit: 'bar' } } }, ['R002 error']],
    ['R002: whichever model it is', { inputs: { temp: { metric: 'temperature', unit: 'bar' } } }, ['R002 error']],
    ['R002: one of the models', { inputs: { temp: { metric: 'speed', unit: 'Cel' } } }, ['R002 warn']],
    ['R002: converts', { ...tank, inputs: { temp: { metric: 'temperature', unit: 'K' } }, condition: over(400) }, []],
    ['R002: a unit as people say it', { inputs: { temp: { metric: 'x', unit: 'degC' } } }, ['R002 error']],
    [
      'R002: a unit in capitals',
      { inputs: { temp: { metric: 'pressure', unit: 'Bar' } }, condition: over(8) },
      ['R002 error'],
    ],
    [
      'R002: a model that says no unit may be the one',
      { inputs: { temp: { metric: 'level', unit: 'bar' } }, condition: over(8) },
      ['R002 warn'],
    ],
    [
      'R002: a unit that only a model knows',
      {
        inputs: { temp: { metric: 'turbidity', unit: 'NTU' } },
        params: { limit: { default: 80, unit: 'NTU' } },
        condition: over({ param: 'limit' }),
      },
      [],
    ],
    ['R002: a unit of nobody', { inputs: { temp: { metric: 'x', unit: 'NTU' } } }, ['R002 error']],
    ['R002: by chance another unit', { inputs: { temp: { metric: 'x', unit: 'C' } } }, ['R002 warn']],
    ['R002: a unit that nobody converts here', { inputs: { temp: { metric: 'x', unit: '[pH]' } } }, []],
    [
      'R002: a limit as people say it',
      { params: { limit: { default: 80, unit: '°C' } }, condition: over({ param: 'limit' }) },
      ['R002 error'],
    ],
    ['R002: a code that only the plant knows', { inputs: { temp: { metric: 'x', unit: '{clicks}' } } }, []],
    [
      'R002: a param that nobody converts',
      { ...tank, params: { limit: { default: 90, unit: '[degF]' } }, condition: over({ param: 'limit' }) },
      ['R002 error'],
    ],
    [
      'R002: a param that is converted',
      {
        ...tank,
        inputs: { temp: { metric: 'temperature', unit: 'Cel' } },
        params: { limit: { default: 176, unit: '[degF]' } },
        condition: over({ param: 'limit' }),
      },
      [],
    ],
    [
      'R002: a param in the unit of another input',
      {
        ...tank,
        inputs: { temp: { metric: 'temperature', unit: 'Cel' }, press: { metric: 'pressure', unit: 'bar' } },
        params: { limit: { default: 6, unit: 'bar' } },
        condition: { and: [over({ param: 'limit' }), over({ param: 'limit' }, 'press')] },
      },
      ['R002 error'],
    ],
    ['R003: never', { ...tank, condition: over(200) }, ['R003 error']],
    ['R003: just possible', { ...tank, condition: { '>=': [{ var: 'temp' }, 200] } }, []],
    ['R003: always', { ...tank, condition: { '<=': [{ var: 'temp' }, 200] } }, ['R003 error']],
    ['R003: no range is known to the sensor of another model', { condition: over(1_300) }, ['R003 warn']],
    ['R003: one of the models reaches it', { condition: over(1_100) }, []],
    [
      'R003: a limit that a device may have of its own',
      {
        ...tank,
        params: { limit: { default: 999, source: 'device.config.limit' } },
        condition: over({ param: 'limit' }),
      },
      [],
    ],
    ['R003: of what is no measurement', { condition: { '<': [1, 2] } }, ['R003 error']],
    [
      'R003: through arithmetic',
      { ...tank, condition: { '>': [{ '+': [{ var: 'temp' }, { abs: { var: 'temp' } }] }, 400] } },
      ['R003 error'],
    ],
    ['R003: dividing by what may be 0', { ...tank, condition: { '>': [{ '/': [1, { var: 'temp' }] }, 1e9] } }, []],
    [
      'R003: too few of atLeast',
      { ...tank, condition: { atLeast: [2, [over(50), over(300), over(400)]] } },
      ['R003 error'],
    ],
    ['R003: enough of atLeast', { ...tank, condition: { atLeast: [1, [over(50), over(300)]] } }, []],
    ['R003: not both', { ...tank, condition: { '!': { between: [{ var: 'temp' }, -1, 201] } } }, ['R003 error']],
    ['R003: a temperature equals a text', { ...tank, condition: { '==': [{ var: 'temp' }, 'hot'] } }, ['R003 error']],
    [
      'R003: a metric of no model equals a text',
      { condition: { '==': [{ var: 'temp' }, 'hot'] }, inputs: { temp: 'x' } },
      [],
    ],
    [
      'R003: between the ends the other way round',
      { condition: { between: [{ var: 'temp' }, 90, 20] } },
      ['R003 error'],
    ],
    [
      'R003: above and below at once',
      { condition: { and: [over(80), { '<': [{ var: 'temp' }, 70] }] } },
      ['R003 error'],
    ],
    ['R003: above or below, always', { condition: { or: [over(70), { '<': [{ var: 'temp' }, 80] }] } }, ['R003 error']],
    [
      'R003: not above nor below',
      { condition: { '!': { or: [over(70), { '<': [{ var: 'temp' }, 80] }] } } },
      ['R003 error'],
    ],
    ['R003: above and at most', { condition: { and: [over(80), { '<=': [{ var: 'temp' }, 80] }] } }, ['R003 error']],
    [
      'R003: at the very limit',
      { condition: { and: [{ '>=': [{ var: 'temp' }, 80] }, { '>=': [80, { var: 'temp' }] }] } },
      [],
    ],
    [
      'R003: above one and below the other, which may be',
      {
        inputs: { temp: 'temperature', press: 'pressure' },
        condition: { and: [over(8), { '<': [{ var: 'press' }, 7] }] },
      },
      [],
    ],
    ['R003: a band', { condition: { and: [over(80), { '<': [{ var: 'temp' }, 90] }] } }, []],
    ['R003: out of a band', { condition: { or: [over(90), { '<': [{ var: 'temp' }, 80] }] } }, []],
    [
      'R003: of ages',
      { condition: { and: [{ '>': [{ age: 'temp' }, 60] }, { '<': [{ age: 'temp' }, 30] }] } },
      ['R003 error'],
    ],
    [
      'R003: a boolean is 1',
      { scope: { model: 'tank' }, inputs: { on: 'running' }, condition: { '==': [{ var: 'on' }, 1] } },
      ['R003 error'],
    ],
    ['R003: a boolean above 0', { ...tank, inputs: { temp: 'running' }, condition: over(0) }, ['R003 error']],
    [
      'R003: a text is a number',
      { ...tank, inputs: { on: 'mode' }, condition: { '==': [{ var: 'on' }, 3] } },
      ['R003 error'],
    ],
    [
      'R003: one of numbers',
      { ...tank, inputs: { on: 'mode' }, condition: { in: [{ var: 'on' }, [1, 2]] } },
      ['R003 error'],
    ],
    ['R003: one of texts', { ...tank, inputs: { on: 'mode' }, condition: { in: [{ var: 'on' }, ['a', 'b']] } }, []],
    [
      'R003: a boolean that may be another',
      { inputs: { on: 'running' }, condition: { '==': [{ var: 'on' }, 1] } },
      ['R003 warn'],
    ],
    ['R003: a temperature is no condition', { ...tank, condition: { var: 'temp' } }, ['R003 error']],
    ['R003: nor half of one', { ...tank, condition: { and: [over(80), { var: 'temp' }] } }, ['R003 error']],
    ['R003: a boolean is one', { ...tank, inputs: { on: 'running' }, condition: { var: 'on' } }, []],
    ['R003: nor does it suppress', { ...tank, suppressWhen: { '!': { var: 'temp' } } }, ['R003 error']],
    [
      'R003: more samples than a window holds',
      { ...tank, inputs: { temp: { metric: 'temperature', fn: 'avg', window: '60s', minSamples: 8 } } },
      ['R003 error'],
    ],
    [
      'R003: as many as it may hold',
      { ...tank, inputs: { temp: { metric: 'temperature', fn: 'avg', window: '60s', minSamples: 7 } } },
      [],
    ],
    [
      'R003: the mean of booleans',
      { ...tank, inputs: { temp: { metric: 'running', fn: 'avg', window: '60s' } } },
      ['R003 error'],
    ],
    ['R003: a deadband past the range', { ...tank, deadband: 90 }, ['R003 warn']],
    ['R003: a deadband to the end of the range', { ...tank, deadband: 80 }, []],
    [
      'R003: a low limit, written the other way round',
      { ...tank, condition: { '>': [30, { var: 'temp' }] }, deadband: 171 },
      ['R003 warn'],
    ],
    ['R003: a clearCondition that never is', { ...tank, clearCondition: { '<': [{ var: 'temp' }, 0] } }, ['R003 warn']],
    ['R003: the age is no measurement', { ...tank, condition: { '>': [{ age: 'temp' }, 900] } }, []],
    [
      'R003: in a window of 10 s nothing takes 20 s',
      { ...tank, inputs: { temp: { metric: 'running', fn: 'timeIn', window: '10s' } }, condition: over(20) },
      ['R003 error'],
    ],
    ['R004: overlapping', { clearCondition: { '<': [{ var: 'temp' }, 82] } }, ['R004 error']],
    ['R004: touching', { clearCondition: { '<=': [{ var: 'temp' }, 80] } }, []],
    [
      'R004: between two whole numbers, where there may be none',
      { clearCondition: { '<': [{ var: 'temp' }, 81] } },
      [],
    ],
    [
      'R004: between two that are not whole',
      { condition: over(80.5), clearCondition: { '<': [{ var: 'temp' }, 81.5] } },
      ['R004 error'],
    ],
    [
      'R004: outside the range',
      { ...tank, condition: { '<': [{ var: 'temp' }, 200] }, clearCondition: over(200) },
      ['R003 warn'],
    ],
    [
      'R004: behind a switch',
      {
        inputs: { temp: 'temperature', on: 'running' },
        condition: { and: [{ '==': [{ var: 'on' }, true] }, over(80)] },
        clearCondition: { or: [{ '==': [{ var: 'on' }, false] }, { '<': [{ var: 'temp' }, 90] }] },
      },
      ['R004 error'],
    ],
    [
      'R004: what only the clearCondition reads',
      { inputs: { temp: 'temperature', pos: 'position' }, clearCondition: { '<': [{ var: 'pos' }, 5] } },
      [],
    ],
    [
      'R004: two inputs of one metric are not free',
      {
        inputs: { temp: 'temperature', top: { metric: 'temperature', fn: 'max', window: '1m' } },
        condition: { and: [over(80), over(0, 'top')] },
        clearCondition: { '<': [{ var: 'top' }, 70] },
      },
      [],
    ],
    [
      'R004: a count has no halves',
      {
        inputs: { temp: { metric: 'temperature', fn: 'count', window: '5m' } },
        condition: over(4.5),
        clearCondition: { '<': [{ var: 'temp' }, 4.9] },
      },
      [],
    ],
    ['R005: neither deadband nor delay', { onDelay: '0s' }, ['R005 warn']],
    ['R005: an offDelay is one', { onDelay: '0s', offDelay: '5s' }, []],
    ['R005: a for is one', { onDelay: '0s', condition: { for: [over(80), '5s'] } }, []],
    [
      'R005: a state does not tremble',
      { onDelay: '0s', inputs: { temp: 'mode' }, condition: { '==': [{ var: 'temp' }, 'hot'] } },
      [],
    ],
    ['R005: nor does a count', { onDelay: '0s', inputs: { temp: { metric: 'x', fn: 'count', window: '1m' } } }, []],
    ['R006: small for a temperature', { ...tank, deadband: 1.9 }, ['R006 warn']],
    ['R006: enough for a temperature', { ...tank, deadband: 2 }, []],
    [
      'R006: of a span in another unit',
      { ...tank, inputs: { temp: { metric: 'pressure', unit: 'kPa' } }, condition: over(600), deadband: 19 },
      ['R006 warn'],
    ],
    ['R006: a level', { ...tank, inputs: { temp: 'level' }, condition: over(8), deadband: 0.4 }, ['R006 warn']],
    [
      'R006: silenced with a reason',
      { ...tank, deadband: 1, annotations: { 'lint.R006': 'filtered in the transmitter' } },
      [],
    ],
    ['silenced without a reason', { ...tank, deadband: 1, annotations: { 'lint.R006': ' ' } }, ['RULE error']],
    [
      'an error that was silenced',
      { ...tank, condition: over(200), annotations: { 'lint.R003': 'I want it' } },
      ['R003 error'],
    ],
    [
      'R007: a maxAge under two intervals',
      { ...tank, inputs: { temp: { metric: 'temperature', maxAge: '19s' } } },
      ['R007 warn'],
    ],
    ['R007: a maxAge of two intervals', { ...tank, inputs: { temp: { metric: 'temperature', maxAge: '20s' } } }, []],
    [
      'R007: a window under three',
      { ...tank, inputs: { temp: { metric: 'temperature', fn: 'avg', window: '29s' } } },
      ['R007 warn'],
    ],
    [
      'R007: what is sent on change has no interval',
      { ...tank, inputs: { temp: { metric: 'temperature', maxAge: '1s', sampling: 'onChange' } } },
      [],
    ],
    ['R008: too late', { ...tank, onDelay: '191s', rationalisation: urgent }, ['R008 warn']],
    ['R008: a third is left', { ...tank, onDelay: '190s', rationalisation: urgent }, []],
    ['R009: a value in a label', { labels: { now: '{{temp}}' } }, ['R009 error']],
    ['R010: urgent, and nobody knows what to do', { priority: 'high' }, ['R010 error']],
    ['R010: urgent, with an answer', { priority: 'critical', rationalisation: urgent }, []],
    [
      'R010: a level of it is',
      {
        condition: undefined,
        levels: [
          { priority: 'low', condition: over(80) },
          { priority: 'critical', condition: over(90) },
        ],
      },
      ['R010 error'],
    ],
    ['R012: without an end', { actions: [{ ...command, expiresAfter: undefined, verify }] }, ['R012 error']],
    ['R012: unverified', { actions: [command] }, ['R012 warn']],
    ['R013: it changes what it is decided by', { actions: [{ ...command, verify }] }, ['R013 error']],
    ['R013: damped by a deadband', { deadband: 5, actions: [{ ...command, verify }] }, []],
    ['R013: damped by a rate limit', { actions: [{ ...command, verify, rateLimit: { max: 1, per: '5m' } }] }, []],
    [
      'R013: an argument named for the metric, on the same device',
      {
        inputs: { temp: { metric: 'position', select: { role: 'inlet' } } },
        actions: [{ ...command, target: { select: { role: 'inlet' } } }],
      },
      ['R012 warn', 'R013 error'],
    ],
    ['R014: a dead sensor ends the alarm', { noData: { action: 'clear' } }, ['R014 warn']],
    ['R014: a latch that nobody acknowledges', { latching: true, ackRequired: false }, ['R014 warn']],
    ['R020: a param that nothing reads', { params: { limit: { default: 80 } } }, ['R020 warn']],
    [
      'R020: a param that only a text reads',
      { params: { limit: { default: 80 } }, annotations: { summary: 'above {{limit}}' } },
      [],
    ],
    [
      'R020: a param that only a proof reads',
      {
        params: { shut: { default: 5 } },
        deadband: 5,
        actions: [{ ...command, verify: { condition: { '<': [{ var: 'temp' }, { param: 'shut' }] }, within: '1m' } }],
      },
      [],
    ],
    ['R021: two of one priority', levels(['low', over(80)], ['low', over(90)]), ['R021 warn']],
    ['R021: the wrong way round', levels(['medium', over(80)], ['low', over(90)]), ['R021 warn']],
    ['R021: low limits the wrong way round', levels(['medium', under(20)], ['low', under(10)]), ['R021 warn']],
    ['R021: one limit for both', levels(['medium', over(80)], ['low', over(80)]), ['R021 warn']],
    ['R021: the right way round', levels(['low', over(80)], ['medium', over(90)]), []],
    ['R021: on either side', levels(['medium', over(80)], ['low', under(10)]), []],
    ['R021: the urgent one waits longer', levels(['medium', over(80), '5m'], ['low', over(90)]), []],
    ['R022: as the model has it', commanding({ model: 'valve' }, 'valve.set', { position: 0 }), []],
    ['R022: no such command', commanding({ model: 'valve' }, 'valve.sett', { position: 0 }), ['R022 error']],
    ['R022: beyond what it takes', commanding({ model: 'valve' }, 'valve.set', { position: 200 }), ['R022 error']],
    ['R022: without what it needs', commanding({ model: 'valve' }, 'valve.set', {}), ['R022 error']],
    ['R022: of no model that is known', commanding({ role: 'inlet' }, 'valve.sett', { position: 0 }), ['R022 warn']],
    ['R022: beyond what any takes', commanding({ role: 'inlet' }, 'valve.set', { position: 200 }), ['R022 warn']],
    ['R022: of a model that describes none', commanding({ model: 'tank' }, 'fill', {}), []],
    ['R015: waiting for itself', { inhibitedBy: [{ rule: 'sound' }] }, ['R015 error']],
    ['R015: by its own alarm of no data', { inhibitedBy: [{ rule: 'sound.no-data' }] }, ['R015 error']],
  ])('%s', (title, change, codes) => {
    // A metric that no model has stands for any in what is not about names.
    const isMeant = (code: string) => title.startsWith('R019') || !code.startsWith('R019');
    expect(codesOf(change).filter(isMeant).toSorted()).toEqual(codes);
  });

  it('without models says only what needs none', () => {
    const change = { ...tank, condition: over(5_000), inputs: { temp: 'temprature' }, deadband: 0.001, onDelay: '0s' };
    expect(codesOf(change, {})).toEqual([]);
    expect(codesOf(change, { models: MODELS })).not.toEqual([]);
  });
});

describe('R019: what no file of the plant knows', () => {
  const deviceOf = (device: string, role: string, labels: object) => ({
    ...{ site: 'lyon', area: 'farm', device, model: 'tank', role },
    labels: labels as { [name: string]: string },
  });
  const plant = {
    models: MODELS,
    devices: new Map([
      ['lyon/farm/tank-01', deviceOf('tank-01', 'level', { tank: 'T1', process: 'storage' })],
      ['lyon/farm/valve', deviceOf('valve', 'inlet', { tank: 'T1', process: 'storage' })],
    ]),
    receivers: ['shift-lead'],
  };
  const select = (by: object) => ({ inputs: { temp: { metric: 'temperature', select: by } } });

  it.each<[title: string, change: object, message: string, suggestion?: string]>([
    ['metric', { inputs: { temp: 'temprature' } }, "no model has a metric 'temprature'", 'temperature'],
    ['device', { scope: { devices: ['tank-1'] } }, "no device is called 'tank-1'", 'tank-01'],
    ['label', { scope: { labels: { proces: 'storage' } } }, "no device has a label 'proces'", 'process'],
    ['value', { scope: { labels: { process: 'storag' } } }, "no device has 'process' as 'storag'", 'storage'],
    ['site', { scope: { labels: { site: 'lion' } } }, "no device has 'site' as 'lion'", 'lyon'],
    ['group', { groupBy: ['tnak'] }, "no device has a label 'tnak' to group by", 'tank'],
    ['role', select({ role: 'levle' }), "no device has the role 'levle'", 'level'],
    ['selected device', select({ device: 'vlave' }), "no device is called 'vlave'", 'valve'],
    [
      'equal',
      { inhibitedBy: [{ rule: 'gateway', equal: ['tanc'] }] },
      "neither a device nor this rule has a label 'tanc', so it is never equal",
      'tank',
    ],
    [
      'receiver',
      { actions: [{ id: 'call', on: ['active'], type: 'notify', to: 'shift-led' }] },
      "no receiver is called 'shift-led'",
      'shift-lead',
    ],
    ['nothing near', { groupBy: ['warehouse'] }, "no device has a label 'warehouse' to group by"],
  ])('%s', (_, change, message, suggestion) => {
    const found = findingsOf([{ ...SOUND, ...change }], plant).filter(({ code }) => code === 'R019');
    expect(found).toMatchObject([{ level: 'warn', message, ...(suggestion === undefined ? {} : { suggestion }) }]);
  });

  it('target of a command, and who hears of its failure', () => {
    const onFailure = [{ type: 'notify', to: 'shift-led' }];
    const actions = [{ ...command, verify, target: { select: { role: 'inlt' } }, onFailure }];
    const found = findingsOf([{ ...SOUND, deadband: 5, actions }], plant);
    expect(found.flatMap(({ code, suggestion }) => (code === 'R019' ? [suggestion] : []))).toEqual([
      'inlet',
      'shift-lead',
    ]);
  });

  it('says nothing of what is there, nor of kinds of which nothing is written down', () => {
    const change = {
      ...{ scope: { devices: ['tank-01'], labels: { process: 'storage', area: 'farm' } }, groupBy: ['tank', 'role'] },
      ...{ labels: { team: 'a' }, inhibitedBy: [{ rule: 'gateway', equal: ['tank', 'team', 'rule', 'area'] }] },
    };
    expect(findingsOf([{ ...SOUND, ...change }], plant)).toEqual([]);
    const strange = { groupBy: ['tnak'], scope: { devices: ['x'], labels: { y: 'z' } }, inputs: { temp: 'q' } };
    expect(findingsOf([{ ...SOUND, ...strange }], {})).toEqual([]);
  });
});

describe('a set of rules', () => {
  it('R011: is told where far too many are urgent, and not of a few rules', () => {
    const set = (size: number, critical: number) =>
      Array.from({ length: size }, (_, i) => ({
        ...{ ...SOUND, id: `r${i}`, condition: over(i) },
        ...(i < critical ? { priority: 'critical', rationalisation: urgent } : {}),
      }));
    expect(findingsOf(set(20, 2))).toEqual([]);
    expect(findingsOf(set(20, 3)).map(({ file, code, message }) => [file, code, message])).toEqual([
      ['r0.json', 'R011', '15 % of 20 rules are critical; about 5 % is usual'],
    ]);
    expect(findingsOf(set(19, 19))).toEqual([]);
  });

  it('R015: every rule of a cycle is refused, and what only leads to it is not', () => {
    const waiting = (id: string, by: string, limit: number) => ({
      ...{ ...SOUND, id, condition: over(limit), inhibitedBy: [{ rule: by }] },
    });
    const found = findingsOf([
      waiting('a', 'b', 1),
      waiting('b', 'c', 2),
      { ...SOUND, id: 'c', condition: { and: [{ alarm: 'a.no-data' }, over(3)] }, noData: { action: 'alarm' } },
      waiting('outside', 'a', 4),
      waiting('gone', 'nowhere', 5),
    ]);
    expect(found.map(({ file, code, line, column }) => `${file}:${line}:${column} ${code}`)).toEqual([
      expect.stringMatching(/^a\.json:\d+:\d+ R015$/),
      expect.stringMatching(/^b\.json:\d+:\d+ R015$/),
      expect.stringMatching(/^c\.json:\d+:\d+ R015$/),
    ]);
  });

  it('R015: a cycle of 5,000 rules is found, and no stack runs out', () => {
    const rules = Array.from({ length: 5_000 }, (_, i) => ({
      ...{ ...SOUND, id: `r${i}`, condition: over(i), inhibitedBy: [{ rule: `r${(i + 1) % 5_000}` }] },
    }));
    expect(findingsOf(rules).filter(({ code }) => code === 'R015')).toHaveLength(5_000);
  });

  const cases: [title: string, first: object, second: object, isTold: boolean][] = [
    ['of all devices', {}, {}, true],
    ['with other names for the same', {}, { inputs: { t: 'temperature' }, condition: over(80, 't') }, true],
    ['the other way round', {}, { condition: { '<': [80, { var: 'temp' }] } }, true],
    ['with the limit as a param', {}, { params: { l: { default: 80 } }, condition: over({ param: 'l' }) }, true],
    ['another limit', {}, { condition: over(90) }, false],
    ['another window', {}, { inputs: { temp: { metric: 'temperature', fn: 'avg', window: '1m' } } }, false],
    ['other groups', {}, { groupBy: ['area'] }, false],
    ['one in shadow', {}, { mode: 'shadow' }, false],
    ['one disabled', {}, { mode: 'disabled' }, false],
    ['models apart', { scope: { model: 'tank' } }, { scope: { model: 'furnace' } }, false],
    ['labels apart', { scope: { labels: { site: 'a' } } }, { scope: { labels: { site: 'b' } } }, false],
    ['labels that both can bear', { scope: { labels: { site: 'a' } } }, { scope: { labels: { line: '1' } } }, true],
    ['devices apart', { scope: { devices: ['a', 'b'] } }, { scope: { devices: ['c'] } }, false],
    ['a device in common', { scope: { devices: ['a', 'b'] } }, { scope: { devices: ['b'] } }, true],
    ['a device and all', { scope: { devices: ['a'] } }, {}, true],
    ['all and a device', {}, { scope: { devices: ['a'] } }, true],
    ['silenced', {}, { annotations: { 'lint.R016': 'one is for the night shift' } }, false],
  ];
  it.each(cases)('R016: the same comparison, %s', (_, first, second, isTold) => {
    const found = findingsOf([
      { ...SOUND, ...first, id: 'a' },
      { ...SOUND, ...second, id: 'b' },
    ]).filter(({ code }) => code === 'R016');
    expect(found.map(({ file }) => file)).toEqual(isTold ? ['b.json'] : []);
  });

  it('R018: says where a rule names one that is not there, and which was probably meant', () => {
    const names = (rule: string) => ({ ...SOUND, inhibitedBy: [{ rule }], scope: { devices: ['d'] } });
    const gateway = {
      ...SOUND,
      id: 'gateway-offline',
      onDelay: '9s',
      noData: { action: 'alarm' },
      scope: { devices: ['g'] },
    };
    const found = (rule: string, options: object) =>
      findingsOf([gateway, names(rule)], options).map(({ code, level, suggestion }) => [code, level, suggestion]);
    expect(found('gateway-ofline', { beside: [] })).toEqual([['R018', 'warn', 'gateway-offline']]);
    expect(found('gateway-offline.no-dat', { beside: [] })).toEqual([['R018', 'warn', 'gateway-offline.no-data']]);
    for (const there of ['gateway-offline', 'gateway-offline.no-data', 'rule-isolated', 'other', 'other.valve'])
      expect(found(there, { beside: ['other'] })).toEqual([]);
    expect(found('gateway-ofline', {})).toEqual([]);
  });

  it('R018: also in a condition, once for each name, and silenced where the other rule comes later', () => {
    const hot = { '>': [{ var: 'temp' }, 80] };
    const reads = (alarm: string) => ({ ...SOUND, condition: { and: [hot, { alarm }, { alarm }] } });
    expect(findingsOf([reads('pump')], { beside: [] }).map(({ code }) => code)).toEqual(['R018']);
    const silenced = { ...reads('pump'), annotations: { 'lint.R018': 'comes with the pump' } };
    expect(findingsOf([silenced], { beside: [] })).toEqual([]);
  });

  it('R018: a rule that is refused or disabled is there', () => {
    const other = (change: object) => ({ ...SOUND, id: 'other', scope: { devices: ['d'] }, ...change });
    for (const change of [{ mode: 'disabled' }, { condition: { '>': [] } }])
      expect(
        findingsOf([other(change), { ...SOUND, inhibitedBy: [{ rule: 'other' }] }], { beside: [] }).filter(
          ({ code }) => code === 'R018',
        ),
      ).toEqual([]);
  });

  it('R017: says what the tests left open, rule or arm, and nothing where they were not run', () => {
    const item = (kind: 'rule' | 'arm' | 'action', path: (string | number)[], missing: string[]) => ({
      kind,
      path,
      text: 'temp > 80',
      missing,
    });
    const coverage = new Map([
      ['a.json', { items: [item('rule', [], ['never run']), item('arm', ['condition'], ['never true'])] }],
      [
        'b.json',
        {
          items: [
            item('rule', [], []),
            item('arm', ['condition'], ['never true', 'never false']),
            item('action', ['actions', 0], ['never taken']),
          ],
        },
      ],
      ['c.json', { items: [item('rule', [], []), item('arm', ['condition'], [])] }],
    ]);
    const rules = ['a', 'b', 'c', 'd'].map((id, i) => ({ ...SOUND, id, condition: over(i) }));
    expect(findingsOf(rules, { coverage }).map(({ file, code, message }) => `${file} ${code} ${message}`)).toEqual([
      'a.json R017 no test reaches this rule; write one beside it',
      "b.json R017 in the tests, 'temp > 80' is never true and never false",
    ]);
  });
});
