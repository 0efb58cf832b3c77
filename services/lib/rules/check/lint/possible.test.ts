// What is called impossible must never happen: random expressions, evaluated as the engine does, against what was said of
// them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf } from '#runtime/plant-files.ts';
import { compileRule } from '../../language/compile-rule.ts';
import type { Frame } from '../../language/expression.ts';
import { ruleSchema } from '../../language/rule-schema.ts';
import { factsOf, indexMetrics } from './metric-facts.ts';
import { possibleOf } from './possible.ts';

const RANGES = { a: [-5, 5], b: [0, 10], c: [-20, -10] } as const;
const model = modelOf({
  model: 'm',
  metrics: Object.fromEntries(
    Object.entries(RANGES).map(([name, [min, max]]) => [name, { type: 'number' as const, min, max }]),
  ),
});
const index = indexMetrics(new Map([['m', model]]));

const limit = fc
  .tuple(fc.constantFrom('>', '>=', '<', '<=', '==', '!='), fc.integer({ min: -5, max: 5 }), fc.boolean())
  .map(([name, number, isMirrored]) => ({ [name]: isMirrored ? [number, { var: 'a' }] : [{ var: 'a' }, number] }));

const operand = fc.letrec((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -12, max: 12 }),
    fc.constantFrom('a', 'b', 'c').map((name) => ({ var: name })),
    fc.constant({ param: 'limit' }),
    fc
      .tuple(fc.constantFrom('+', '*', 'min', 'max'), fc.array(tie('number'), { minLength: 1, maxLength: 3 }))
      .map(([name, list]) => ({ [name]: list })),
    fc.tuple(fc.constantFrom('-', '/'), tie('number'), tie('number')).map(([name, a, b]) => ({ [name]: [a, b] })),
    tie('number').map((each) => ({ abs: [each] })),
    fc.tuple(tie('truth'), tie('number'), tie('number')).map((list) => ({ if: list })),
  ),
  truth: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(fc.constantFrom('>', '>=', '<', '<=', '==', '!='), tie('number'), tie('number'))
      .map(([name, a, b]) => ({ [name]: [a, b] })),
    fc.tuple(tie('number'), tie('number'), tie('number')).map((list) => ({ between: list })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('truth'), { minLength: 1, maxLength: 3 }))
      .map(([name, list]) => ({ [name]: list })),
    fc
      .tuple(fc.integer({ min: 1, max: 2 }), fc.array(tie('truth'), { minLength: 2, maxLength: 3 }))
      .map((list) => ({ atLeast: list })),
    tie('truth').map((each) => ({ '!': [each] })),
    // Of one input, in the limits that it has: the ground of what and / or exclude together.
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(limit, { minLength: 2, maxLength: 3 }))
      .map(([name, list]) => ({ [name]: list })),
  ),
}));

const values = fc.record(
  Object.fromEntries(
    Object.entries(RANGES).map(([name, [min, max]]) => [
      name,
      fc.oneof(fc.double({ min, max, noNaN: true }), fc.integer({ min, max })),
    ]),
  ) as Record<keyof typeof RANGES, fc.Arbitrary<number>>,
);

function ruleOf(condition: unknown) {
  const inputs = { a: 'a', b: 'b', c: 'c' };
  const file = ruleSchema.parse({
    id: 'r',
    scope: { model: 'm' },
    inputs,
    params: { limit: { default: 3 } },
    condition,
  });
  const rule = compileRule(file);
  return Array.isArray(rule) ? undefined : { rule, facts: factsOf(file, index) };
}

const frameOf = (inputs: readonly number[]): Frame => ({
  ...{ at: 0, inputs, sampledAt: [0, 0, 0], knownAt: [0, 0, 0], maxAgeMs: [0, 0, 0], trends: [0, 0, 0], params: [3] },
  ...{ online: () => true, plantState: () => true, alarm: () => false },
  ...{ timers: [], timersEndAt: [], isRaised: false, raisedBecause: '', raisedAs: null },
});

describe('possibleOf()', () => {
  it('never calls impossible what then happens', () => {
    let decided = 0;
    fc.assert(
      fc.property(operand.truth, fc.array(values, { minLength: 1, maxLength: 5 }), (condition, moments) => {
        const made = ruleOf(condition);
        const level = made?.rule.levels[0];
        if (made === undefined || level === undefined) return; // too deep, or of numbers that are none
        const { canBeTrue, canBeFalse } = possibleOf(level.condition, made.rule, made.facts);
        if (canBeTrue !== canBeFalse) decided++;
        expect(canBeTrue || canBeFalse).toBe(true);
        for (const { a, b, c } of moments) {
          const value = level.condition.evaluate(frameOf([a, b, c]));
          if (value === true) expect(canBeTrue, JSON.stringify(condition)).toBe(true);
          if (value === false) expect(canBeFalse, JSON.stringify(condition)).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
    // Else it would hold by never saying anything.
    expect(decided).toBeGreaterThan(1_000);
  });
});
