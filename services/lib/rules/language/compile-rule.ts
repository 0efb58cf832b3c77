// A checked rule file to the form the engine runs: durations in ms, expressions as closures, the clear condition derived.

import { createHash } from 'node:crypto';
import type { Priority, Rationalisation } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { compileExpression, type ExpressionProblem, type Names } from './compile-expression.ts';
import type { Expression } from './expression.ts';
import type { Operand } from './operand.ts';
import { comparison, type Ordering } from './operators/comparison.ts';
import { negation } from './operators/logic.ts';
import type { CommandAction, InputSpec, RuleFile, SelectSpec } from './rule-schema.ts';

export type CompiledInput = {
  readonly name: string;
  readonly metric: string;
  readonly select: SelectSpec | undefined;
  readonly unit: string | undefined;
  /** undefined: three expected intervals of the metric's model, 60 s where no model says. */
  readonly maxAgeMs: number | undefined;
  /** Held while the device is online, however old. */
  readonly isOnChange: boolean;
};

export type CompiledAction = Omit<CommandAction, 'permitWhen' | 'expiresAfter' | 'ack'> & {
  readonly permitWhen: Expression | undefined;
  readonly expiresAfterMs: number;
  readonly acceptMs: number;
  readonly completeMs: number;
  readonly retries: number;
};

export type CompiledRule = {
  /** The file it was made of. */
  readonly source: RuleFile;
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the canonical rule, `sha256:` and 12 hex digits. */
  readonly rev: string;
  readonly isShadow: boolean;
  readonly scope: RuleFile['scope'];
  readonly groupBy: readonly string[];
  readonly inputs: readonly CompiledInput[];
  readonly params: readonly { readonly name: string; readonly value: Operand }[];
  readonly condition: Expression;
  readonly clearCondition: Expression;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  readonly priority: Priority;
  readonly ackRequired: boolean;
  readonly latching: boolean;
  readonly rationalisation: Rationalisation | undefined;
  readonly labels: { readonly [name: string]: string };
  readonly summary: string | undefined;
  readonly actions: readonly CompiledAction[];
};

const ms = (text: string): number => parseDuration(text) ?? 0;

/** The compiled rule, or everything that is wrong with it. */
export function compileRule(file: RuleFile): CompiledRule | ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const names: Names = {
    inputs: Object.keys(file.inputs),
    params: Object.keys(file.params),
    paramValues: Object.values(file.params).map((param) => param.default),
    words: Object.values(file.inputs).map(({ metric, unit }) => ({ metric, unit })),
  };
  const compile = (raw: unknown, path: (string | number)[]) => compileExpression(raw, path, names, problems);
  const compileTruth = (raw: unknown, path: (string | number)[]) => {
    const truth = compile(raw, path);
    if (truth === undefined || truth.type === 'boolean' || truth.type === 'any') return truth;
    problems.push({ path, message: `a condition is true or false, and this is a ${truth.type}` });
    return undefined;
  };
  const condition = compileTruth(file.condition, ['condition']);
  const clearCondition = compileClear(file, { condition, compile, compileTruth, problems });
  const actions = file.actions.map((action, i) => ({
    ...action,
    permitWhen:
      action.permitWhen === undefined ? undefined : compileTruth(action.permitWhen, ['actions', i, 'permitWhen']),
    expiresAfterMs: ms(action.expiresAfter),
    acceptMs: ms(action.ack.accept),
    completeMs: ms(action.ack.complete),
    retries: action.ack.retries,
  }));
  for (const text of Object.keys(file.annotations)) checkTemplate(file, text, names, problems);
  if (problems.length > 0 || condition === undefined || clearCondition === undefined) return problems;
  return {
    source: file,
    id: file.id,
    name: file.name ?? file.id,
    rev: `sha256:${createHash('sha256').update(canonicalJson(file)).digest('hex').slice(0, 12)}`,
    isShadow: file.mode === 'shadow',
    scope: file.scope,
    groupBy: file.groupBy,
    inputs: Object.entries(file.inputs).map(([name, spec]) => compileInput(name, spec)),
    params: Object.entries(file.params).map(([name, { default: value }]) => ({ name, value })),
    condition,
    clearCondition,
    onDelayMs: ms(file.onDelay),
    offDelayMs: ms(file.offDelay),
    priority: file.priority,
    ackRequired: file.ackRequired,
    latching: file.latching,
    rationalisation: file.rationalisation,
    labels: file.labels,
    summary: file.annotations.summary,
    actions,
  };
}

function compileInput(name: string, spec: InputSpec): CompiledInput {
  return {
    name,
    metric: spec.metric,
    select: spec.select,
    unit: spec.unit,
    maxAgeMs: spec.maxAge === undefined ? undefined : ms(spec.maxAge),
    isOnChange: spec.sampling === 'onChange',
  };
}

type Compile = (raw: unknown, path: (string | number)[]) => Expression | undefined;

type ClearParts = {
  readonly condition: Expression | undefined;
  readonly compile: Compile;
  /** Refuses what can never be true or false. */
  readonly compileTruth: Compile;
  readonly problems: ExpressionProblem[];
};

function compileClear(file: RuleFile, parts: ClearParts): Expression | undefined {
  const { condition, compileTruth, problems } = parts;
  if (file.clearCondition !== undefined) {
    if (file.deadband !== undefined) {
      problems.push({ path: ['deadband'], message: 'deadband and clearCondition say the same thing twice; keep one' });
    }
    return compileTruth(file.clearCondition, ['clearCondition']);
  }
  if (condition === undefined) return undefined;
  return file.deadband === undefined ? negation(condition) : deadbandClear(file, file.deadband, parts);
}

const MIRRORED: { readonly [name in Ordering]: Ordering } = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' };

/** `>` or `>=` L clears at `<=` L - d; `<` or `<=` L clears at `>=` L + d. Only a single comparison has such a limit. */
function deadbandClear(file: RuleFile, deadband: number, parts: ClearParts): Expression | undefined {
  const refuse = (): undefined => {
    parts.problems.push({
      path: ['deadband'],
      message:
        'a deadband needs a condition that is one comparison of an input with a limit; write clearCondition instead',
    });
    return undefined;
  };
  const [entry] = Object.entries((file.condition ?? {}) as Record<string, unknown>);
  if (entry === undefined || !Object.hasOwn(MIRRORED, entry[0]) || !Array.isArray(entry[1]) || entry[1].length !== 2)
    return refuse();
  const [left, right] = entry[1] as [unknown, unknown];
  const hasLeft = mentionsInput(left);
  if (hasLeft === mentionsInput(right)) return refuse();
  const name = hasLeft ? (entry[0] as Ordering) : MIRRORED[entry[0] as Ordering];
  const value = parts.compile(hasLeft ? left : right, ['condition', entry[0], hasLeft ? 0 : 1]);
  const rises = name === '>' || name === '>=';
  const limit = parts.compile({ [rises ? '-' : '+']: [hasLeft ? right : left, deadband] }, ['condition', entry[0]]);
  if (value === undefined || limit === undefined) return undefined;
  return comparison(rises ? '<=' : '>=', value, limit);
}

function mentionsInput(raw: unknown): boolean {
  if (typeof raw !== 'object' || raw === null) return false;
  return Object.entries(raw).some(([key, value]) => key === 'var' || key === 'age' || mentionsInput(value));
}

const TEMPLATE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** Fills `{{name}}` from what `lookUp` knows. */
export function fillTemplate(template: string, lookUp: (name: string) => string | undefined): string {
  return template.replace(TEMPLATE, (whole, name: string) => lookUp(name) ?? whole);
}

function checkTemplate(file: RuleFile, annotation: string, names: Names, problems: ExpressionProblem[]): void {
  const known = new Set([
    ...names.inputs,
    ...names.params,
    ...file.groupBy,
    'site',
    'area',
    'rule',
    'instance',
    'priority',
  ]);
  for (const [, name = ''] of (file.annotations[annotation] ?? '').matchAll(TEMPLATE)) {
    if (known.has(name) || names.inputs.some((input) => name === `age.${input}`)) continue;
    problems.push({ path: ['annotations', annotation], message: `{{${name}}} is none of ${[...known].join(', ')}` });
  }
}

/** JSON with sorted keys, so that the order of writing does not change the revision. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`)
    .join(',')}}`;
}
