// The contract between the compiler and the operators: what a compiled expression is, and what it may see.

import type { Priority } from '#domain/alarm.ts';
import type { Operand } from './operand.ts';

/** What an expression sees when it is evaluated. Filled by the engine, read by closures. */
export type Frame = {
  /** Event time of the evaluation, ms since the epoch. */
  readonly at: number;
  /** Value of each input, by its index. */
  readonly inputs: readonly Operand[];
  /** Event time of each input's newest sample; start of the rule where it had none. */
  readonly sampledAt: readonly number[];
  /** Value of each param, by its index. */
  readonly params: readonly Operand[];
  /** Whether the device of an input is online. */
  readonly online: (input: number) => Operand;
  /** A named plant state of the instance's area. */
  readonly plantState: (name: string) => Operand;
  /** Whether an alarm of the rule is active in the instance's area. */
  readonly alarm: (rule: string) => boolean;
  /** What each `for` is worth, by its index; filled before the expression is evaluated. */
  readonly timers: readonly Operand[];
  /** When each `for` that gathers evidence will have enough of it; Infinity where it gathers none. */
  readonly timersEndAt: readonly number[];
  /** Event time of each input's newest sample that counts, or of its device going silent; start of the rule where none. */
  readonly knownAt: readonly number[];
  /** From which age on each input is STALE, ms. */
  readonly maxAgeMs: readonly number[];
  /** How each input moves with time alone, per second: only the time spent in a state does. */
  readonly trends: readonly (-1 | 0 | 1)[];
  /** Whether the alarm was raised by another one (a failed command, an action), and why. */
  readonly isRaised: boolean;
  readonly raisedBecause: string;
  /** How urgent the reason is, where the alarm has a level for each priority. */
  readonly raisedAs: Priority | null;
};

/** `any`: not known before run time. */
export type StaticType = 'number' | 'boolean' | 'text' | 'any';

export type Expression = {
  /** Operator, `constant`, or `clear` for a limit that a deadband made; with `path`, what coverage and explain call it. */
  readonly name: string;
  readonly path: Path;
  /** Operands that are expressions themselves, in the order they were written. */
  readonly parts: readonly Expression[];
  readonly type: StaticType;
  readonly evaluate: (frame: Frame) => Operand;
  /** Earliest moment after `frame.at` at which the value can change without a new sample; Infinity where none. */
  readonly wakesAt: (frame: Frame) => number;
  /** The same expression in words of the plant, with the values of a moment: `temperature 95 > 80`. */
  readonly describe: (frame: Frame) => string;
  /** Comparisons inside, outermost first; the sentence of an alarm is made of those that hold. */
  readonly comparisons: readonly Expression[];
  /** Value where it never changes. */
  readonly constant?: Operand;
  /** Index of the input whose age in seconds this is. */
  readonly ageOf?: number;
  /** Index of the input whose value this is. */
  readonly inputOf?: number;
  /** The other rule whose alarm this reads. */
  readonly alarmOf?: string;
  /** Index of the param whose value this is. */
  readonly paramOf?: number;
  /** The plant state that it is. */
  readonly stateOf?: string;
};

/** What an operator makes; the compiler adds its name and place. */
export type Compiled = Omit<Expression, 'name' | 'path'>;

/** Evidence that a `for` gathers: time for which its operand has been known to hold. */
export type TimerSpec = { readonly operand: Expression; readonly ms: number };

export type Path = readonly (string | number)[];

/** What an input is in sentences, and its type where that is seen at load. */
export type InputWords = { readonly metric: string; readonly unit: string | undefined; readonly type?: StaticType };

/** What an operator asks of the compiler. Every refusal is collected with its place; compiling goes on. */
export type Compiler = {
  /** Compiles an operand; undefined where it was refused. */
  readonly operand: (raw: unknown, path: Path) => Expression | undefined;
  readonly refuse: (path: Path, message: string) => undefined;
  /** Index of a declared input; refused with a suggestion where there is none. */
  readonly input: (name: unknown, path: Path) => number | undefined;
  readonly param: (name: unknown, path: Path) => number | undefined;
  readonly paramValue: (param: number) => Operand | undefined;
  readonly inputNames: readonly string[];
  /** Index of a new evidence timer. Those of its operand are registered before it. */
  readonly timer: (spec: TimerSpec) => number;
  /** What an input's value is called in sentences: its metric and unit. */
  readonly inputWords: (input: number) => InputWords;
};

/** One operator of the language: `{"<name>": raw}`. `path` is the place of `raw`. */
export type Operator = {
  readonly name: string;
  readonly compile: (raw: unknown, path: Path, compiler: Compiler) => Compiled | undefined;
};

/** The expression and everything inside it, outermost first. */
export function* walk(expression: Expression): Iterable<Expression> {
  yield expression;
  for (const part of expression.parts) yield* walk(part);
}

export const NEVER = Number.POSITIVE_INFINITY;

export function earliest(expressions: readonly Expression[]): (frame: Frame) => number {
  const wakers = expressions.filter((each) => each.constant === undefined).map((each) => each.wakesAt);
  if (wakers.length === 0) return () => NEVER;
  return (frame) => {
    let at = NEVER;
    for (const wakesAt of wakers) at = Math.min(at, wakesAt(frame));
    return at;
  };
}

export function constantOf(value: number | boolean | string): Compiled {
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return {
    parts: [],
    type: typeOf(value),
    evaluate: () => value,
    wakesAt: () => NEVER,
    describe: () => text,
    comparisons: [],
    constant: value,
  };
}

/** The operands of a list, between `min` and `max` of them; undefined where any was refused. */
export function operandsOf(
  raw: unknown,
  path: Path,
  compiler: Compiler,
  { min, max, name }: { readonly min: number; readonly max: number; readonly name: string },
): Expression[] | undefined {
  const list = Array.isArray(raw) ? raw : [raw];
  if (list.length < min || list.length > max) {
    const wanted = min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
    return compiler.refuse(path, `'${name}' takes ${wanted} operand${wanted === '1' ? '' : 's'}, not ${list.length}`);
  }
  const operands = list.map((each, i) => compiler.operand(each, Array.isArray(raw) ? [...path, i] : path));
  return operands.includes(undefined) ? undefined : (operands as Expression[]);
}

/**
 * Refuses an age: what is made of it would change with time alone, and only a comparison with a limit knows when.
 */
export function requireNoAge(
  operand: Expression,
  { path, name, compiler }: { readonly path: Path; readonly name: string; readonly compiler: Compiler },
): boolean {
  if (operand.ageOf === undefined) return true;
  compiler.refuse(path, `'${name}' cannot take an age; compare the age itself with a limit by >, >=, <, <= or between`);
  return false;
}

/** The type of a value; `any` where it is unknown. */
export function typeOf(value: Operand | undefined): StaticType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? 'text' : 'any';
}

/** Refuses an operand whose type can be seen to be another. */
export function requireType(
  operand: Expression,
  wanted: Exclude<StaticType, 'any'>,
  { path, name, compiler }: { readonly path: Path; readonly name: string; readonly compiler: Compiler },
): boolean {
  if (operand.type === 'any' || operand.type === wanted) return true;
  compiler.refuse(path, `'${name}' needs a ${wanted} here, and this is a ${operand.type}`);
  return false;
}
