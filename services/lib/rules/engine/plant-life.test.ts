// Which devices feed which alarms, and what becomes of commands: scenes of a plant, one event after the other.

import { describe, expect, it } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import type { CommandStatus, ReplyStatus } from '#domain/command.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { ruleOf, START } from '../testing/history.ts';
import { Engine } from './engine.ts';
import type { EngineOutput } from './inputs.ts';
import type { StateRow } from './snapshot.ts';

const AREA = { site: 'lyon', area: 'farm' };
const model: DeviceModel = { model: 'tank', metrics: new Map([['temp', { type: 'number', interval: '5s' }]]) };

class Scene {
  readonly engine: Engine;
  readonly ambiguous: string[] = [];
  readonly outputs: EngineOutput[] = [];
  readonly saved = new Map<string, StateRow>();
  readonly #table = new SeriesTable();

  constructor(rule: CompiledRule, earlier?: Scene, startedAt = START) {
    this.engine = new Engine({
      rules: [rule],
      models: new Map([['tank', model]]),
      saved: [...(earlier?.saved.values() ?? [])],
      startedAt,
      onAmbiguous: (message) => this.ambiguous.push(message),
    });
    if (earlier !== undefined) this.#step({ kind: 'resume', at: startedAt });
  }

  #step(input: Parameters<Engine['step']>[0]): this {
    this.outputs.push(...this.engine.step(input));
    for (const state of this.engine.takeChanged()) this.saved.set(state.key, state);
    return this;
  }

  value(device: string, value: number | boolean | null, atMs: number, metric = 'temp'): this {
    const series = this.#table.of({ ...AREA, device, metric });
    const measuredAt = START + atMs;
    const quality = value === null ? 'bad' : 'good';
    return this.#step({
      kind: 'point',
      point: { series, value, quality, measuredAt, late: false },
      receivedAt: measuredAt,
    });
  }

  device(name: string, changes: Partial<DeviceView> = {}, atMs = 0): this {
    const rest = { model: null, role: null, labels: {}, ...UNHEARD };
    return this.#step({ kind: 'device', device: { ...AREA, device: name, ...rest, ...changes }, at: START + atMs });
  }

  state(name: string, value: string | null, atMs = 0): this {
    return this.#step({ kind: 'plant-state', ...AREA, name, value, at: START + atMs });
  }

  reply(device: string, cid: string, status: ReplyStatus, atMs: number): this {
    const at = START + atMs;
    return this.#step({ kind: 'reply', device: { ...AREA, device }, reply: { cid, status, ts: at }, at });
  }

  tick(atMs: number): this {
    return this.#step({ kind: 'tick', at: START + atMs });
  }

  get events(): string[] {
    return this.outputs.flatMap((output) =>
      output.kind === 'journal' ? [`${output.entry.instance} ${output.entry.event}`] : [],
    );
  }

  get sent(): string[] {
    return this.outputs.flatMap((output) => (output.kind === 'command' ? [output.device.device] : []));
  }

  get statuses(): (CommandStatus | undefined)[] {
    return this.outputs.flatMap((output) =>
      output.kind === 'journal' && output.entry.command !== undefined ? [output.entry.command.status] : [],
    );
  }
}

describe('a rule without a scope', () => {
  const both = ruleOf({
    id: 'both',
    inputs: { temp: 'temp', level: 'level' },
    condition: { and: [{ '>': [{ var: 'temp' }, 80] }, { '>': [{ var: 'level' }, 1] }] },
    noData: { action: 'alarm', after: '20s' },
  });

  it('is for devices that have all of its metrics, whichever comes first', () => {
    const scene = new Scene(both).value('t', 90, 0).value('t', 91, 30_000).tick(100_000);
    expect([scene.events, scene.engine.instances.size]).toEqual([[], 0]);
    scene.value('t', 92, 100_000).value('t', 5, 101_000, 'level');
    expect(scene.events).toEqual(['t ACTIVE']);
  });

  it('takes the word of a model that promises them: silence from the start is silence too', () => {
    const scoped = ruleOf({ ...both.source, scope: { devices: ['t'] } });
    const named = new Scene(scoped).value('t', 20, 0).tick(100_000);
    expect(named.events).toContain('t ACTIVE');
    const promised = ruleOf({ ...both.source, inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } });
    const scene = new Scene(promised).device('t', { model: 'tank' }).tick(100_000);
    expect(scene.events).toEqual(['t ACTIVE']);
  });
});

describe('binding', () => {
  const byTank = ruleOf({
    id: 'hot',
    scope: { labels: { kind: 'vessel' } },
    groupBy: ['tank'],
    inputs: {
      temp: { metric: 'temp', select: { role: 'sensor' } },
      valve: { metric: 'position', select: { role: 'inlet' } },
    },
    condition: { and: [{ '>': [{ var: 'temp' }, 80] }, { '>': [{ var: 'valve' }, 0] }] },
  });
  const sensor = { role: 'sensor', labels: { kind: 'vessel', tank: 'T1' } };
  const inlet = { role: 'inlet', labels: { tank: 'T1' } };

  it('joins a selected device outside the scope, whichever comes first', () => {
    const first = new Scene(byTank)
      .device('s', sensor)
      .device('v', inlet)
      .value('v', 50, 1, 'position')
      .value('s', 90, 2);
    const last = new Scene(byTank)
      .value('v', 50, 1, 'position')
      .value('s', 90, 2)
      .device('v', inlet, 3)
      .device('s', sensor, 4);
    expect(first.events).toEqual(['T1 ACTIVE']);
    expect(last.events).toEqual(['T1 ACTIVE']);
  });

  it('founds no alarm on a device outside the scope alone', () => {
    const scene = new Scene(byTank).device('v', inlet).value('v', 50, 1, 'position');
    expect(scene.engine.instances.size).toBe(0);
  });

  it('lets one of two devices feed an input, says so, and lets the other when the first is taken away', () => {
    const scene = new Scene(byTank)
      .device('s', sensor)
      .device('v', inlet)
      .value('v', 50, 1, 'position')
      .value('s', 20, 1);
    scene.device('s2', sensor).value('s2', 95, 2);
    expect(scene.ambiguous).toEqual([
      expect.stringContaining("input 'temp' fits s2 and another device; narrow it by select"),
    ]);
    expect(scene.events).toEqual([]);
    scene.device('s', { ...sensor, role: 'spare' }, 3).value('s2', 95, 4);
    expect(scene.events).toEqual(['T1 ACTIVE']);
  });

  it('moves a device to its new group, and leaves the old alarm as it was', () => {
    const scene = new Scene(byTank)
      .device('s', sensor)
      .device('v', inlet)
      .value('v', 50, 1, 'position')
      .value('s', 90, 2);
    scene.device('s', { ...sensor, labels: { ...sensor.labels, tank: 'T2' } }, 3).value('s', 20, 4);
    expect(scene.events).toEqual(['T1 ACTIVE']);
    expect([...scene.engine.instances.keys()]).toEqual(['hot/lyon/farm/T1', 'hot/lyon/farm/T2']);
  });

  it('makes no alarm of a group whose label is no name', () => {
    const scene = new Scene(byTank)
      .device('s', { role: 'sensor', labels: { kind: 'vessel', tank: 'a/b' } })
      .value('s', 90, 1);
    expect(scene.engine.instances.size).toBe(0);
  });

  it('takes three intervals of the model as maxAge, and a minute where none says', () => {
    const rule = ruleOf({ id: 'hot', inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } });
    const quality = (scene: Scene) => {
      const [last] = scene.outputs.filter((output) => output.kind === 'alarm').slice(-1);
      return last?.kind === 'alarm' ? last.message?.quality : undefined;
    };
    const known = new Scene(rule).device('t', { model: 'tank' }).value('t', 90, 0);
    expect([quality(known.tick(15_000)), quality(known.tick(15_001))]).toEqual(['GOOD', 'STALE']);
    const unknown = new Scene(rule).value('t', 90, 0);
    expect([quality(unknown.tick(60_000)), quality(unknown.tick(60_001))]).toEqual(['GOOD', 'STALE']);
  });
});

describe('a restart', () => {
  const silent = ruleOf({ id: 'silent', inputs: { temp: 'temp' }, condition: { '>': [{ age: ['temp'] }, 60] } });

  it('does not let a silent sensor seem fresh', () => {
    const before = new Scene(silent).value('t', 1, 0).tick(70_000);
    expect(before.events).toEqual(['t ACTIVE']);
    const after = new Scene(silent, before, START + 80_000).device('t', { model: 'tank' }, 80_000).tick(200_000);
    expect(after.events).toEqual([]);
    expect(after.value('t', 1, 201_000).events).toEqual(['t RETURNED']);
  });

  it('raises nothing again from samples that had counted', () => {
    const hot = ruleOf({ id: 'hot', inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } });
    const before = new Scene(hot).value('t', 90, 0).value('t', 20, 1_000);
    expect(before.events).toEqual(['t ACTIVE', 't RETURNED']);
    const after = new Scene(hot, before, START + 2_000).value('t', 90, 0).value('t', 20, 1_000);
    expect(after.events).toEqual([]);
    expect(after.value('t', 90, 3_000).events).toEqual(['t ACTIVE']);
  });
});

describe('a command', () => {
  const action = {
    id: 'close',
    on: ['active'],
    type: 'command',
    target: { select: { role: 'inlet' } },
    command: 'valve.set',
    permitWhen: { '!=': [{ state: 'mode' }, 'manual'] },
    expiresAfter: '30s',
    ack: { accept: '3s', complete: '10s', retries: 1 },
  };
  const rule = (changes: object = {}) =>
    ruleOf({
      id: 'hot',
      inputs: { temp: 'temp' },
      condition: { '>': [{ var: 'temp' }, 80] },
      actions: [{ ...action, ...changes }],
    });
  const one = (changes?: object) => new Scene(rule(changes)).state('mode', 'auto').device('v', { role: 'inlet' });

  it('goes to each of several targets, with a correlation id of its own', () => {
    const scene = one().device('v2', { role: 'inlet' }).value('t', 90, 0);
    expect(scene.sent).toEqual(['v', 'v2']);
    expect(scene.reply('v2', 'hot/t/1/close/v2', 'ACCEPTED', 1_000).statuses).toEqual(['SENT', 'SENT', 'ACCEPTED']);
  });

  it.each<[title: string, scene: Scene]>([
    ['no device is the target', new Scene(rule()).state('mode', 'auto')],
    ['it is not permitted', one().state('mode', 'manual')],
    ['nobody says whether it is permitted', one().state('mode', null)],
  ])('is blocked where %s', (_, scene) => {
    scene.value('t', 90, 0);
    expect([scene.sent, scene.statuses]).toEqual([[], ['BLOCKED']]);
  });

  it('is sent again once, then given up; a late answer is still news', () => {
    const scene = one().value('t', 90, 0).tick(2_999);
    expect(scene.statuses).toEqual(['SENT']);
    expect(scene.tick(3_000).statuses).toEqual(['SENT', 'SENT']);
    expect(scene.tick(6_000).statuses).toEqual(['SENT', 'SENT', 'TIMEOUT']);
    expect(scene.reply('v', 'hot/t/1/close', 'SUCCEEDED', 20_000).statuses.at(-1)).toBe('SUCCEEDED');
  });

  it('is given up where the device accepts and does not finish', () => {
    const scene = one().value('t', 90, 0).reply('v', 'hot/t/1/close', 'ACCEPTED', 1_000);
    expect(scene.tick(9_999).statuses).toEqual(['SENT', 'ACCEPTED']);
    expect(scene.tick(10_000).statuses).toEqual(['SENT', 'ACCEPTED', 'TIMEOUT']);
  });

  it('takes no answer of another device, of another episode, or after its end', () => {
    const scene = one().device('v2').value('t', 90, 0);
    scene.reply('v2', 'hot/t/1/close', 'SUCCEEDED', 100).reply('v', 'hot/t/0/close', 'SUCCEEDED', 200);
    expect(scene.statuses).toEqual(['SENT']);
    scene.reply('v', 'hot/t/1/close', 'SUCCEEDED', 300).reply('v', 'hot/t/1/close', 'SUCCEEDED', 400);
    expect(scene.reply('v', 'hot/t/1/close', 'FAILED', 500).statuses).toEqual(['SENT', 'SUCCEEDED']);
  });

  it('is sent again after a restart only while it is unanswered and unexpired', () => {
    const unanswered = one().value('t', 90, 0);
    // What waits in the broker, its answer among it, comes first.
    expect(new Scene(rule(), unanswered, START + 5_000).tick(14_999).sent).toEqual([]);
    expect(new Scene(rule(), unanswered, START + 5_000).tick(15_000).sent).toEqual(['v']);
    expect(new Scene(rule(), unanswered, START + 30_000).tick(45_000).sent).toEqual([]);
    const answered = one().value('t', 90, 0).reply('v', 'hot/t/1/close', 'SUCCEEDED', 100);
    expect(new Scene(rule(), answered, START + 5_000).tick(60_000).sent).toEqual([]);
    const late = new Scene(rule(), unanswered, START + 5_000).reply('v', 'hot/t/1/close', 'SUCCEEDED', 5_100);
    expect(late.tick(60_000).sent).toEqual([]);
  });

  it('is not sent where the samples that ask for it are older than it may become', () => {
    const scene = one().tick(40_000).device('v3', {}, 40_000).value('t', 90, 0);
    expect([scene.sent, scene.statuses]).toEqual([[], ['EXPIRED']]);
  });
});
