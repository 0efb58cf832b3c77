import { describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { SeriesTable } from '#domain/batch.ts';
import { UNHEARD } from '#domain/device.ts';
import { compileRule } from '../language/compile-rule.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { ruleTestFileSchema } from '../testing/rule-test-schema.ts';
import { runRuleTest } from '../testing/run-rule-test.ts';
import { Engine } from './engine.ts';
import type { StateRow } from './snapshot.ts';

function compile(rule: object) {
  const compiled = compileRule(ruleSchema.parse(rule));
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
  return compiled;
}

/** Runs one test of a rule, both written as their files would be. */
function run(rule: object, test: object): string[] {
  const compiled = compile(rule);
  const [parsed] = ruleTestFileSchema.parse({ tests: [{ name: 'test', ...test }] }).tests;
  if (parsed === undefined) throw new Error('no test');
  return runRuleTest(compiled, parsed);
}

const tankHot = {
  id: 'tank-hot',
  scope: { model: 'tank-sensor', labels: { site: 'lyon' } },
  inputs: { temp: { metric: 'temperature', unit: 'Cel', maxAge: '30s' } },
  params: { limit: { default: 80, unit: 'Cel' } },
  condition: { '>': [{ var: 'temp' }, { param: 'limit' }] },
  deadband: 2,
  onDelay: '20s',
  offDelay: '30s',
  priority: 'high',
};
const temperature = (values: string) => [{ device: 'tank-01', metric: 'temperature', values }];

describe('threshold with deadband and delays', () => {
  it('raises after the on-delay, holds inside the deadband, returns after the off-delay, and is acknowledged', () => {
    const failures = run(tankHot, {
      interval: '10s',
      series: temperature('78 81x4 79x2 77x8'),
      operator: [{ at: '130s', do: 'ack', instance: 'tank-01', by: 'operator', comment: 'cooling restored' }],
      expect: [
        { at: '20s', instance: 'tank-01', state: 'PENDING' },
        { at: '30s', instance: 'tank-01', state: 'UNACK' },
        { at: '80s', instance: 'tank-01', state: 'UNACK' },
        { at: '110s', instance: 'tank-01', state: 'UNACK' },
        { at: '120s', instance: 'tank-01', state: 'RTNUN' },
        { at: '130s', instance: 'tank-01', state: 'NORM' },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('never counts a data gap as evidence', () => {
    const failures = run(tankHot, {
      override: { onDelay: '60s' },
      interval: '10s',
      series: temperature('81 81 _x8 81x4'),
      expect: [
        { at: '60s', instance: 'tank-01', state: 'PENDING', quality: 'STALE' },
        { at: '90s', instance: 'tank-01', state: 'PENDING' },
        { at: '110s', instance: 'tank-01', state: 'PENDING' },
        { at: '120s', instance: 'tank-01', state: 'UNACK' },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('keeps an active alarm when its sensor dies, and shows the quality', () => {
    const failures = run(tankHot, {
      interval: '10s',
      series: temperature('81x3 79 _x20'),
      expect: [
        { at: '30s', instance: 'tank-01', state: 'UNACK', quality: 'GOOD' },
        { at: '200s', instance: 'tank-01', state: 'UNACK', quality: 'STALE' },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('does not return on a value that was only briefly known', () => {
    const failures = run(tankHot, {
      interval: '10s',
      series: temperature('81x3 77 _ null _x20'),
      expect: [{ at: '250s', instance: 'tank-01', state: 'UNACK', quality: 'BAD' }],
    });
    expect(failures).toEqual([]);
  });

  it('refuses an acknowledgement of an old episode', () => {
    const failures = run(tankHot, {
      interval: '10s',
      series: temperature('81x3 70x5 81x6'),
      operator: [{ at: '130s', do: 'ack', instance: 'tank-01', by: 'operator', episode: 1 }],
      expect: [{ at: '140s', instance: 'tank-01', state: 'UNACK' }],
    });
    expect(failures).toEqual([]);
  });
});

describe('a missing value', () => {
  it('is UNKNOWN and not zero', () => {
    const rule = {
      id: 'too-cold',
      inputs: { t: 'temperature', u: 'pressure' },
      condition: { '<': [{ var: 't' }, 15] },
    };
    const failures = run(rule, {
      interval: '5s',
      series: temperature('null null null'),
      expect: [{ at: '10s', instance: 'tank-01', state: 'NORM', quality: 'UNKNOWN', commands: [] }],
    });
    expect(failures).toEqual([]);
  });
});

describe('a silent sensor', () => {
  const rule = {
    id: 'sensor-silent',
    inputs: { temp: { metric: 'temperature', maxAge: '30s' } },
    condition: { or: [{ '>': [{ age: ['temp'] }, 120] }, { '==': [{ online: [] }, false] }] },
    onDelay: '10s',
    offDelay: '30s',
    ackRequired: false,
  };

  it('is found by its age alone, at the exact moment', () => {
    const failures = run(rule, {
      interval: '10s',
      series: temperature('20x3 _x20'),
      expect: [
        { at: '150s', instance: 'tank-01', state: 'NORM' },
        { at: '155s', instance: 'tank-01', state: 'PENDING' },
        { at: '160s', instance: 'tank-01', state: 'PENDING' },
        { at: '161s', instance: 'tank-01', state: 'UNACK' },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('returns without an acknowledgement where none is required', () => {
    const failures = run(rule, {
      interval: '10s',
      series: temperature('20 _x16 20x5'),
      expect: [
        { at: '140s', instance: 'tank-01', state: 'UNACK' },
        { at: '210s', instance: 'tank-01', state: 'NORM' },
      ],
    });
    expect(failures).toEqual([]);
  });
});

describe('two of three, latched', () => {
  const rule = {
    id: 'discharge-blocked',
    scope: { labels: { site: 'lyon' } },
    groupBy: ['line'],
    inputs: {
      running: { select: { role: 'pump' }, metric: 'running', sampling: 'onChange' },
      flow: { select: { role: 'flow' }, metric: 'flow', maxAge: '15s' },
      p1: { select: { role: 'press-a' }, metric: 'pressure', maxAge: '15s' },
      p2: { select: { role: 'press-b' }, metric: 'pressure', maxAge: '15s' },
      p3: { select: { role: 'press-c' }, metric: 'pressure', maxAge: '15s' },
    },
    condition: {
      and: [
        { '==': [{ var: 'running' }, true] },
        { '<': [{ var: 'flow' }, 5] },
        { atLeast: [2, [{ '>': [{ var: 'p1' }, 6] }, { '>': [{ var: 'p2' }, 6] }, { '>': [{ var: 'p3' }, 6] }]] },
      ],
    },
    clearCondition: { or: [{ '==': [{ var: 'running' }, false] }, { '>': [{ var: 'flow' }, 6] }] },
    onDelay: '10s',
    offDelay: '15s',
    latching: true,
    priority: 'critical',
  };
  const on = (device: string, role: string, metric: string, values: string) => ({
    device,
    line: 'L1',
    role,
    metric,
    values,
  });

  it('trips with one dead transmitter, and is held until it is acknowledged and reset', () => {
    const failures = run(rule, {
      interval: '5s',
      series: [
        on('P1', 'pump', 'running', 'true _x31'),
        on('F1', 'flow', 'flow', '10x4 2x15 10x10'),
        on('PA', 'press-a', 'pressure', '5x4 7x26'),
        on('PB', 'press-b', 'pressure', '5x4 7x26'),
      ],
      operator: [
        { at: '60s', do: 'ack', instance: 'L1', by: 'operator' },
        { at: '90s', do: 'reset', instance: 'L1', by: 'operator' },
        { at: '140s', do: 'reset', instance: 'L1', by: 'operator' },
      ],
      expect: [
        { at: '30s', instance: 'L1', state: 'PENDING' },
        { at: '35s', instance: 'L1', state: 'UNACK' },
        { at: '60s', instance: 'L1', state: 'ACKED' },
        { at: '100s', instance: 'L1', state: 'ACKED' },
        { at: '130s', instance: 'L1', state: 'LATCH' },
        { at: '140s', instance: 'L1', state: 'NORM' },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('does not trip on two dead transmitters', () => {
    const failures = run(rule, {
      interval: '5s',
      series: [
        on('P1', 'pump', 'running', 'true _x31'),
        on('F1', 'flow', 'flow', '2x20'),
        on('PA', 'press-a', 'pressure', '7x20'),
      ],
      expect: [{ at: '90s', instance: 'L1', state: 'NORM' }],
    });
    expect(failures).toEqual([]);
  });
});

describe('a command', () => {
  const rule = {
    id: 'level-hihi',
    groupBy: ['tank'],
    inputs: { level: { select: { role: 'level' }, metric: 'level', maxAge: '10s' } },
    condition: { '>': [{ var: 'level' }, 8.6] },
    deadband: 0.2,
    onDelay: '5s',
    actions: [
      {
        id: 'close-inlet',
        on: ['active'],
        type: 'command',
        target: { select: { role: 'inlet' } },
        command: 'valve.set',
        args: { position: 0 },
        permitWhen: { '!=': [{ state: 'mode' }, 'manual'] },
        expiresAfter: '30s',
        ack: { accept: '3s', complete: '10s', retries: 2 },
      },
    ],
  };
  const series = [
    { device: 'T1-level', tank: 'T1', role: 'level', metric: 'level', values: '8.7x9' },
    { device: 'T1-inlet', tank: 'T1', role: 'inlet', metric: 'position', values: '100x9' },
  ];
  const command = (status: string) => [{ command: 'valve.set', status }];

  it('is sent once the alarm is active, accepted and carried out', () => {
    const failures = run(rule, {
      interval: '5s',
      series,
      plant: { mode: 'auto' },
      devices: [
        {
          on: 'valve.set',
          reply: [
            { after: '1s', status: 'ACCEPTED' },
            { after: '2s', status: 'SUCCEEDED' },
          ],
        },
      ],
      expect: [
        { at: '5s', instance: 'T1', state: 'UNACK', commands: command('SENT') },
        { at: '6s', instance: 'T1', commands: command('ACCEPTED') },
        { at: '8s', instance: 'T1', commands: command('SUCCEEDED') },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('is tried again and then given up where nobody answers', () => {
    const failures = run(rule, {
      interval: '5s',
      series,
      plant: { mode: 'auto' },
      expect: [
        { at: '13s', instance: 'T1', commands: command('SENT') },
        { at: '14s', instance: 'T1', commands: command('TIMEOUT') },
      ],
    });
    expect(failures).toEqual([]);
  });

  it('is blocked where its permission is not known, or is denied', () => {
    const expectations = {
      interval: '5s',
      series,
      expect: [{ at: '10s', instance: 'T1', state: 'UNACK', commands: command('BLOCKED') }],
    };
    expect(run(rule, expectations)).toEqual([]);
    expect(run(rule, { ...expectations, plant: { mode: 'manual' } })).toEqual([]);
  });

  it('is not sent in shadow', () => {
    const failures = run(
      { ...rule, mode: 'shadow' },
      {
        interval: '5s',
        series,
        plant: { mode: 'auto' },
        expect: [{ at: '10s', instance: 'T1', state: 'UNACK', shadow: true, commands: [] }],
      },
    );
    expect(failures).toEqual([]);
  });
});

describe('what leaves the engine', () => {
  const START = 1_700_000_000_000;
  const rule = compile({
    id: 'hot',
    inputs: { temp: { metric: 'temperature', maxAge: '30s' } },
    condition: { '>': [{ var: 'temp' }, 80] },
    deadband: 2,
  });
  const series = new SeriesTable().of({ site: 'lyon', area: 'farm', device: 't1', metric: 'temperature' });

  /** An engine, and the messages it has published so far. */
  function start(at: number, saved: readonly StateRow[] = []) {
    const engine = new Engine({ rules: [rule], startedAt: at, saved });
    const messages: (AlarmMessage | null)[] = [];
    const step: Engine['step'] = (input) => {
      const outputs = engine.step(input);
      for (const output of outputs) if (output.kind === 'alarm') messages.push(output.message);
      return outputs;
    };
    const value = (temperature: number, measuredAt: number, late = false) =>
      step({
        kind: 'point',
        point: { series, value: temperature, quality: 'good', measuredAt, late },
        receivedAt: measuredAt,
      });
    return { engine, messages, step, value };
  }

  it('numbers every message of an alarm, so that a receiver can tell the newest', () => {
    const { messages, step, value } = start(START);
    value(90, START);
    step({ kind: 'tick', at: START + 60_000 });
    value(91, START + 61_000);
    value(50, START + 62_000);
    expect(messages.map((message) => [message?.state, message?.quality, message?.seq])).toEqual([
      ['UNACK', 'GOOD', 1],
      ['UNACK', 'STALE', 2],
      ['UNACK', 'GOOD', 3],
      ['RTNUN', 'GOOD', 4],
    ]);
  });

  it('goes on after a restart where it was: nothing again, nothing lost, the gap unknown', () => {
    const before = start(START);
    before.value(90, START);
    const saved = before.engine.takeChanged();
    const after = start(START + 5_000, saved);
    expect(after.messages).toEqual([]);
    expect(after.engine.annunciated()).toMatchObject([
      { message: { state: 'UNACK', episode: 1, seq: 1, quality: 'GOOD' } },
    ]);
    after.value(50, START + 6_000);
    expect(after.messages.map((message) => [message?.state, message?.episode, message?.seq])).toEqual([
      ['RTNUN', 1, 2],
    ]);
  });

  it('says in words of the plant what is the case', () => {
    const silent = compile({
      id: 'silent',
      inputs: { temp: 'temperature' },
      condition: { '==': [{ online: [] }, false] },
    });
    const engine = new Engine({ rules: [silent], startedAt: START });
    const device = { site: 'lyon', area: 'farm', device: 't1', model: null, role: null, labels: {} };
    const rest = UNHEARD;
    engine.step({
      kind: 'point',
      point: { series, value: 20, quality: 'good', measuredAt: START, late: false },
      receivedAt: START,
    });
    const outputs = engine.step({ kind: 'device', device: { ...device, ...rest, online: false }, at: START + 1 });
    expect(outputs).toMatchObject([
      { kind: 'journal' },
      { message: { reason: 'the device of temperature is offline' } },
      { kind: 'notice' },
    ]);
  });

  it('never raises an alarm on history or on a sample that is not the newest', () => {
    const { messages, value } = start(START);
    value(20, START);
    value(95, START - 3_000);
    value(95, START + 1_000, true);
    expect(messages).toEqual([]);
  });
});
