import fc from 'fast-check';
import jsonLogic from 'json-logic-js';
import { describe, expect, it } from 'vitest';
import { compileIn, evaluateIn, frameOf } from '../../testing/expressions.ts';
import { type Operand, UNKNOWN } from '../operand.ts';
import { OPERATORS } from './operators.ts';

const v = (name: string) => ({ var: name });
const inputs = {
  two: 2,
  five: 5,
  zero: 0,
  yes: true,
  no: false,
  word: 'auto',
  gone: UNKNOWN.STALE,
  never: UNKNOWN.NEVER,
};
const [stale, type] = [UNKNOWN.STALE, UNKNOWN.TYPE];

const TABLE: { readonly [operator: string]: readonly (readonly [operands: unknown, worth: Operand])[] } = {
  var: [
    ['five', 5],
    [['five'], 5],
    ['word', 'auto'],
    ['gone', stale],
    ['never', UNKNOWN.NEVER],
  ],
  param: [
    ['limit', 80],
    [['limit'], 80],
  ],
  known: [
    [v('five'), true],
    [[v('gone')], false],
    [v('zero'), true],
    [v('no'), true],
    [1, true],
  ],
  age: [
    ['two', 0],
    [['five'], 90.5],
    ['gone', 0],
  ],
  online: [
    ['two', true],
    ['five', false],
    ['word', UNKNOWN.STATE],
  ],
  state: [
    ['mode', 'manual'],
    ['untold', UNKNOWN.STATE],
    [['mode'], 'manual'],
  ],
  alarm: [
    ['trip', true],
    [['other'], false],
  ],
  // Its evidence is the engine's, and here there is none.
  for: [[[v('yes'), '5s'], UNKNOWN.NEVER]],
  and: [
    [[v('yes'), true], true],
    [[v('yes'), v('no')], false],
    [[v('gone'), v('no')], false],
    [[v('no'), v('gone')], false],
    [[v('yes'), v('gone')], stale],
    [[v('five'), v('yes')], type],
    [[v('five'), v('no')], false],
    [[v('yes')], true],
  ],
  or: [
    [[v('no'), v('no')], false],
    [[v('no'), v('yes')], true],
    [[v('gone'), v('yes')], true],
    [[v('yes'), v('gone')], true],
    [[v('no'), v('gone')], stale],
    [[v('word'), v('no')], type],
    [[v('word'), v('yes')], true],
  ],
  '!': [
    [v('yes'), false],
    [[v('no')], true],
    [v('gone'), stale],
    [v('zero'), type],
    [v('word'), type],
  ],
  if: [
    [[v('yes'), 1, 2], 1],
    [[v('no'), 1, 2], 2],
    [[v('gone'), 1, 2], stale],
    [[v('gone'), 1, 1], stale],
    [[v('yes'), 1, v('gone')], 1],
    [[v('no'), 1, v('gone')], stale],
    [[v('five'), 1, 2], type],
  ],
  atLeast: [
    [[2, [v('yes'), v('yes'), v('no')]], true],
    [[2, [v('yes'), v('yes'), v('gone')]], true],
    [[2, [v('yes'), v('no'), v('gone')]], stale],
    [[2, [v('no'), v('no'), v('gone')]], false],
    [[1, [v('word')]], type],
  ],
  '>': [
    [[v('five'), 2], true],
    [[5, v('five')], false],
    [[v('gone'), 2], stale],
    [[2, v('gone')], stale],
    [[v('word'), 2], type],
    [[v('yes'), 0], type],
  ],
  '>=': [
    [[v('five'), 5], true],
    [[v('five'), 5.1], false],
    [[v('gone'), 0], stale],
  ],
  '<': [
    [[v('five'), 15], true],
    [[v('five'), 5], false],
    [[v('never'), 15], UNKNOWN.NEVER],
    [[v('word'), 15], type],
  ],
  '<=': [
    [[v('five'), 5], true],
    [[v('five'), 4], false],
    [[v('gone'), 9], stale],
  ],
  '==': [
    [[v('five'), 5], true],
    [[v('word'), 'auto'], true],
    [[v('word'), 'Auto'], false],
    [[v('no'), false], true],
    [[v('zero'), false], type],
    [[v('zero'), ''], type],
    [[v('gone'), v('gone')], stale],
    [[v('gone'), 0], stale],
  ],
  '!=': [
    [[v('five'), 5], false],
    [[v('word'), 'manual'], true],
    [[v('zero'), false], type],
    [[v('gone'), 0], stale],
    [[v('gone'), v('never')], stale],
  ],
  between: [
    [[v('five'), 2, 5], true],
    [[v('five'), 5.5, 9], false],
    [[v('five'), 9, 2], false],
    [[v('gone'), 2, 5], stale],
    [[v('five'), v('gone'), 9], stale],
    [[v('five'), 2, v('gone')], stale],
    [[v('word'), 2, 5], type],
  ],
  in: [
    [[v('word'), ['auto', 'remote']], true],
    [[v('word'), ['remote']], false],
    [[v('five'), [1, 5]], true],
    [[v('five'), ['5']], type],
    [[v('gone'), [1]], stale],
    [[v('yes'), [1, true]], true],
  ],
  '+': [
    [[v('two'), v('five'), 1], 8],
    [[v('gone'), 1], stale],
    [[v('word'), 1], type],
    [[v('yes'), 1], type],
  ],
  '-': [
    [[v('five'), v('two')], 3],
    [[v('five')], -5],
    [v('five'), -5],
    [[1, v('gone')], stale],
  ],
  '*': [
    [[v('five'), v('two'), 3], 30],
    [[0, v('gone')], stale],
    [[v('five'), 1e308, 1e308], UNKNOWN.DIVISION],
  ],
  '/': [
    [[v('five'), v('two')], 2.5],
    [[v('five'), v('zero')], UNKNOWN.DIVISION],
    [[v('zero'), v('zero')], UNKNOWN.DIVISION],
    [[v('gone'), v('zero')], stale],
  ],
  min: [
    [[v('five'), v('two'), 9], 2],
    [[v('gone'), 1], stale],
  ],
  max: [
    [[v('five'), v('two'), 1], 5],
    [[1, v('gone')], stale],
  ],
  abs: [
    [{ '-': [v('five')] }, 5],
    [[v('two')], 2],
    [v('gone'), stale],
  ],
};

describe('every operator', () => {
  it('stands in the table', () => {
    expect(Object.keys(TABLE).sort()).toEqual([...OPERATORS.keys()].sort());
  });

  for (const [operator, rows] of Object.entries(TABLE)) {
    it.each(rows)(`${operator} %j is %j`, (operands, worth) => {
      const scene = {
        inputs,
        params: { limit: 80 },
        ages: { five: 90.5 },
        online: { two: true, five: false },
        states: { mode: 'manual' },
        alarms: ['trip'],
      };
      expect(evaluateIn({ [operator]: operands }, scene)).toEqual(worth);
    });
  }
});

// Three-valued truth by the book: the worth of an expression with unknowns is what all ways of filling them in agree on for
// `!`; for the others, what Kleene's table says. Written here without a look at the operators.
type Tree =
  | { readonly leaf: boolean | null }
  | { readonly not: Tree }
  | { readonly and: readonly Tree[] }
  | { readonly or: readonly Tree[] }
  | { readonly atLeast: readonly [number, readonly Tree[]] }
  | { readonly if: readonly [Tree, Tree, Tree] };

function kleene(tree: Tree): boolean | null {
  if ('leaf' in tree) return tree.leaf;
  if ('not' in tree) {
    const worth = kleene(tree.not);
    return worth === null ? null : !worth;
  }
  if ('if' in tree) {
    const [test, then, otherwise] = tree.if.map(kleene);
    return test === null ? null : ((test ? then : otherwise) ?? null);
  }
  const list = 'and' in tree ? tree.and : 'or' in tree ? tree.or : tree.atLeast[1];
  const wanted = 'and' in tree ? list.length : 'or' in tree ? 1 : tree.atLeast[0];
  const worths = list.map(kleene);
  if (worths.filter((each) => each === true).length >= wanted) return true;
  return worths.filter((each) => each !== false).length >= wanted ? null : false;
}

function logicOf(tree: Tree): unknown {
  if ('leaf' in tree) return v(tree.leaf === null ? 'gone' : tree.leaf ? 'yes' : 'no');
  if ('not' in tree) return { '!': [logicOf(tree.not)] };
  if ('if' in tree) return { if: tree.if.map(logicOf) };
  if ('and' in tree) return { and: tree.and.map(logicOf) };
  if ('or' in tree) return { or: tree.or.map(logicOf) };
  return { atLeast: [tree.atLeast[0], tree.atLeast[1].map(logicOf)] };
}

const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => {
  const list = fc.array(tie('tree'), { minLength: 1, maxLength: 3 });
  return {
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom<Tree>({ leaf: true }, { leaf: false }, { leaf: null }),
      fc.record({ not: tie('tree') }),
      fc.record({ and: list }),
      fc.record({ or: list }),
      list.chain((each) =>
        fc.record({ atLeast: fc.tuple(fc.integer({ min: 1, max: each.length }), fc.constant(each)) }),
      ),
      fc.record({ if: fc.tuple(tie('tree'), tie('tree'), tie('tree')) }),
    ),
  };
});

/** Numbers that people write, and that make neither side round differently. */
const number = fc.integer({ min: -50, max: 50 });
const numbers = fc.record({ a: number, b: number, c: number, d: number });
const flags = fc.record({ p: fc.boolean(), q: fc.boolean() });

const { numeric, truth } = fc.letrec<{ numeric: unknown; truth: unknown }>((tie) => {
  const pair = fc.tuple(tie('numeric'), tie('numeric'));
  const many = fc.array(tie('numeric'), { minLength: 2, maxLength: 3 });
  const one = (operators: readonly string[], operands: fc.Arbitrary<unknown>) =>
    fc.tuple(fc.constantFrom(...operators), operands).map(([operator, each]) => ({ [operator]: each }));
  const conditional = (arm: fc.Arbitrary<unknown>) => fc.tuple(tie('truth'), arm, arm).map((each) => ({ if: each }));
  return {
    numeric: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(number, fc.constantFrom('a', 'b', 'c', 'd').map(v)),
      one(['+', '*', 'min', 'max'], many),
      one(['-', '/'], pair),
      one(['-'], fc.tuple(tie('numeric'))),
      conditional(tie('numeric')),
    ),
    truth: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(fc.boolean(), fc.constantFrom('p', 'q').map(v)),
      one(['>', '>=', '<', '<=', '==', '!='], pair),
      one(['and', 'or'], fc.array(tie('truth'), { minLength: 1, maxLength: 3 })),
      one(['!'], fc.tuple(tie('truth'))),
      fc.tuple(tie('numeric'), fc.array(number, { minLength: 1, maxLength: 4 })).map((each) => ({ in: each })),
      conditional(tie('truth')),
    ),
  };
});

describe('expressions', () => {
  it('agree with the three-valued table, whatever is unknown', () => {
    let unknowns = 0;
    fc.assert(
      fc.property(trees, (tree) => {
        const compiled = compileIn(logicOf(tree), { inputs });
        if (Array.isArray(compiled)) return; // past the budget of depth or parts
        const expected = kleene(tree);
        if (expected === null) unknowns++;
        expect(compiled.evaluate(frameOf({ inputs }))).toEqual(expected ?? UNKNOWN.STALE);
      }),
      { numRuns: 10_000 },
    );
    expect(unknowns).toBeGreaterThan(200);
  });

  it('agree with JSON-Logic wherever every input is known', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(truth, numeric), numbers, flags, (logic, some, others) => {
        const scene = { inputs: { ...some, ...others } };
        const compiled = compileIn(logic, scene);
        if (Array.isArray(compiled)) return; // past the budget, or constants that divide by zero
        const worth = compiled.evaluate(frameOf(scene));
        const theirs = jsonLogic.apply(logic, scene.inputs);
        // A division by zero is Infinity or NaN there and UNKNOWN here, and what follows from it differs.
        if (hasDivisionByZero(logic, scene.inputs)) return;
        compared++;
        expect(worth).toEqual(theirs === 0 ? expect.closeTo(0) : theirs);
      }),
      { numRuns: 10_000 },
    );
    expect(compared).toBeGreaterThan(2_000);
  });

  it('never decide on an input that is not known', () => {
    fc.assert(
      fc.property(truth, (logic) => {
        const scene = {
          inputs: { a: UNKNOWN.BAD, b: UNKNOWN.BAD, c: UNKNOWN.BAD, d: UNKNOWN.BAD, p: UNKNOWN.BAD, q: UNKNOWN.BAD },
        };
        const compiled = compileIn(logic, scene);
        if (Array.isArray(compiled) || !/"var"/.test(JSON.stringify(logic))) return;
        const worth = compiled.evaluate(frameOf(scene));
        // What is certain without any input stays certain with every value of them.
        if (typeof worth !== 'boolean') return;
        for (const value of [-50, 0, 7, 50]) {
          const known = { inputs: { a: value, b: -value, c: value, d: 1, p: value > 0, q: value === 7 } };
          const then = compiled.evaluate(frameOf(known));
          if (typeof then === 'boolean') expect(then).toBe(worth);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

/** Whether a division of the expression, taken or not, divides by zero. */
function hasDivisionByZero(logic: unknown, data: object): boolean {
  if (typeof logic !== 'object' || logic === null) return false;
  if ('/' in logic && !Number.isFinite(jsonLogic.apply(logic, data))) return true;
  return Object.values(logic).some((each) => hasDivisionByZero(each, data));
}
