import { describe, expect, it } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import { UNHEARD } from '#domain/device.ts';
import { ruleOf, START } from '../testing/history.ts';
import { Engine } from './engine.ts';
import type { EngineOutput } from './inputs.ts';
import type { StateRow } from './snapshot.ts';

const hot = ruleOf({ id: 'hot', inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } });
const AREA = { site: 'lyon', area: 'farm' };
const NOTHING = { model: null, role: null, labels: {}, ...UNHEARD, online: true };

function open(unknownSeriesMax: number, saved?: readonly StateRow[]) {
  const engine = new Engine({ rules: [hot], startedAt: START, unknownSeriesMax, ...(saved && { saved }) });
  const table = new SeriesTable();
  const outputs: EngineOutput[] = [];
  let at = START;
  const publish = (device: string, metric = 'temp', value = 90) => {
    at += 1;
    const series = table.of({ ...AREA, device, metric });
    const point = { series, value, quality: 'good', measuredAt: at, late: false } as const;
    outputs.push(...engine.step({ kind: 'point', point, receivedAt: at }));
  };
  const register = (device: string) =>
    outputs.push(...engine.step({ kind: 'device', device: { ...AREA, device, ...NOTHING }, at }));
  const gone = (device: string) =>
    outputs.push(...engine.step({ kind: 'device-gone', device: { ...AREA, device }, at }));
  const alarms = () =>
    outputs.flatMap((each) =>
      each.kind === 'journal' && each.entry.rule === 'devices-unknown' ? [each.entry.event] : [],
    );
  const watched = () => [...engine.instances.values()].filter(({ rule }) => rule.id === 'hot').map(({ name }) => name);
  return { engine, publish, register, gone, alarms, watched, at: () => at };
}

describe('devices that no registry knows', () => {
  it('past the limit are refused and counted, and one alarm says so once', () => {
    const { engine, publish, alarms, watched } = open(3);
    for (let i = 0; i < 1_000; i++) publish(`invented-${i}`);
    for (let i = 0; i < 1_000; i++) publish(`invented-${i}`);
    expect(watched()).toEqual(['invented-0', 'invented-1', 'invented-2']);
    expect(engine.unknownDevices).toMatchObject({ count: 3, refused: 1_994 });
    expect(alarms()).toEqual(['ACTIVE']);
    const { story } = engine.instances.get('devices-unknown/penstock/pipeline/rules')?.state ?? {};
    expect(story?.reason).toContain('3 series of devices that no registry knows');
  });

  it('leave the room of those that a registry knows', () => {
    const { publish, register, watched } = open(2);
    for (const name of ['a', 'b', 'c']) publish(name);
    register('known');
    publish('known');
    expect(watched()).toEqual(['a', 'b', 'known']);
  });

  it('give room when they are registered, and the alarm returns', () => {
    const { engine, publish, register, alarms, watched } = open(2);
    for (const name of ['a', 'b', 'c']) publish(name);
    register('a');
    expect(engine.unknownDevices.count).toBe(1);
    expect(alarms()).toEqual(['ACTIVE', 'RETURNED']);
    publish('c');
    expect(watched()).toEqual(['a', 'b', 'c']);
  });

  it('of a metric that no rule reads cost nothing', () => {
    const { engine, publish, alarms } = open(1);
    for (let i = 0; i < 100; i++) publish(`invented-${i}`, 'other');
    expect([engine.unknownDevices.count, alarms()]).toEqual([0, []]);
  });

  it('give room when the rule that read them is taken away, on disk too', () => {
    const { engine, publish, alarms, at } = open(2);
    for (const name of ['a', 'b', 'c']) publish(name);
    const rows = new Map(engine.takeChanged().map(({ key, value }) => [key, value]));
    expect([...rows.keys()].filter((key) => key.startsWith('series/'))).toHaveLength(2);
    publish('a');
    engine.step({ kind: 'reload', rules: [], at: at() });
    for (const { key, value } of engine.takeChanged()) rows.set(key, value);
    expect([...rows].filter(([key, value]) => /^(series|device)\//.test(key) && value !== null)).toEqual([]);
    expect([engine.unknownDevices.count, alarms()]).toEqual([0, ['ACTIVE']]);
  });

  it('are found again where their rule comes back', () => {
    const { engine, publish, watched, at } = open(2);
    for (const name of ['a', 'b']) publish(name);
    engine.step({ kind: 'reload', rules: [], at: at() });
    engine.step({ kind: 'reload', rules: [hot.source], at: at() });
    publish('a');
    expect([watched(), engine.unknownDevices.count]).toEqual([['a'], 1]);
  });

  it('are counted over a restart, and a device that goes is one of them while it is watched', () => {
    const first = open(2);
    first.register('a');
    first.publish('a');
    first.publish('b');
    first.gone('a');
    expect(first.engine.unknownDevices.count).toBe(2);
    const second = open(2, first.engine.takeChanged());
    second.publish('c');
    expect(second.engine.unknownDevices).toMatchObject({ count: 2, refused: 1 });
  });

  it('fill no memory with what they report of their configuration either', () => {
    const { engine, alarms } = open(10);
    for (let i = 0; i < 100; i++)
      engine.step({ kind: 'config', device: { ...AREA, device: `invented-${i}` }, config: { top: 1 }, at: START });
    expect(engine.unknownDevices).toMatchObject({ count: 10, refused: 90 });
    expect(engine.instances.has('devices-unknown/penstock/pipeline/rules')).toBe(true);
    expect(alarms()).toEqual([]);
  });
});
