// Expressions by themselves, for tests of the language: inputs and params by name, and a frame to evaluate in.

import { compileExpression, type ExpressionProblem } from '../language/compile-expression.ts';
import type { Expression, Frame } from '../language/expression.ts';
import { type Operand, UNKNOWN } from '../language/operand.ts';

export type Scene = {
  readonly inputs?: { readonly [name: string]: Operand };
  readonly params?: { readonly [name: string]: Operand };
  readonly ages?: { readonly [name: string]: number };
  readonly online?: { readonly [name: string]: boolean };
  readonly states?: { readonly [name: string]: Operand };
  /** Ids of rules whose alarm is active. */
  readonly alarms?: readonly string[];
};

const AT = 1_700_000_000_000;

export function frameOf({ inputs = {}, params = {}, ages = {}, online = {}, states = {}, alarms = [] }: Scene): Frame {
  const names = Object.keys(inputs);
  return {
    at: AT,
    inputs: Object.values(inputs),
    sampledAt: names.map((name) => AT - (ages[name] ?? 0) * 1_000),
    params: Object.values(params),
    online: (input) => online[names[input] ?? ''] ?? UNKNOWN.STATE,
    plantState: (name) => states[name] ?? UNKNOWN.STATE,
    alarm: (rule) => alarms.includes(rule),
    timers: [],
    timersEndAt: [],
    knownAt: names.map((name) => AT - (ages[name] ?? 0) * 1_000),
    maxAgeMs: names.map(() => 60_000),
    trends: [],
    isRaised: false,
    raisedBecause: '',
    raisedAs: null,
  };
}

/** The compiled expression, or what is wrong with it. */
export function compileIn(raw: unknown, { inputs = {}, params = {} }: Scene): Expression | ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const names = {
    inputs: Object.keys(inputs),
    params: Object.keys(params),
    paramValues: Object.values(params),
    words: Object.keys(inputs).map((name) => ({ metric: name, unit: undefined })),
    timers: [],
  };
  return compileExpression(raw, ['condition'], names, problems) ?? problems;
}

/** @throws Error where the expression does not compile */
export function evaluateIn(raw: unknown, scene: Scene): Operand {
  const compiled = compileIn(raw, scene);
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
  return compiled.evaluate(frameOf(scene));
}

/** `place: message` of everything that is wrong. */
export function problemsIn(raw: unknown, scene: Scene = {}): string[] {
  const compiled = compileIn(raw, scene);
  return Array.isArray(compiled) ? compiled.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}
