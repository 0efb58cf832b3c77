// > >= < <= == != between in: any UNKNOWN operand gives UNKNOWN, and so do operands of different types at run time.
// == and != are strict. A comparison with an age wakes by itself at the moment the age passes its limit.

import {
  type Compiled,
  type Compiler,
  type Expression,
  earliest,
  type Frame,
  NEVER,
  type Operator,
  operandsOf,
  type Path,
  requireNoAge,
  requireType,
  typeOf,
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
export function comparison(name: Ordering, a: Expression, b: Expression): Compiled {
  const self: Compiled = {
    parts: [a, b],
    type: 'boolean',
    evaluate: ofInputAndLimit(name, a, b) ?? ofAny(name, a, b),
    wakesAt: ageWake(a, b),
    describe: (frame) => `${a.describe(frame)} ${name} ${b.describe(frame)}`,
    get comparisons() {
      return [self as Expression];
    },
  };
  return self;
}

function ofAny(name: Ordering, { evaluate: left }: Expression, { evaluate: right }: Expression): Compiled['evaluate'] {
  const test = ORDERINGS[name];
  return (frame) => {
    const x = left(frame);
    const y = right(frame);
    return typeof x === 'number' && typeof y === 'number' ? test(x, y) : firstUnknown(x, y);
  };
}

/** What most rules ask for every sample: it reads the input itself, two closures less that lie anywhere in memory. */
function ofInputAndLimit(
  name: Ordering,
  { inputOf }: Expression,
  { constant }: Expression,
): Compiled['evaluate'] | undefined {
  if (inputOf === undefined || typeof constant !== 'number') return undefined;
  const test = ORDERINGS[name];
  return ({ inputs }) => {
    const value = inputs[inputOf] ?? UNKNOWN.NEVER;
    return typeof value === 'number' ? test(value, constant) : firstUnknown(value, constant);
  };
}

function firstUnknown(x: Operand, y: Operand): Operand {
  return isUnknown(x) ? x : isUnknown(y) ? y : UNKNOWN.TYPE;
}

/** What moves by itself must be looked at again when it reaches the other side, and just after. */
function ageWake(a: Expression, b: Expression): (frame: Frame) => number {
  // Two ages grow alike: only a sample can change which is the greater.
  if (a.ageOf !== undefined && b.ageOf !== undefined) return () => NEVER;
  const isFirst = a.ageOf !== undefined || (b.ageOf === undefined && a.inputOf !== undefined);
  const [mover, limit] = isFirst ? [a, b] : [b, a];
  if (mover.ageOf === undefined && mover.inputOf === undefined) return earliest([a, b]);
  return (frame) => {
    const movesAt = limit.wakesAt(frame);
    const reachedAt = reachAt(mover, limit.evaluate(frame), frame);
    if (reachedAt > frame.at) return Math.min(reachedAt, movesAt);
    return reachedAt === frame.at ? Math.min(reachedAt + 1, movesAt) : movesAt;
  };
}

/** When an age, or the time spent in a state, is as much as the limit; NaN where it never is. */
function reachAt({ ageOf, inputOf, evaluate }: Expression, limit: Operand, frame: Frame): number {
  if (typeof limit !== 'number') return Number.NaN;
  if (ageOf !== undefined) return (frame.sampledAt[ageOf] ?? frame.at) + Math.ceil(limit * 1_000);
  const trend = frame.trends[inputOf ?? 0] ?? 0;
  const value = evaluate(frame);
  if (trend === 0 || typeof value !== 'number') return Number.NaN;
  return frame.at + Math.ceil(((limit - value) / trend) * 1_000);
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
      const place = (i: number) => ({ path: [...path, i], name, compiler });
      if (!requireNoAge(a, place(0)) || !requireNoAge(b, place(1))) return undefined;
      const self: Compiled = {
        parts: [a, b],
        type: 'boolean',
        evaluate(frame) {
          const x = a.evaluate(frame);
          const y = b.evaluate(frame);
          if (typeof x !== typeof y || isUnknown(x)) return firstUnknown(x, y);
          return (x === y) === wanted;
        },
        wakesAt: earliest([a, b]),
        // `online == false` reads as what is the case: the device is offline.
        describe: (frame) =>
          a.type === 'boolean' && typeof b.constant === 'boolean'
            ? a.describe(frame)
            : `${a.describe(frame)} ${name} ${b.describe(frame)}`,
        get comparisons() {
          return [self as Expression];
        },
      };
      return self;
    },
  };
}

function isDifferent(a: Expression, b: Expression, path: Path, compiler: Compiler): boolean {
  if (a.type === b.type || a.type === 'any' || b.type === 'any') return false;
  compiler.refuse(path, `a ${a.type} is compared with a ${b.type}: that tells nothing`);
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
    const place = (i: number) => ({ path: [...path, i], name: 'between', compiler });
    if (!all.every((each, i) => requireType(each, 'number', place(i)))) return undefined;
    if (!requireNoAge(low, place(1)) || !requireNoAge(high, place(2))) return undefined;
    const [wakesLow, wakesHigh] = [ageWake(value, low), ageWake(value, high)];
    const self: Compiled = {
      parts: all,
      type: 'boolean',
      evaluate(frame) {
        const x = value.evaluate(frame);
        const from = low.evaluate(frame);
        const to = high.evaluate(frame);
        if (typeof x === 'number' && typeof from === 'number' && typeof to === 'number') return x >= from && x <= to;
        return isUnknown(x) ? x : firstUnknown(from, to);
      },
      wakesAt: (frame) => Math.min(wakesLow(frame), wakesHigh(frame)),
      describe: (frame) => `${value.describe(frame)} between ${low.describe(frame)} and ${high.describe(frame)}`,
      get comparisons() {
        return [self as Expression];
      },
    };
    return self;
  },
};

/** As many as an expression may have parts. */
const LIST_MAX = 64;

export const memberOf: Operator = {
  name: 'in',
  compile(raw, path, compiler) {
    if (!Array.isArray(raw) || raw.length !== 2 || !Array.isArray(raw[1])) {
      return compiler.refuse(path, "'in' is written [value, [constants]]");
    }
    const value = compiler.operand(raw[0], [...path, 0]);
    const list = (raw[1] as unknown[]).filter((each) => ['number', 'boolean', 'string'].includes(typeof each));
    if (list.length !== raw[1].length || list.length === 0 || list.length > LIST_MAX) {
      return compiler.refuse([...path, 1], `the list of 'in' holds 1 to ${LIST_MAX} numbers, booleans or texts`);
    }
    if (value === undefined || !requireNoAge(value, { path: [...path, 0], name: 'in', compiler })) return undefined;
    if (value.type !== 'any' && !list.some((each) => typeOf(each as Operand) === value.type)) {
      return compiler.refuse([...path, 1], `the list of 'in' holds no ${value.type}, and the value is one`);
    }
    const set = new Set(list);
    const types = new Set(list.map((each) => typeof each));
    const self: Compiled = {
      parts: [value],
      type: 'boolean',
      evaluate(frame) {
        const x = value.evaluate(frame);
        if (isUnknown(x)) return x;
        return set.has(x) || (types.has(typeof x) ? false : UNKNOWN.TYPE);
      },
      wakesAt: value.wakesAt,
      describe: (frame) => `${value.describe(frame)} in [${list.join(', ')}]`,
      get comparisons() {
        return [self as Expression];
      },
    };
    return self;
  },
};
