// What a rule test can say, and that it says no where it must.

import { describe, expect, it } from 'vitest';
import { ruleOf } from './history.ts';
import { ruleTestFileSchema } from './rule-test-schema.ts';
import { failuresOf, runRuleTest } from './run-rule-test.ts';

const RULE = {
  id: 'hot',
  inputs: { temp: { metric: 'temperature', maxAge: '30s' } },
  params: { limit: { default: 80, source: 'device.config.tempHigh' } },
  condition: { '>': [{ var: 'temp' }, { param: 'limit' }] },
  deadband: 2,
  onDelay: '10s',
  priority: 'high',
  noData: { after: '60s', action: 'alarm' },
  suppressWhen: { '==': [{ state: 'line' }, 'cleaning'] },
  shelving: { allowed: true, maxDuration: '1h' },
  actions: [
    {
      id: 'close',
      on: ['active'],
      type: 'command',
      target: { device: 'd1' },
      command: 'valve.set',
      args: { position: 0 },
      approval: 'operator',
      expiresAfter: '60s',
      ack: { accept: '5s', complete: '20s' },
      onFailure: [{ type: 'alarm', id: 'stuck' }],
    },
  ],
};

/** The sentences of one test of the rule: ten seconds between values. */
function run(test: object, rule: object = RULE): string[] {
  return runRuleTest(ruleOf(rule), testOf(test));
}

function testOf(test: object) {
  const series = [{ device: 'd1', metric: 'temperature', values: '20 90x20' }];
  const [parsed] = ruleTestFileSchema.parse({ tests: [{ name: 't', interval: '10s', series, ...test }] }).tests;
  if (parsed === undefined) throw new Error('no test');
  return parsed;
}

const at = (when: string, expected: object) => ({ at: when, instance: 'd1', ...expected });

describe('runRuleTest()', () => {
  it('says moment, instance, field, what is and what was expected', () => {
    const test = { expect: [at('20s', { state: 'ACKED', priority: 'low', overlay: 'SHLVD', shadow: true })] };
    expect(run(test)).toEqual([
      'at 20s, d1: state is "UNACK", expected "ACKED"',
      'at 20s, d1: overlay is null, expected "SHLVD"',
      'at 20s, d1: priority is "high", expected "low"',
      'at 20s, d1: shadow is false, expected true',
    ]);
  });

  it('knows a command from its request to its failure, approved by a person', () => {
    const commands = (status: string) => ({ commands: [{ command: 'valve.set', status }] });
    const test = {
      operator: [{ at: '30s', do: 'approve', instance: 'd1', by: 'ann' }],
      devices: [
        {
          on: 'valve.set',
          reply: [
            { after: '2s', status: 'ACCEPTED' },
            { after: '3s', status: 'FAILED' },
          ],
        },
      ],
      expect: [
        at('10s', { commands: [], raised: [] }),
        at('20s', commands('AWAITING_APPROVAL')),
        at('31s', commands('SENT')),
        at('32s', commands('ACCEPTED')),
        at('33s', { ...commands('FAILED'), raised: ['stuck'] }),
      ],
    };
    expect(run(test)).toEqual([]);
  });

  it('lets people shelve for a time, and engineers take out of service', () => {
    const test = {
      operator: [
        { at: '5s', do: 'shelve', instance: 'd1', by: 'ann', until: '60s' },
        { at: '70s', do: 'oos', instance: 'd1', by: 'eve' },
        { at: '80s', do: 'in-service', instance: 'd1', by: 'eve', role: 'operator' },
        { at: '90s', do: 'in-service', instance: 'd1', by: 'eve' },
        { at: '95s', do: 'ack', instance: 'd1', by: 'ann', episode: 7 },
      ],
      expect: [
        at('20s', { state: 'UNACK', overlay: 'SHLVD', commands: [] }),
        at('60s', { state: 'UNACK', overlay: null }),
        at('80s', { overlay: 'OOSRV' }),
        at('100s', {
          overlay: null,
          state: 'UNACK',
          events: [
            ...[
              'SHELVED',
              'ACTIVE',
              'UNSHELVED',
              'RE_ALARM',
              'OUT_OF_SERVICE',
              'REFUSED',
              'IN_SERVICE',
              'RE_ALARM',
              'REFUSED',
            ],
          ],
        }),
      ],
    };
    expect(run(test)).toEqual([]);
  });

  it('lets devices go offline and report limits, and plant states change', () => {
    const series = [{ device: 'd1', metric: 'temperature', values: '20 90x20' }];
    const test = {
      series,
      happens: [
        { at: '15s', device: 'd1', config: { tempHigh: 95 } },
        { at: '50s', device: 'd1', config: { tempHigh: 85 } },
        { at: '70s', state: 'line', value: 'cleaning' },
        { at: '90s', state: 'line', value: null },
      ],
      expect: [
        at('40s', { state: 'NORM', events: [] }),
        at('60s', { state: 'UNACK', overlay: null }),
        at('80s', { overlay: 'DSUPR' }),
        at('90s', { overlay: null }),
      ],
    };
    expect(run(test)).toEqual([]);
    const onOff = {
      ...RULE,
      noData: { action: 'hold' },
      condition: { '==': [{ online: [] }, false] },
      deadband: undefined,
    };
    const offline = { happens: [{ at: '20s', device: 'd1', online: false }], expect: [at('30s', { state: 'UNACK' })] };
    expect(run(offline, onOff)).toEqual([]);
  });

  it('sees silence raised beside the alarm, and ended', () => {
    const test = {
      series: [{ device: 'd1', metric: 'temperature', values: '20 _x9 20x2' }],
      expect: [
        at('59s', { noData: false, quality: 'STALE' }),
        at('60s', { noData: true, quality: 'UNKNOWN' }),
        at('100s', { noData: false, quality: 'GOOD' }),
      ],
    };
    expect(run(test)).toEqual([]);
  });

  it.each<[what: string, test: object, sentence: string]>([
    [
      'an instance that no series makes',
      { expect: [at('0s', {}), { at: '9s', instance: 'd2', state: 'NORM' }].slice(1) },
      "at 9s: the series make no instance 'd2'; did you mean 'd1'?",
    ],
    [
      'notation that is none',
      { series: [{ device: 'd1', metric: 'temperature', values: '8?' }], expect: [at('0s', { state: 'NORM' })] },
      "'8?' is no sample",
    ],
    [
      'a device that has no series',
      { happens: [{ at: '1s', device: 'd9', online: false }], expect: [at('0s', { state: 'NORM' })] },
      "no series is of a device 'd9'",
    ],
    [
      'an override that does not compile',
      { override: { condition: { '>': [{ var: 'tmp' }, 1] } }, expect: [at('0s', { state: 'NORM' })] },
      "override: condition.>.0.var: there is no input 'tmp'",
    ],
    [
      'an override of a field that there is not',
      { override: { onDealy: '1s' }, expect: [at('0s', { state: 'NORM' })] },
      "override: unknown field 'onDealy'; did you mean 'onDelay'?",
    ],
    [
      'a misspelt metric, which would prove silence',
      {
        series: [{ device: 'd1', metric: 'temprature', values: '20 90x20' }],
        expect: [at('60s', { state: 'NORM', events: [] })],
      },
      "no rule of this test has a metric 'temprature'; did you mean 'temperature'?",
    ],
    [
      'a plant state that no condition asks for',
      { plant: { lien: 'cleaning' }, expect: [at('0s', { state: 'NORM' })] },
      "no rule of this test has a state 'lien'; did you mean 'line'?",
    ],
    [
      'a device that answers what nobody tells it',
      { devices: [{ on: 'valve.sett', reply: [] }], expect: [at('0s', { state: 'NORM' })] },
      "no rule of this test has a command 'valve.sett'",
    ],
  ])('fails for %s', (_, test, sentence) => {
    expect(run(test)).toEqual([expect.stringContaining(sentence)]);
  });

  it('refuses an expectation of nothing, which could not fail', () => {
    expect(() => testOf({ expect: [{ at: '1s', instance: 'd1' }] })).toThrow('expects nothing');
  });

  it('ends where a device answers for ever after the last expectation', () => {
    const reply = Array.from({ length: 50 }, (_, i) => ({ after: `${i}h`, status: 'ACCEPTED' }));
    expect(run({ devices: [{ on: 'valve.set', reply }], expect: [at('0s', { state: 'NORM' })] })).toEqual([]);
  });

  it('runs hundreds of tests in a second', () => {
    const [rule, test] = [ruleOf(RULE), testOf({ expect: [at('30s', { state: 'UNACK' })] })];
    const startedAt = performance.now();
    for (let i = 0; i < 500; i++) expect(failuresOf(rule, test)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });
});
