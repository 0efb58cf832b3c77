import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { START, sampleDevice } from '../testing.ts';
import { openRuleMarks } from './rule-marks.ts';

let folder: string;
let clock: number;
const now = () => clock;
beforeEach(() => {
  clock = START;
  folder = mkdtempSync(path.join(tmpdir(), 'rule-marks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeRule(id: string, changes: object): void {
  const rule = {
    ...{ apiVersion: 'rules/v1', kind: 'AlarmRule', id, name: id, mode: 'active', priority: 'medium' },
    ...{ inputs: { t: { metric: 'temperature', fn: 'last', unit: 'Cel' } }, condition: { '>': [{ var: 't' }, 80] } },
    ...changes,
  };
  writeFileSync(path.join(folder, `${id}.json`), JSON.stringify(rule));
}

const series = { site: 'lyon', area: 'tank-farm', device: 'tank-01', metric: 'temperature' };
const device = sampleDevice({ labels: { tank: 'north' } });
const described = { series, device };

test('limitsOf() gives what rules of the device compare the metric with, in its unit', () => {
  writeRule('hot', {});
  writeRule('cold', { condition: { '<': [{ var: 't' }, 5] }, priority: 'low' });
  writeRule('kelvin', {
    inputs: { t: { metric: 'temperature', fn: 'last', unit: 'K' } },
    condition: { '<': [400, { var: 't' }] },
  });
  writeRule('others', { scope: { model: 'pump' } });
  writeRule('elsewhere', { inputs: { t: { metric: 'level', fn: 'last' } } });
  const limits = openRuleMarks(folder, now).limitsOf(described, 'Cel');
  expect(limits.map(({ rule, value, isHigh, priority }) => [rule, Math.round(value), isHigh, priority])).toEqual([
    ['cold', 5, false, 'low'],
    ['hot', 80, true, 'medium'],
    ['kelvin', 127, true, 'medium'],
  ]);
});

test('limitsOf() leaves out what is in a unit of something else', () => {
  writeRule('hot', {});
  expect(openRuleMarks(folder, now).limitsOf(described, 'bar')).toEqual([]);
});

test('alarmsOf() names the group of each rule that watches the series', () => {
  writeRule('by-device', {});
  writeRule('by-tank', { groupBy: ['tank'], scope: { labels: { tank: 'north' } } });
  writeRule('by-line', { groupBy: ['line'] });
  const marks = openRuleMarks(folder, now);
  expect(marks.alarmsOf(described)).toEqual([
    { rule: 'by-device', instance: 'tank-01' },
    { rule: 'by-tank', instance: 'north' },
  ]);
  expect(marks.alarmsOf({ series, device: null })).toEqual([{ rule: 'by-device', instance: 'tank-01' }]);
});

test('a saved file counts within seconds, and one that is broken costs its own limits alone', () => {
  writeRule('hot', {});
  const marks = openRuleMarks(folder, now);
  expect(marks.limitsOf(described, 'Cel').map(({ value }) => value)).toEqual([80]);
  writeRule('hot', { condition: { '>': [{ var: 't' }, 90] } });
  writeFileSync(path.join(folder, 'broken.json'), '{');
  utimesSync(path.join(folder, 'hot.json'), 1, 1);
  clock += 5_000;
  expect(marks.limitsOf(described, 'Cel').map(({ value }) => value)).toEqual([90]);
  expect(openRuleMarks('/nowhere', now).limitsOf(described, 'Cel')).toEqual([]);
});

test('a picture of many series looks at the files once, and pictures after one another every few seconds', () => {
  writeRule('hot', {});
  const marks = openRuleMarks(folder, now);
  const ids = () => marks.alarmsOf(described).map(({ rule }) => rule);
  expect(ids()).toEqual(['hot']);
  writeRule('warm', {});
  clock += 4_999;
  expect([ids(), marks.limitsOf(described, 'Cel').length]).toEqual([['hot'], 1]);
  clock += 1;
  expect([ids(), marks.limitsOf(described, 'Cel').length]).toEqual([['hot', 'warm'], 2]);
  rmSync(path.join(folder, 'warm.json'));
  clock -= 60_000; // the clock was set back
  expect(ids()).toEqual(['hot']);
});
