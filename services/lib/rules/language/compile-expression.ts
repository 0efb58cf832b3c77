// JSON-Logic to closures, once, at load; nothing is interpreted per sample. Everything wrong is collected with its place.

import { didYouMean } from '#runtime/json-file.ts';
import {
  type Compiled,
  type Compiler,
  constantOf,
  type Expression,
  type InputWords,
  type Path,
  type TimerSpec,
} from './expression.ts';
import type { Operand } from './operand.ts';
import { OPERATORS } from './operators/operators.ts';

/** Enough for any rule a person can judge; an expression from elsewhere can be no bomb. */
const NODES_MAX = 64;
const DEPTH_MAX = 8;

/** What is wrong, where, and which rule of the language says so (R001 … R017), where one does. */
export type ExpressionProblem = { readonly path: Path; readonly message: string; readonly code?: string };

/** Told of what every condition inside an expression is worth while it is evaluated: for coverage. */
export type Watch = (path: Path, operand: Operand) => void;

export type Names = {
  readonly inputs: readonly string[];
  readonly params: readonly string[];
  /** Value of each param: its type is seen at load. */
  readonly paramValues: readonly Operand[];
  /** Metric and unit of each input, for sentences. */
  readonly words: readonly InputWords[];
  /** Evidence timers of the rule, in the order in which they must be brought up to date. */
  readonly timers: TimerSpec[];
  readonly watch?: Watch | undefined;
};

/** The compiled expression; undefined where `problems` got an entry. */
export function compileExpression(
  raw: unknown,
  path: Path,
  names: Names,
  problems: ExpressionProblem[],
): Expression | undefined {
  let nodes = 0;
  let depth = 0;
  const refuse = (at: Path, message: string, code?: string): undefined => {
    problems.push({ path: at, message, ...(code === undefined ? {} : { code }) });
    return undefined;
  };
  const placed = (name: string, at: Path, compiled: Compiled): Expression => {
    const expression = Object.assign(compiled as Expression, { name, path: at });
    return names.watch === undefined ? expression : watched(expression, names.watch);
  };
  const lookUp = (list: readonly string[], kind: string, hint: string) => (name: unknown, at: Path) => {
    const index = typeof name === 'string' ? list.indexOf(name) : -1;
    if (index !== -1) return index;
    if (typeof name !== 'string') return refuse(at, `the name of an ${kind} is a text`);
    return refuse(at, `there is no ${kind} '${name}'${didYouMean(name, list) || hint}`, 'R001');
  };
  const listed = (list: readonly string[], kind: string) =>
    list.length === 0 ? `; the rule declares no ${kind}s` : `; there are ${list.join(', ')}`;
  const compiler: Compiler = {
    refuse,
    inputNames: names.inputs,
    inputWords: (index) => names.words[index] ?? { metric: names.inputs[index] ?? '', unit: undefined },
    input: lookUp(names.inputs, 'input', listed(names.inputs, 'input')),
    param: lookUp(names.params, 'param', listed(names.params, 'param')),
    paramValue: (index) => names.paramValues[index],
    timer: (spec) => names.timers.push(spec) - 1,
    operand(value, at) {
      if (++nodes === NODES_MAX + 1) return refuse(path, `an expression has at most ${NODES_MAX} parts`);
      if (nodes > NODES_MAX) return undefined;
      if (typeof value === 'number' && !Number.isFinite(value)) return refuse(at, 'a number is too large to be one');
      if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
        return placed('constant', at, constantOf(value));
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        return refuse(
          at,
          `${JSON.stringify(value)?.slice(0, 60)} is no operand: write a number, a boolean, a text or {"operator": …}`,
        );
      }
      const keys = Object.keys(value);
      const [name = ''] = keys;
      if (keys.length !== 1) return refuse(at, `an operation has exactly one operator, not ${keys.length}`);
      const operator = OPERATORS.get(name);
      if (operator === undefined) {
        const hint = didYouMean(name, [...OPERATORS.keys()]) || `; there are ${[...OPERATORS.keys()].join(', ')}`;
        return refuse([...at, name], `there is no operator '${name}'${hint}`);
      }
      if (depth >= DEPTH_MAX) return refuse(at, `an expression nests at most ${DEPTH_MAX} deep`);
      depth++;
      const compiled = operator.compile((value as Record<string, unknown>)[name], [...at, name], compiler);
      depth--;
      return compiled === undefined ? undefined : placed(name, at, compiled);
    },
  };
  return compiler.operand(raw, path);
}

/** The same expression, telling what it is worth. Its parents have not read it yet: they are compiled after it. */
function watched(expression: Expression, watch: Watch): Expression {
  const { evaluate, path } = expression;
  return Object.assign(expression, {
    evaluate: (frame: Parameters<typeof evaluate>[0]) => {
      const value = evaluate(frame);
      watch(path, value);
      return value;
    },
  });
}
