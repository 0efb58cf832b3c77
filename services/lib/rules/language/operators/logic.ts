// and, or, !, if: three-valued. Any false decides `and`, any true decides `or`; only then does UNKNOWN count.

import {
  type Compiled,
  type Expression,
  earliest,
  type Operator,
  operandsOf,
  requireNoAge,
  requireType,
} from '../expression.ts';
import { isUnknown, type Operand, UNKNOWN } from '../operand.ts';

function junction(name: 'and' | 'or', decisive: boolean): Operator {
  return {
    name,
    compile(raw, path, compiler) {
      const operands = operandsOf(raw, path, compiler, { name, min: 1, max: Number.POSITIVE_INFINITY });
      if (operands === undefined) return undefined;
      if (!operands.every((each, i) => requireType(each, 'boolean', { path: [...path, i], name, compiler })))
        return undefined;
      const evaluators = operands.map((each) => each.evaluate);
      return {
        parts: operands,
        type: 'boolean',
        evaluate(frame) {
          let result: Operand = !decisive;
          for (const evaluate of evaluators) {
            const value = evaluate(frame);
            if (value === decisive) return decisive;
            if (typeof value !== 'boolean') result = isUnknown(value) ? value : UNKNOWN.TYPE;
          }
          return result;
        },
        wakesAt: earliest(operands),
        describe: (frame) => operands.map((each) => each.describe(frame)).join(` ${name} `),
        comparisons: operands.flatMap((each) => each.comparisons),
      };
    },
  };
}

export const and = junction('and', false);
export const or = junction('or', true);

export const not: Operator = {
  name: '!',
  compile(raw, path, compiler) {
    const [operand] = operandsOf(raw, path, compiler, { name: '!', min: 1, max: 1 }) ?? [];
    if (operand === undefined || !requireType(operand, 'boolean', { path, name: '!', compiler })) return undefined;
    return negation(operand);
  },
};

/** The opposite; UNKNOWN stays UNKNOWN. */
export function negation(operand: Expression): Compiled {
  return {
    parts: [operand],
    type: 'boolean',
    evaluate(frame) {
      const value = operand.evaluate(frame);
      return typeof value === 'boolean' ? !value : isUnknown(value) ? value : UNKNOWN.TYPE;
    },
    wakesAt: operand.wakesAt,
    describe: (frame) => `not (${operand.describe(frame)})`,
    comparisons: [],
  };
}

export const conditional: Operator = {
  name: 'if',
  compile(raw, path, compiler) {
    const operands = operandsOf(raw, path, compiler, { name: 'if', min: 3, max: 3 });
    const [test, then, otherwise] = operands ?? [];
    if (test === undefined || then === undefined || otherwise === undefined) return undefined;
    if (!requireType(test, 'boolean', { path: [...path, 0], name: 'if', compiler })) return undefined;
    const place = (i: number) => ({ path: [...path, i], name: 'if', compiler });
    if (!requireNoAge(then, place(1)) || !requireNoAge(otherwise, place(2))) return undefined;
    if (then.type !== otherwise.type && then.type !== 'any' && otherwise.type !== 'any') {
      return compiler.refuse(
        path,
        `both arms of 'if' must be of one type: these are a ${then.type} and a ${otherwise.type}`,
      );
    }
    return {
      parts: [test, then, otherwise],
      type: then.type === 'any' ? otherwise.type : then.type,
      evaluate(frame) {
        const value = test.evaluate(frame);
        if (typeof value !== 'boolean') return isUnknown(value) ? value : UNKNOWN.TYPE;
        return (value ? then : otherwise).evaluate(frame);
      },
      wakesAt: earliest([test, then, otherwise]),
      describe: (frame) => `if ${test.describe(frame)} then ${then.describe(frame)} else ${otherwise.describe(frame)}`,
      comparisons: [...test.comparisons, ...then.comparisons, ...otherwise.comparisons],
    };
  },
};

export const atLeast: Operator = {
  name: 'atLeast',
  compile(raw, path, compiler) {
    const [count, list] = Array.isArray(raw) ? raw : [];
    if (!Array.isArray(raw) || raw.length !== 2 || !Number.isInteger(count) || !Array.isArray(list)) {
      return compiler.refuse(path, "'atLeast' is written [n, [conditions]]");
    }
    const wanted = count as number;
    if (wanted < 1 || wanted > list.length) {
      return compiler.refuse(
        [...path, 0],
        `'atLeast' needs a number from 1 to ${list.length}, the number of its conditions`,
      );
    }
    const operands = operandsOf(list, [...path, 1], compiler, {
      name: 'atLeast',
      min: 1,
      max: Number.POSITIVE_INFINITY,
    });
    if (operands === undefined) return undefined;
    if (
      !operands.every((each, i) => requireType(each, 'boolean', { path: [...path, 1, i], name: 'atLeast', compiler }))
    )
      return undefined;
    return {
      parts: operands,
      type: 'boolean',
      evaluate(frame) {
        let holds = 0;
        let doubtful = 0;
        let doubt: Operand = UNKNOWN.TYPE;
        for (const each of operands) {
          const value = each.evaluate(frame);
          if (value === true) holds++;
          else if (value !== false) {
            doubtful++;
            if (isUnknown(value)) doubt = value;
          }
        }
        if (holds >= wanted) return true;
        return holds + doubtful < wanted ? false : doubt;
      },
      wakesAt: earliest(operands),
      describe: (frame) => `at least ${wanted} of (${operands.map((each) => each.describe(frame)).join(', ')})`,
      comparisons: operands.flatMap((each) => each.comparisons),
    };
  },
};
