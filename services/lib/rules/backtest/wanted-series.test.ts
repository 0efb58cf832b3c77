import { describe, expect, it } from 'vitest';
import type { DeviceEntry } from '#domain/device.ts';
import { HOT, ruleOf } from './testing.ts';
import { isTarget, wantedSeries } from './wanted-series.ts';

const device = (name: string, more: Partial<DeviceEntry> = {}): DeviceEntry => ({
  ...{ site: 's', area: 'a', device: name, model: null, role: null, labels: {} },
  ...more,
});
const devices = [
  device('t1', { model: 'tank' }),
  device('t2', { model: 'tank', labels: { line: 'A' } }),
  device('v1', { role: 'inlet' }),
];
const wanted = (file: object) =>
  Object.fromEntries(
    [...wantedSeries([ruleOf({ ...HOT, ...file })], devices)].map(([metric, names]) => [
      metric,
      names === null ? null : [...names],
    ]),
  );

describe('wantedSeries()', () => {
  it.each<readonly [what: string, file: object, expected: object]>([
    ['any device', {}, { temperature: null }],
    ['named devices, known or not', { scope: { devices: ['x', 't1'] } }, { temperature: ['x', 't1'] }],
    ['a model', { scope: { model: 'tank' } }, { temperature: ['t1', 't2'] }],
    ['a label', { scope: { labels: { line: 'A' } } }, { temperature: ['t2'] }],
    ['a label that nobody has', { scope: { labels: { constructor: 'A' } } }, { temperature: [] }],
    ['where devices stand is known of all', { scope: { labels: { site: 's' } } }, { temperature: null }],
    [
      'a selection counts and not the scope',
      { scope: { model: 'tank' }, inputs: { t: { metric: 'p', select: { role: 'inlet' } } } },
      { p: ['v1'] },
    ],
    ['a selection by name', { inputs: { t: { metric: 'p', select: { device: 'q' } } } }, { p: ['q'] }],
  ])('%s', (_, file, expected) => {
    expect(wanted(file)).toEqual(expected);
  });

  it('is any device where one rule wants any, and where there are too many to name', () => {
    const narrow = ruleOf({ ...HOT, id: 'narrow', scope: { model: 'tank' } });
    expect(wantedSeries([narrow, ruleOf(HOT)], devices).get('temperature')).toBeNull();
    expect(wantedSeries([ruleOf(HOT), narrow], devices).get('temperature')).toBeNull();
    const many = Array.from({ length: 41 }, (_, i) => device(`t${i}`, { model: 'tank' }));
    expect(wantedSeries([narrow], many).get('temperature')).toBeNull();
  });
});

describe('isTarget()', () => {
  it('knows the devices that commands go to', () => {
    const action = (target: object) => ({
      id: 'x',
      on: ['active'],
      type: 'command',
      command: 'c',
      expiresAfter: '1s',
      ack: { accept: '1s', complete: '1s' },
      target,
    });
    const rules = [
      ruleOf({ ...HOT, actions: [action({ select: { role: 'inlet' } })] }),
      ruleOf({ ...HOT, actions: [action({ device: 't2' })] }),
    ];
    expect(devices.filter((each) => isTarget(each, rules)).map((each) => each.device)).toEqual(['t2', 'v1']);
    expect(devices.some((each) => isTarget(each, [ruleOf(HOT)]))).toBe(false);
  });
});
