import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRules, ruleIdOf } from './rule-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hot = {
  id: 'hot',
  inputs: { temp: 'temperature' },
  params: { limit: { default: 80 } },
  condition: { '>': [{ var: 'temp' }, { param: 'limit' }] },
};

/** Reads the rules of a folder with one file; problems are `line:column: message`. */
function read(rule: unknown, name = 'hot.json') {
  writeFileSync(path.join(folder, name), typeof rule === 'string' ? rule : JSON.stringify(rule, null, 2));
  const { rules, problems } = readRules(folder);
  return {
    rules,
    problems: problems.map(({ line, column, message }) => `${line}:${column}: ${message}`),
  };
}

describe('readRules()', () => {
  it('takes the short form', () => {
    expect(read(hot)).toMatchObject({
      rules: [{ id: 'hot', levels: [{ onDelayMs: 0, priority: 'medium' }] }],
      problems: [],
    });
  });

  it('gives the line and column of what is wrong', () => {
    const { rules, problems } = read(
      `{\n  "id": "hot",\n  "inputs": { "temp": "temperature" },\n  "condition": { ">": [ { "var": "tmp" }, 80 ] }\n}`,
    );
    expect(rules).toEqual([]);
    expect(problems).toEqual(["4:34: there is no input 'tmp'; did you mean 'temp'?"]);
  });

  it.each<[title: string, change: object, problem: string | RegExp]>([
    ['an id that is not the file name', { id: 'cold' }, "the id must be the file's name, 'hot'"],
    [
      'a deadband on a compound condition',
      { condition: { and: [{ '>': [{ var: 'temp' }, 80] }, true] }, deadband: 2 },
      'write clearCondition instead',
    ],
    [
      'a deadband between two inputs',
      {
        inputs: { temp: 'temperature', set: 'setpoint' },
        condition: { '>': [{ var: 'temp' }, { var: 'set' }] },
        deadband: 2,
      },
      'write clearCondition instead',
    ],
    [
      'a deadband with a clearCondition',
      { deadband: 2, clearCondition: { '<': [{ var: 'temp' }, 70] } },
      'say the same thing twice',
    ],
    ['a deadband of nothing', { deadband: 0 }, /deadband/],
    [
      'a condition that is a number',
      { condition: { '+': [{ var: 'temp' }, 1] } },
      'a condition is true or false, and this is a number',
    ],
    [
      'a clear condition that is a number',
      { clearCondition: { '+': [{ var: 'temp' }, 1] } },
      'a condition is true or false, and this is a number',
    ],
    ['no condition', { condition: undefined }, /condition/],
    [
      'a template name that nothing fills',
      { annotations: { summary: 'is {{tmp}} now' } },
      /\{\{tmp\}\} is none of temp, age\.temp, device/,
    ],
    [
      'the age of an input that there is not',
      { annotations: { summary: '{{age.limit}}' } },
      '{{age.limit}} is none of',
    ],
    ['no levels at all', { condition: undefined, levels: [] }, /levels: /],
    ['levels beside a condition', { levels: [{ priority: 'low', condition: true }] }, 'says it in each of them'],
    ['an inhibitedBy that is no list', { inhibitedBy: { rule: 'x' } }, /inhibitedBy: /],
    ['a suppressWhen that is a text', { suppressWhen: 'always' }, 'a condition is true or false, and this is a text'],
    [
      'a function without its window',
      { inputs: { temp: { metric: 'temperature', fn: 'avg' } } },
      "'avg' needs a window",
    ],
    [
      'an input field nearly right',
      { inputs: { temp: { metric: 'temperature', maxage: '5s' } } },
      "unknown field 'maxage'; did you mean 'maxAge'?",
    ],
    ['a notification to nobody', { actions: [{ id: 'a', on: ['clear'], type: 'notify' }] }, 'actions.0.to is missing'],
    [
      'an action nearly right',
      { actions: [{ id: 'a', on: ['clear'], type: 'notfy', to: 'shift' }] },
      '(got "notfy"); did you mean \'notify\'?',
    ],
    ['a field nearly right', { onDealy: '5s' }, "unknown field 'onDealy'; did you mean 'onDelay'?"],
    ['a duration without a unit', { onDelay: '20' }, 'must be a duration with one unit'],
    ['a duration as a number', { onDelay: 20 }, 'onDelay: must be a duration with one unit, such as "500ms"'],
    ['a duration past counting', { onDelay: '99999999999d' }, 'onDelay: is too long: at most 366d'],
    ['a century', { onDelay: '36500d' }, 'onDelay: is too long: at most 366d'],
    [
      'a window of nothing',
      { inputs: { temp: { metric: 'temperature', fn: 'avg', window: '0s' } } },
      'window: must be longer than 0s',
    ],
    [
      'a value that is stale at once',
      { inputs: { temp: { metric: 'temperature', maxAge: '0s' } } },
      'maxAge: must be longer than 0s',
    ],
    ['a false shelving', { shelving: false }, 'shelving must be an object with allowed, maxDuration (got false)'],
    ['an = of other languages', { condition: { '=': [{ var: 'temp' }, 80] } }, "no operator '='; did you mean '=='?"],
    ['AND in capitals', { condition: { AND: [true] } }, "no operator 'AND'; did you mean 'and'?"],
    [
      'a mean',
      { inputs: { temp: { metric: 'temperature', fn: 'mean', window: '1m' } } },
      '(got "mean"); did you mean \'avg\'?',
    ],
    ['a rule that waits for itself', { inhibitedBy: [{ rule: 'hot' }] }, 'the rule waits for its own alarm'],
    [
      'a unit in the limit',
      { params: { limit: { default: '80 Cel' } } },
      "'>' needs a number here, and this is a text",
    ],
    ['an input that is no name', { inputs: { 'te mp': 'temperature' } }, /inputs/],
    ['no inputs', { inputs: {} }, 'a rule needs at least one input'],
    ['the hostile group label __proto__', { groupBy: ['__proto__'] }, /groupBy/],
  ])('refuses %s', (_, change, problem) => {
    const { rules, problems } = read({ ...hot, ...change });
    expect(rules).toEqual([]);
    expect(problems.join('\n')).toMatch(typeof problem === 'string' ? new RegExp(RegExp.escape(problem)) : problem);
  });

  it('refuses a permission that can never be given', () => {
    const action = {
      id: 'close',
      on: ['active'],
      type: 'command',
      target: { device: 'valve' },
      command: 'valve.set',
      expiresAfter: '30s',
      ack: { accept: '3s', complete: '10s' },
    };
    expect(
      read({ ...hot, actions: [{ ...action, permitWhen: { '!=': [{ state: 'mode' }, 'manual'] } }] }).problems,
    ).toEqual([]);
    expect(read({ ...hot, actions: [{ ...action, permitWhen: 5 }] }).problems).toEqual([
      expect.stringContaining('a condition is true or false, and this is a number'),
    ]);
  });

  it('takes the names of JavaScript objects where they are names, and nothing of their past', () => {
    const { rules, problems } = read({
      id: 'hot',
      inputs: { constructor: 'temperature', toString: 'level' },
      params: { valueOf: { default: 3 } },
      groupBy: ['constructor'],
      labels: { hasOwnProperty: 'x' },
      condition: { '>': [{ var: 'constructor' }, { param: 'valueOf' }] },
      annotations: { summary: '{{constructor}} {{valueOf}}' },
    });
    expect(problems).toEqual([]);
    expect(rules[0]?.inputs.map(({ name }) => name)).toEqual(['constructor', 'toString']);
  });

  it.each(['inputs', 'params', 'labels', 'annotations'])('never silently drops a __proto__ in %s', (field) => {
    const member = { inputs: '"temperature"', params: '{ "default": 1 }', labels: '"x"', annotations: '"x"' }[field];
    const { rules, problems } = read(
      JSON.stringify({ ...hot, labels: {}, annotations: {} }).replace(
        `"${field}":{`,
        `"${field}":{"__proto__":${member}${field === 'labels' || field === 'annotations' ? '' : ','}`,
      ),
    );
    expect(rules.length === 0 ? problems.join('\n') : 'loaded').toContain('__proto__');
    expect(Object.prototype).not.toHaveProperty('metric');
  });

  it('loads the good files beside a broken one', () => {
    writeFileSync(path.join(folder, 'broken.json'), '{ "id": "broken", ');
    writeFileSync(path.join(folder, 'wrong.json'), JSON.stringify({ ...hot, id: 'wrong', condition: { '>': [] } }));
    writeFileSync(path.join(folder, 'off.json'), JSON.stringify({ ...hot, id: 'off', mode: 'disabled' }));
    writeFileSync(path.join(folder, 'hot.test.json'), 'not a rule');
    mkdirSync(path.join(folder, 'folder.json'));
    const { rules, problems } = read(hot);
    expect(rules.map(({ id }) => id)).toEqual(['hot']);
    expect(problems.map((problem) => problem.replace(/^\d+:\d+: /, ''))).toEqual([
      expect.stringContaining('not valid JSON'),
      expect.stringContaining('not valid JSON'),
      expect.stringContaining('not valid JSON'),
      'cannot be read (EISDIR)',
      "'>' takes 2 operands, not 0",
    ]);
  });

  it('holds rules against the models of the folder, and tells warnings without refusing for them', () => {
    mkdirSync(path.join(folder, 'models'));
    writeFileSync(
      path.join(folder, 'models', 'tank.model.json'),
      JSON.stringify({ model: 'tank', metrics: { temperature: { unit: 'Cel', min: 0, max: 100 } } }),
    );
    const scope = { model: 'tank' };
    writeFileSync(
      path.join(folder, 'far.json'),
      JSON.stringify({ ...hot, id: 'far', scope, params: { limit: { default: 101 } } }),
    );
    writeFileSync(path.join(folder, 'hot.json'), JSON.stringify({ ...hot, scope }));
    const { rules, findings, problems, texts } = readRules(folder);
    expect(rules.map(({ id }) => id)).toEqual(['hot']);
    expect(findings.map(({ file, code, level }) => [path.basename(file), code, level])).toEqual([
      ['far.json', 'R003', 'error'],
      ['far.json', 'R005', 'warn'],
      ['hot.json', 'R005', 'warn'],
    ]);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['R003', 'the condition is always false: the alarm never comes; temp is 0 to 100'],
    ]);
    expect([...texts.keys()].map((file) => path.basename(file))).toEqual(['far.json', 'hot.json']);
  });

  it('takes a number before the name for an order, and a file that calls itself a test for one', () => {
    writeFileSync(path.join(folder, '12-cold.json'), JSON.stringify({ ...hot, id: 'cold' }));
    writeFileSync(path.join(folder, '7-up.json'), JSON.stringify({ ...hot, id: '7-up' }));
    writeFileSync(path.join(folder, 'tests.json'), '{ "kind": "RuleTest" }');
    writeFileSync(path.join(folder, '13-cold.json'), JSON.stringify({ ...hot, id: 'cold' }));
    const { rules, problems } = readRules(folder);
    expect(rules.map(({ id }) => id)).toEqual(['cold', '7-up']);
    expect(problems.map(({ file, message }) => `${path.basename(file)}: ${message}`)).toEqual([
      `13-cold.json: rule 'cold' is also in ${path.join(folder, '12-cold.json')}`,
    ]);
  });

  it('gives the same revision however the file is written, and another for another rule', () => {
    const [first] = read(hot).rules;
    const [second] = read({
      condition: hot.condition,
      params: hot.params,
      inputs: { temp: { metric: 'temperature' } },
      id: 'hot',
      $schema: './schemas/rule.schema.json',
    }).rules;
    const [third] = read({ ...hot, params: { limit: { default: 81 } } }).rules;
    expect(second?.rev).toBe(first?.rev);
    expect(third?.rev).not.toBe(first?.rev);
  });
});

describe('readRules(), of what lies in the folder beside rules', () => {
  const found = () =>
    readRules(folder).findings.map(({ file, level, message }) => [path.basename(file), level, message]);

  it('does not wait for a pipe, and still reads the others', () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe.json'), path.join(folder, 'pipe.test.json')]);
    const { rules, problems } = read(hot);
    expect(rules).toMatchObject([{ id: 'hot' }]);
    expect(problems).toEqual(['1:1: cannot be read: it is no plain file']);
  });

  it('takes a rule whose editor has put a byte order mark before it', () => {
    expect(read(`\ufeff${JSON.stringify(hot)}`)).toMatchObject({ rules: [{ id: 'hot' }], problems: [] });
  });

  it('has one problem for a file in UTF-16', () => {
    writeFileSync(path.join(folder, 'hot.json'), Buffer.from(JSON.stringify(hot, null, 2), 'utf16le'));
    expect(found()).toEqual([['hot.json', 'error', 'is UTF-16, and must be UTF-8; save it in that encoding']]);
  });

  it('says that a rule of another ending is not obeyed, but for an example', () => {
    for (const name of ['cold.jsonc', 'warm.JSON', 'hot.example.jsonc', '.draft.jsonc', 'README.md'])
      writeFileSync(path.join(folder, name), '{}');
    expect(found()).toEqual([
      ['cold.jsonc', 'error', expect.stringContaining('is not read: the name must end in .json')],
      ['warm.JSON', 'error', expect.stringMatching(/; call it warm\.json$/)],
    ]);
  });

  it('counts a rule of another ending under the id that it would have, so that its alarms are not taken for deleted', () => {
    expect(['hot.json', '/r/hot.jsonc', '10-hot.JSON'].map(ruleIdOf)).toEqual(['hot', 'hot', 'hot']);
  });

  it('says that rules in a folder of their own are not obeyed', () => {
    for (const name of ['old', 'empty', 'schemas', 'models', '.git']) mkdirSync(path.join(folder, name));
    for (const name of ['old/a.json', 'old/b.json', 'schemas/x.json', '.git/x.json', 'empty/notes.md'])
      writeFileSync(path.join(folder, name), '{}');
    expect(found()).toEqual([
      ['old', 'warn', 'a.json and 1 more in it is not read: rules stand directly in the rules folder'],
    ]);
  });
});
