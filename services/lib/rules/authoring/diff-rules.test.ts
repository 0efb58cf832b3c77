import { describe, expect, it } from 'vitest';
import { compileTexts } from './compile-texts.ts';
import { diffRules, diffSentence } from './diff-rules.ts';

const RULE = {
  id: 'tank-temp-high',
  inputs: { temp: { metric: 'temperature', unit: 'Cel', maxAge: '30s' } },
  params: { top: { default: 90, unit: 'Cel' } },
  condition: { '>': [{ var: 'temp' }, 80] },
  deadband: 2,
  onDelay: '20s',
  rationalisation: { response: 'Open the bypass' },
  actions: [{ id: 'tell', on: ['active'], type: 'notify', to: 'shift-lead' }],
};
type Rule = Record<string, unknown>;

function rulesOf(...files: Rule[]) {
  const { rules, problems } = compileTexts(
    files.map((file, i) => ({ file: `${i}.json`, text: JSON.stringify(file) })),
    { lints: 'none' },
  );
  expect(problems).toEqual([]);
  return rules;
}

/** The sentence for one rule that was changed so. */
function sentence(change: Rule, base: Rule = RULE): string | undefined {
  return diffRules(rulesOf(base), rulesOf({ ...base, ...change })).map(diffSentence)[0];
}

const ANEW = 'gathered evidence starts anew';
const COMPOUND = { and: [{ '>': [{ var: 'temp' }, 80] }, { '!=': [{ state: 'mode' }, 'manual'] }] };
const LEVELS = {
  ...{ condition: undefined, deadband: undefined },
  levels: [
    { priority: 'high', condition: { '>': [{ var: 'temp' }, 80] } },
    { priority: 'critical', condition: { '>': [{ var: 'temp' }, 90] } },
  ],
};

describe('diffRules()', () => {
  it.each<[change: Rule, sentence: string]>([
    [{ condition: { '>': [{ var: 'temp' }, 85] }, onDelay: '30s' }, `limit 80 → 85 Cel; onDelay 20s → 30s; ${ANEW}`],
    [{ params: { top: { default: 95, unit: 'Cel' } } }, `top 90 → 95 Cel; ${ANEW}`],
    [{ deadband: undefined }, `deadband 2 → none; ${ANEW}`],
    [{ condition: { '>=': [{ var: 'temp' }, 80] } }, `condition: 'temp > 80' → 'temp >= 80'; ${ANEW}`],
    [{ enableWhen: { '==': [{ state: 'line' }, 'on'] } }, `enableWhen none → 'state(line) == 'on''; ${ANEW}`],
    [{ inputs: { temp: { ...RULE.inputs.temp, maxAge: '60s' } } }, `input temp: maxAge 30s → 60s; ${ANEW}`],
    [{ inputs: { ...RULE.inputs, level: 'level' } }, `input level added; ${ANEW}`],
    [{ groupBy: ['tank'] }, `groupBy ["device"] → ["tank"]; alarms of groups that are no more are retired, ${ANEW}`],
    [
      { rationalisation: { response: 'Call the lead' } },
      'rationalisation.response "Open the bypass" → "Call the lead"; all state is kept',
    ],
    [{ labels: { team: 'a' } }, 'labels.team none → a; all state is kept'],
    [{ priority: 'high' }, 'priority medium → high; all state is kept'],
    [{ mode: 'shadow' }, 'mode active → shadow; all state is kept'],
    [{ mode: 'disabled' }, 'mode active → disabled; its alarms are retired'],
    [
      { actions: [{ ...RULE.actions[0], to: 'night-shift' }] },
      'action tell: to shift-lead → night-shift; all state is kept',
    ],
    [{ actions: [] }, 'action tell removed; all state is kept'],
  ])('%j', (change, words) => {
    expect(sentence(change)).toBe(`tank-temp-high: ${words}`);
  });

  it('names the one part of a compound condition that differs', () => {
    const base = { ...RULE, condition: COMPOUND, deadband: undefined };
    expect(sentence({ condition: { and: [COMPOUND.and[0], { '!=': [{ state: 'mode' }, 'off'] }] } }, base)).toBe(
      `tank-temp-high: condition: 'state(mode) != 'manual'' → 'state(mode) != 'off''; ${ANEW}`,
    );
    expect(sentence({ condition: { or: COMPOUND.and } }, base)).toContain(
      "'temp > 80 and state(mode) != 'manual'' → 'temp",
    );
  });

  it('finds levels by their priority, however they are ordered', () => {
    const base = { ...RULE, ...LEVELS };
    expect(sentence({ levels: LEVELS.levels.toReversed() }, base)).toBeUndefined();
    const [high, critical] = LEVELS.levels;
    expect(sentence({ levels: [high, { ...critical, condition: { '>': [{ var: 'temp' }, 95] } }] }, base)).toBe(
      `tank-temp-high: level critical limit 90 → 95 Cel; ${ANEW}`,
    );
  });

  it('takes a default that is written out, another order and another schema for no change', () => {
    const written = {
      $schema: 'x',
      priority: 'medium',
      offDelay: '0s',
      ...Object.fromEntries(Object.entries(RULE).toReversed()),
    };
    expect(diffRules(rulesOf(RULE), rulesOf(written))).toEqual([]);
  });

  it('says what is new and what is removed', () => {
    const [a, b] = [
      { ...RULE, id: 'a' },
      { ...RULE, id: 'b' },
    ];
    expect(diffRules(rulesOf(a), rulesOf(b)).map(diffSentence)).toEqual([
      'a: removed; its alarms are retired',
      'b: new; its alarms begin',
    ]);
  });

  it('keeps its word about state: only what is called kept leaves the revision of the logic as it is', () => {
    for (const change of [{ onDelay: '1s' }, { labels: { a: 'b' } }, { groupBy: ['site'] }, { name: 'x' }]) {
      const [before, after] = [rulesOf(RULE), rulesOf({ ...RULE, ...change })];
      const [difference] = diffRules(before, after);
      const isSame = before.get(RULE.id)?.logicRev === after.get(RULE.id)?.logicRev;
      expect(difference?.state === 'kept').toBe(isSame);
    }
  });
});

describe('compileTexts()', () => {
  it('passes over tests and tells of two rules of one id', () => {
    const text = JSON.stringify(RULE);
    const { rules, problems } = compileTexts([
      { file: 'a.json', text },
      { file: 'a.test.json', text: '{ "tests": [] }' },
      { file: 'tests.json', text: '{ "kind": "RuleTest" }' },
      { file: 'b.json', text },
      { file: 'c.json', text: '{' },
    ]);
    expect([...rules.keys()]).toEqual([RULE.id]);
    expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      "b.json: rule 'tank-temp-high' is also in a.json",
      expect.stringMatching(/^c\.json: not valid JSON/),
    ]);
  });
});
