import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coveragePercent, coverageText } from './report/coverage-text.ts';
import { junitXml } from './report/junit.ts';
import { resultText } from './report/result-text.ts';
import { runTestFiles } from './run-test-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-tests-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: unknown) =>
  writeFileSync(path.join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
const run = (...names: string[]) => runTestFiles(names.map((name) => path.join(folder, name)));

const RULE = { id: 'hot', inputs: { temp: 'temperature' }, condition: { '>': [{ var: 'temp' }, 80] } };
const series = (values: string, more: object = {}) => [{ device: 'd1', metric: 'temperature', values, ...more }];
const test = (values: string, state: string, more: object = {}) => ({
  ...{ name: 't', interval: '10s', series: series(values), expect: [{ at: '10s', instance: 'd1', state }] },
  ...more,
});

/** What is missing of a rule after these tests, as `kind text: missing`. */
function missing(rule: object, ...tests: object[]): string[] {
  write('hot.json', { ...RULE, ...rule });
  write('hot.test.json', { tests });
  const { coverage, results, problems } = run('hot.json', 'hot.test.json');
  expect([problems, results.flatMap(({ failures }) => failures)]).toEqual([[], []]);
  return coverage.flatMap(({ items }) =>
    items.flatMap(({ kind, text, missing: what }) =>
      what.length === 0 ? [] : [`${kind} ${text}: ${what.join(', ')}`],
    ),
  );
}

describe('the shared examples', () => {
  it('all pass', () => {
    const examples = path.join(import.meta.dirname, 'testdata/examples');
    const names = [
      '1-tank-temp-high',
      '2-bearing-temp-rising',
      '3-sensor-silent',
      '4-discharge-blocked',
      '5-tank-level-hihi',
    ];
    const { results, problems, coverage } = runTestFiles(
      [...names, 'tests'].map((name) => path.join(examples, `${name}.json`)),
    );
    expect(problems).toEqual([]);
    expect(results).toHaveLength(9);
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    expect(coverage).toHaveLength(5);
  });
});

describe('runTestFiles()', () => {
  it('takes the rule beside the file, and says where a failing expectation stands', () => {
    write('hot.json', RULE);
    write(
      'hot.test.json',
      `{ "tests": [\n${JSON.stringify(test('90 90', 'UNACK'))},\n${JSON.stringify(test('90 90', 'NORM'))} ] }`,
    );
    const { results } = run('hot.test.json');
    expect(results.map(({ rule, line, failures }) => [rule, line, failures.length])).toEqual([
      ['hot', 2, 0],
      ['hot', 3, 1],
    ]);
    expect(results[1]?.failures[0]).toMatchObject({ line: 3, field: 'state', expected: 'NORM', got: 'UNACK' });
  });

  it('says what rule a test means that there is not, and what is wrong with a file, and runs the others', () => {
    write('hot.json', RULE);
    write('broken.json', '{ "id": "broken" }');
    write('hot.test.json', { tests: [test('90', 'UNACK', { rule: 'hto' }), test('90 90', 'UNACK')] });
    write('bad.test.json', '{ "tests": [] }');
    const { results, problems } = run('hot.test.json', 'bad.test.json', 'hot.json');
    expect(results.map(({ failures }) => failures.map(({ got }) => got))).toEqual([
      ["there is no rule 'hto'; did you mean 'hot'?"],
      [],
    ]);
    expect(problems.map(({ file }) => path.basename(file)).sort()).toEqual(['bad.test.json', 'broken.json']);
  });

  it('runs the rule with those that inhibit it, on the models of the folder', () => {
    write('gateway.json', { ...RULE, id: 'gateway', inputs: { temp: 'gateway-temp' } });
    const inhibited = { inhibitedBy: [{ rule: 'gateway', equal: ['area'] }] };
    const gateway = { device: 'gw', metric: 'gateway-temp', values: '90 90' };
    const suppressed = test('20 90', 'UNACK', { series: [...series('20 90'), gateway] });
    const expectDsupr = { ...suppressed, expect: [{ at: '10s', instance: 'd1', state: 'UNACK', overlay: 'DSUPR' }] };
    const suppression = 'suppression inhibited by gateway: never inhibited';
    expect(missing(inhibited, test('20 90', 'UNACK'))).toEqual([suppression]);
    expect(missing(inhibited, expectDsupr)).toEqual([]);
  });
});

describe('coverage', () => {
  it('wants a condition both true and false', () => {
    expect(missing({}, test('90 90', 'UNACK'))).toEqual(['arm temp > 80: never false']);
    expect(missing({}, test('20 90', 'UNACK'))).toEqual([]);
  });

  it('wants each arm of and, or and atLeast both ways, and the test of if', () => {
    const arms = {
      and: [{ '>': [{ var: 'temp' }, 80] }, { or: [{ '==': [{ state: 'a' }, 1] }, { '==': [{ state: 'b' }, 1] }] }],
    };
    const condition = { condition: arms };
    expect(missing(condition, test('20 90', 'UNACK', { plant: { a: 1, b: 0 } }))).toEqual([
      'arm state(a) == 1 or state(b) == 1: never false',
      'arm state(a) == 1: never false',
      'arm state(b) == 1: never true, never false',
    ]);
    const plants = [
      { a: 1, b: 0 },
      { a: 0, b: 1 },
      { a: 0, b: 0 },
    ];
    const tests = plants.map((plant) => test('20 90', plant.a + plant.b > 0 ? 'UNACK' : 'NORM', { plant }));
    expect(missing(condition, ...tests)).toEqual([]);
    const chosen = {
      condition: {
        if: [{ '==': [{ state: 'a' }, 1] }, { '>': [{ var: 'temp' }, 95] }, { '>': [{ var: 'temp' }, 80] }],
      },
    };
    expect(missing(chosen, test('20 90', 'UNACK', { plant: { a: 0 } }))).toEqual(['arm state(a) == 1: never true']);
  });

  it('takes nothing for covered that was unknown', () => {
    expect(missing({}, test('null null', 'NORM'))).toEqual(['arm temp > 80: never true, never false']);
  });

  it('wants actions taken, permits both ways, and the alarms of failures raised', () => {
    const action = {
      id: 'close',
      on: ['active'],
      type: 'command',
      target: { device: 'd1' },
      command: 'valve.set',
      permitWhen: { '==': [{ state: 'mode' }, 'auto'] },
      expiresAfter: '30s',
      ack: { accept: '3s', complete: '10s' },
      onFailure: [{ type: 'alarm', id: 'stuck' }],
    };
    const rule = {
      actions: [action, { id: 'tell', on: ['clear'], type: 'notify', to: 'lead' }],
      noData: { action: 'alarm' },
    };
    const blocked = test('20 90', 'UNACK');
    expect(missing(rule, blocked)).toEqual([
      'action close: never taken',
      "action state(mode) == 'auto': never true",
      'action tell: never taken',
      'action alarm hot.no-data: never raised',
      'action alarm hot.stuck: never raised',
    ]);
    const sent = test('20 90 20 _x20 20', 'UNACK', { plant: { mode: 'auto' } });
    expect(missing(rule, blocked, sent)).toEqual([]);
  });

  it('counts nothing of a test that overrides what the rule decides by', () => {
    const override = { condition: { '>': [{ var: 'temp' }, 85] } };
    expect(missing({}, test('20 90', 'UNACK', { override }))[0]).toBe('rule hot: never run');
    expect(missing({}, test('20 90', 'PENDING', { override: { onDelay: '60s' } }))).toEqual([]);
  });

  it('says what is missing and where, and never rounds up to all', () => {
    write('hot.json', { ...RULE, clearCondition: { '<': [{ var: 'temp' }, 10] } });
    write('cold.json', { ...RULE, id: 'cold' });
    write('hot.test.json', { tests: [test('20 90', 'UNACK')] });
    expect(run('hot.test.json').coverage.map(({ rule }) => rule)).toEqual(['hot']);
    const { coverage } = run('cold.json', 'hot.json', 'hot.test.json');
    const text = coverageText(coverage);
    expect(text).toContain(`${path.join(folder, 'cold.json')}:1:1: rule cold: never run\n`);
    expect(text).toMatch(/hot\.json:1:\d+: arm temp < 10: never true\n/);
    expect(text).toMatch(/^hot {3}1\/2 {3}- {8}- {13}66\.6 %$/m);
    expect(Math.floor(coveragePercent(coverage))).toBe(40);
    expect(coveragePercent([])).toBe(100);
  });
});

describe('reports', () => {
  const hostile = { name: `<&"\u0000\ud800]]>`, rule: 'hot' };

  it('JUnit is XML whatever tests are called, and counts', () => {
    write('hot.json', RULE);
    write('hot.test.json', { tests: [test('90 90', 'UNACK', hostile), test('90 90', 'NORM', hostile)] });
    const xml = junitXml(run('hot.test.json').results);
    expect(xml).toContain('<testsuites tests="2" failures="1">');
    expect(xml).toContain('name="&lt;&amp;&quot;\ufffd\ufffd]]&gt;"');
    expect(xml).toMatch(/<failure message="at 10s, d1: state is &quot;UNACK&quot;, expected &quot;NORM&quot;">/);
  });

  it('a failure names file, place, test, moment, and both sides', () => {
    write('hot.json', RULE);
    write('hot.test.json', { tests: [test('90 90', 'NORM')] });
    const [result] = run('hot.test.json').results;
    if (result === undefined) throw new Error('no result');
    const mark = (verdict: string) => verdict;
    const plain = resultText(result, { mark, isAligned: false });
    expect(plain).toMatch(
      /^FAIL {2}hot: t\n {6}\S+hot\.test\.json:1:\d+\n {6}\S+hot\.test\.json:1:\d+: at 10s, d1: state is "UNACK"/,
    );
    expect(resultText(result, { mark, isAligned: true })).toContain(
      '      at 10s, d1: state\n      - expected  NORM\n      + got       UNACK\n',
    );
  });
});
