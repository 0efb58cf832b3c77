import { describe, expect, it } from 'vitest';
import { compileIn, frameOf, problemsIn } from '../testing/expressions.ts';
import { UNKNOWN } from './operand.ts';

const scene = { inputs: { temp: 20, level: 3 }, params: { limit: 80, wanted: 'auto' } };
const v = (name: string) => ({ var: name });

describe('compileExpression() refuses', () => {
  it.each<[title: string, raw: unknown, problem: string]>([
    [
      'an operator nearly right',
      { '>': [v('temp'), { mx: [1, 2] }] },
      "condition.>.1.mx: there is no operator 'mx'; did you mean 'max'?",
    ],
    ['a for without its time', { for: [v('temp')] }, "condition.for: 'for' is written [condition, duration]"],
    ['a for of a number', { for: [{ '+': [1, v('temp')] }, '5m'] }, "condition.for.0: 'for' needs a boolean here"],
    ['an alarm that is no id', { alarm: 5 }, "condition.alarm: 'alarm' takes the id of a rule"],
    ['an operator of plain JSON-Logic', { map: [] }, "condition.map: there is no operator 'map'"],
    [
      'an input nearly right',
      { '>': [v('tmp'), 1] },
      "condition.>.0.var: there is no input 'tmp'; did you mean 'temp'?",
    ],
    [
      'an input of another name',
      { '>': [v('flow'), 1] },
      "condition.>.0.var: there is no input 'flow'; there are temp, level",
    ],
    [
      'a param nearly right',
      { '>': [v('temp'), { param: 'limt' }] },
      "condition.>.1.param: there is no param 'limt'; did you mean 'limit'?",
    ],
    ['a name that is no text', { '>': [{ var: 1 }, 1] }, 'condition.>.0.var: the name of an input is a text'],
    ['too few operands', { '>': [v('temp')] }, "condition.>: '>' takes 2 operands, not 1"],
    ['too many operands', { '==': [1, 1, 1] }, "condition.==: '==' takes 2 operands, not 3"],
    ['no operands', { and: [] }, "condition.and: 'and' takes at least 1 operands, not 0"],
    ['half an if', { if: [true, 1] }, "condition.if: 'if' takes 3 operands, not 2"],
    ['two operators in one', { '>': [1, 2], '<': [1, 2] }, 'condition: an operation has exactly one operator, not 2'],
    ['no operator', {}, 'condition: an operation has exactly one operator, not 0'],
    ['null', { '>': [v('temp'), null] }, 'condition.>.1: null is no operand'],
    ['a bare list', { '>': [[1], 2] }, 'condition.>.0: [1] is no operand'],
    ['a text in an ordering', { '>': [v('temp'), '80'] }, "condition.>.1: '>' needs a number here, and this is a text"],
    [
      'a param of the wrong type',
      { '>': [v('temp'), { param: 'wanted' }] },
      "condition.>.1: '>' needs a number here, and this is a text",
    ],
    [
      'a number compared with a text',
      { '==': [{ '+': [v('temp'), 1] }, 'a'] },
      'condition.==: a number is compared with a text',
    ],
    [
      'a number where truth is needed',
      { and: [{ '+': [1, 2] }] },
      "condition.and.0: 'and' needs a boolean here, and this is a number",
    ],
    ['a text to be counted', { abs: 'x' }, "condition.abs.0: 'abs' needs a number here, and this is a text"],
    ['arms of two types', { if: [true, 1, 'a'] }, "condition.if: both arms of 'if' must be of one type"],
    ['a constant division by zero', { '/': [1, 0] }, "condition./: '/' of these numbers is no number"],
    [
      'a number past what a double holds',
      { '>': [v('temp'), Number('1e999')] },
      'condition.>.1: a number is too large to be one',
    ],
    [
      'more than there can be',
      { atLeast: [3, [true, true]] },
      "condition.atLeast.0: 'atLeast' needs a number from 1 to 2",
    ],
    ['a count that is none', { atLeast: ['2', [true, true]] }, "condition.atLeast: 'atLeast' is written"],
    ['a list of lists', { in: [v('temp'), [[1]]] }, "condition.in.1: the list of 'in' holds 1 to 64"],
    [
      'an endless list',
      { in: [v('temp'), Array.from({ length: 65 }, (_, i) => i)] },
      "condition.in.1: the list of 'in' holds 1 to 64",
    ],
    [
      'a list without the type',
      { in: [{ '+': [v('temp'), 1] }, ['1']] },
      "condition.in.1: the list of 'in' holds no number",
    ],
    [
      'online of nobody in particular',
      { online: [] },
      "condition.online: 'online' must name an input here: one of temp, level",
    ],
    ['a state that is no name', { state: 'a/b' }, "condition.state: 'state' takes the name of a plant state"],
    [
      'an age that is added to',
      { '>': [{ '-': [{ age: ['temp'] }, 5] }, 60] },
      "condition.>.0.-.0: '-' cannot take an age",
    ],
    ['an age that equals', { '==': [{ age: ['temp'] }, 60] }, "condition.==.0: '==' cannot take an age"],
    ['an age in a list', { in: [{ age: ['temp'] }, [60]] }, "condition.in.0: 'in' cannot take an age"],
    [
      'an age as the worth of an if',
      { '>': [{ if: [true, { age: ['temp'] }, 1] }, 1] },
      "condition.>.0.if.1: 'if' cannot take an age",
    ],
  ])('%s', (_, raw, problem) => {
    const problems = problemsIn(raw, scene);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', ''])(
    'the hostile name %j as operator, input, param and state',
    (name) => {
      const operation = Object.fromEntries([[name, [1, 2]]]);
      expect(problemsIn(operation, scene)[0]).toContain(`there is no operator '${name}'`);
      expect(problemsIn(v(name), scene)[0]).toContain(`there is no input '${name}'`);
      expect(problemsIn({ param: name }, scene)[0]).toContain(`there is no param '${name}'`);
      expect(Object.prototype).not.toHaveProperty('0');
    },
  );

  it('everything wrong at once, each with its place', () => {
    expect(problemsIn({ and: [{ '>': [v('x'), 1] }, { '<': ['a', 1] }, { '==': [1] }] }, scene)).toHaveLength(3);
  });

  it('an expression deeper than 8, and a bomb, without being hurt', () => {
    const nest = (depth: number): unknown => (depth === 0 ? true : { '!': [nest(depth - 1)] });
    expect(problemsIn(nest(8), scene)).toEqual([]);
    expect(problemsIn(nest(9), scene)).toHaveLength(1);
    expect(problemsIn(nest(2_000), scene)[0]).toContain('nests at most 8 deep');
  });

  it('an expression of more than 64 parts, once', () => {
    const wide = (parts: number) => ({ and: Array.from({ length: parts }, () => true) });
    expect(problemsIn(wide(63), scene)).toEqual([]);
    expect(problemsIn(wide(64), scene)).toEqual(['condition: an expression has at most 64 parts']);
    expect(problemsIn(wide(100_000), scene)).toEqual(['condition: an expression has at most 64 parts']);
  });
});

describe('an age', () => {
  const AT = frameOf(scene).at;
  const wakes = (raw: unknown, ages: { readonly [name: string]: number }) => {
    const compiled = compileIn(raw, scene);
    if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
    return compiled.wakesAt(frameOf({ ...scene, ages })) - AT;
  };
  const age = { age: ['temp'] };

  it.each<[title: string, raw: unknown, seconds: number, inMs: number]>([
    ['before its limit', { '>': [age, 120] }, 100, 20_000],
    ['at its limit', { '>': [age, 120] }, 120, 1],
    ['past its limit', { '>': [age, 120] }, 121, Number.POSITIVE_INFINITY],
    ['on the right side', { '<=': [120, age] }, 100, 20_000],
    ['inside a junction', { and: [true, { or: [false, { '!': [{ '>': [age, 120] }] }] }] }, 100, 20_000],
    ['before the window of between', { between: [age, 60, 120] }, 50, 10_000],
    ['inside the window of between', { between: [age, 60, 120] }, 90, 30_000],
    ['at the end of between', { between: [age, 60, 120] }, 120, 1],
    ['past between', { between: [age, 60, 120] }, 130, Number.POSITIVE_INFINITY],
    ['with a limit in fractions', { '>': [age, 0.0015] }, 0, 2],
  ])('wakes its comparison %s', (_, raw, seconds, inMs) => {
    expect(wakes(raw, { temp: seconds })).toBe(inMs);
  });

  it('of two inputs does not wake: both grow alike', () => {
    expect(wakes({ '>': [age, { age: ['level'] }] }, { temp: 5, level: 5.001 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is not asked about a limit that is unknown', () => {
    const compiled = compileIn({ '>': [age, v('level')] }, scene);
    if (Array.isArray(compiled)) throw new Error('refused');
    expect(compiled.wakesAt(frameOf({ inputs: { temp: 1, level: UNKNOWN.BAD } }))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('describe()', () => {
  it.each<[raw: unknown, words: string]>([
    [{ '>': [v('temp'), { param: 'limit' }] }, 'temp 20 > limit 80'],
    [{ between: [v('temp'), 1, 5] }, 'temp 20 between 1 and 5'],
    [{ '==': [v('temp'), 3] }, 'temp 20 == 3'],
    [{ in: [v('level'), [1, 3]] }, 'level 3 in [1, 3]'],
    [{ '>': [{ age: ['temp'] }, 60] }, 'age of temp 0 s > 60'],
    [{ '!=': [{ state: 'mode' }, 'manual'] }, "mode unknown (STATE) != 'manual'"],
    [{ if: [{ known: ['x'] }, { '>': [v('temp'), 1] }, false] }, 'if true then temp 20 > 1 else false'],
    [{ atLeast: [1, [{ '<': [v('temp'), 1] }]] }, 'at least 1 of (temp 20 < 1)'],
  ])('%j', (raw, words) => {
    const compiled = compileIn(raw, scene);
    if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
    expect(compiled.describe(frameOf(scene))).toBe(words);
  });
});
