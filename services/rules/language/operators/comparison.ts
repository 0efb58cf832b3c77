// > >= < <= == != between in: any UNKNOWN operand gives UNKNOWN, and so do operands of different types at run time.
// == and != are strict. A comparison with an age wakes by itself at the moment the age passes its limit.

import type { Compiler } from '../expression.ts';
import {
  type Expression,
  earliest,
  type Frame,
  NEVER,
  type Operator,
  operandsOf,
  type Path,
  requireType,
} from '../expression.ts';
import { isUnknown, type Operand, UNKNOWN } from '../operand.ts';

export type Ordering = '>' | '>=' | '<' | '<=';

const ORDERINGS: { readonly [name in Ordering]: (a: number, b: number) => boolean } = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

/** The comparison of two numbers, for rules and for the limits that a deadband derives. */
export function comparison(name: Ordering, a: Expression, b: Expression): Expression {
  const test = ORDERINGS[name];
  const self: Expression = {
    type: 'boolean',
    evaluate(frame) {
      const x = a.evaluate(frame);
      const y = b.evaluate(frame);
      if (typeof x === 'number' && typeof y === 'number') return test(x, y);
      return firstUnknown(x, y);
    },
    wakesAt: ageWake(a, b),
    describe: (frame) => `${a.describe(frame)} ${name} ${b.describe(frame)}`,
    get comparisons() {
      return [self];
    },
  };
  return self;
}

function firstUnknown(x: Operand, y: Operand): Operand {
  return isUnknown(x) ? x : isUnknown(y) ? y : UNKNOWN.TYPE;
}

/** An age grows by itself: the comparison must be looked at again when it reaches the other side, and just after. */
function ageWake(a: Expression, b: Expression): (frame: Frame) => number {
  const [age, limit] = a.ageOf === undefined ? [b, a] : [a, b];
  const input = age.ageOf;
  if (input === undefined) return earliest([a, b]);
  return (frame) => {
    const seconds = limit.evaluate(frame);
    if (typeof seconds !== 'number') return NEVER;
    const reachedAt = (frame.sampledAt[input] ?? frame.at) + Math.ceil(seconds * 1_000);
    if (reachedAt > frame.at) return reachedAt;
    return reachedAt === frame.at ? reachedAt + 1 : NEVER;
  };
}

function ordering(name: Ordering): Operator {
  return {
    name,
    compile(raw, path, compiler) {
      const [a, b] = operandsOf(raw, path, compiler, { name, min: 2, max: 2 }) ?? [];
      if (a === undefined || b === undefined) return undefined;
      const isNumber = (each: Expression, i: number) =>
        requireType(each, 'number', { path: [...path, i], name, compiler });
      if (!isNumber(a, 0) || !isNumber(b, 1)) return undefined;
      return comparison(name, a, b);
    },
  };
}

export const greater = ordering('>');
export const greaterOrEqual = ordering('>=');
export const less = ordering('<');
export const lessOrEqual = ordering('<=');

function equality(name: '==' | '!=', wanted: boolean): Operator {
  return {
    name,
    compile(raw, path, compiler) {
      const [a, b] = operandsOf(raw, path, compiler, { name, min: 2, max: 2 }) ?? [];
      if (a === undefined || b === undefined) return undefined;
      if (isDifferent(a, b, path, compiler)) return undefined;
      const self: Expression = {
        type: 'boolean',
        evaluate(frame) {
          const x = a.evaluate(frame);
          const y = b.evaluate(frame);
          if (typeof x !== typeof y || isUnknown(x)) return firstUnknown(x, y);
          return (x === y) === wanted;
        },
        wakesAt: earliest([a, b]),
        describe: (frame) => `${a.describe(frame)} ${name} ${b.describe(frame)}`,
        get comparisons() {
          return [self];
        },
      };
      return self;
    },
  };
}

function isDifferent(a: Expression, b: Expression, path: Path, compiler: Compiler): boolean {
  if (a.type === b.type || a.type === 'any' || b.type === 'any') return false;
  compiler.refuse(path, `a ${a.type} is compared with a ${b.type}: that is never true`);
  return true;
}

export const equal = equality('==', true);
export const notEqual = equality('!=', false);

export const between: Operator = {
  name: 'between',
  compile(raw, path, compiler) {
    const [value, low, high] = operandsOf(raw, path, compiler, { name: 'between', min: 3, max: 3 }) ?? [];
    if (value === undefined || low === undefined || high === undefined) return undefined;
    const all = [value, low, high];
    if (!all.every((each, i) => requireType(each, 'number', { path: [...path, i], name: 'between', compiler })))
      return undefined;
    const self: Expression = {
      type: 'boolean',
      evaluate(frame) {
        const x = value.evaluate(frame);
        const from = low.evaluate(frame);
        const to = high.evaluate(frame);
        if (typeof x === 'number' && typeof from === 'number' && typeof to === 'number') return x >= from && x <= to;
        return isUnknown(x) ? x : firstUnknown(from, to);
      },
      wakesAt: earliest(all),
      describe: (frame) => `${value.describe(frame)} between ${low.describe(frame)} and ${high.describe(frame)}`,
      get comparisons() {
        return [self];
      },
    };
    return self;
  },
};

export const memberOf: Operator = {
  name: 'in',
  compile(raw, path, compiler) {
    if (!Array.isArray(raw) || raw.length !== 2 || !Array.isArray(raw[1])) {
      return compiler.refuse(path, "'in' is written [value, [constants]]");
    }
    const value = compiler.operand(raw[0], [...path, 0]);
    const list = (raw[1] as unknown[]).filter((each) => ['number', 'boolean', 'string'].includes(typeof each));
    if (list.length !== raw[1].length || list.length === 0) {
      return compiler.refuse([...path, 1], "the list of 'in' holds numbers, booleans or texts, and at least one");
    }
    if (value === undefined) return undefined;
    const set = new Set(list);
    const types = new Set(list.map((each) => typeof each));
    const self: Expression = {
      type: 'boolean',
      evaluate(frame) {
        const x = value.evaluate(frame);
        if (isUnknown(x)) return x;
        return set.has(x) || (types.has(typeof x) ? false : UNKNOWN.TYPE);
      },
      wakesAt: value.wakesAt,
      describe: (frame) => `${value.describe(frame)} in [${list.join(', ')}]`,
      get comparisons() {
        return [self];
      },
    };
    return self;
  },
};
