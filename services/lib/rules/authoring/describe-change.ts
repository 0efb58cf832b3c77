// What differs between two revisions of a rule, field by field and in words. Defaults are filled in before, so that writing
// one out is no change; neither is another order of keys.

import { isDeepStrictEqual } from 'node:util';
import type { RuleFile } from '../language/rule-schema.ts';
import { expressionText, operationOf } from './expression-text.ts';

export type Change = {
  /** `onDelay`, `inputs.temp.maxAge`, `actions.close-inlet.expiresAfter`. */
  readonly field: string;
  /** null where it was not there. */
  readonly before: unknown;
  readonly after: unknown;
  readonly text: string;
};

const EXPRESSIONS = new Set(['condition', 'clearCondition', 'enableWhen', 'suppressWhen', 'permitWhen']);
/** Longer texts are cut: a diff says that a text is another, and the file says which. */
const TEXT_MAX = 60;

type Path = readonly string[];
type Rules = { readonly before: RuleFile; readonly after: RuleFile };

export function describeChanges(before: RuleFile, after: RuleFile): Change[] {
  const { $schema: _, ...a } = before;
  const { $schema: __, ...b } = after;
  return changesOf(a, b, { path: [], rules: { before, after } });
}

type Place = { readonly path: Path; readonly rules: Rules };

function changesOf(before: unknown, after: unknown, { path, rules }: Place): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const field = path.join('.');
  const change = (text: string): Change[] => [{ field, before: before ?? null, after: after ?? null, text }];
  const [top, name] = path;
  if (before === undefined || after === undefined) {
    if (top === 'inputs' || top === 'actions' || top === 'params' || top === 'levels')
      if (path.length === 2) return change(`${top.slice(0, -1)} ${name} ${before === undefined ? 'added' : 'removed'}`);
  }
  if (EXPRESSIONS.has(path.at(-1) ?? '')) return change(expressionChange(before, after, { path, rules }));
  if (top === 'params' && path.length === 3 && path[2] === 'default') return change(paramChange(name ?? '', rules));
  const [a, b] = [membersOf(before, path), membersOf(after, path)];
  if (a === undefined || b === undefined) return change(`${labelOf(path)} ${shown(before)} → ${shown(after)}`);
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) =>
    changesOf(a.get(key), b.get(key), { path: [...path, key], rules }),
  );
}

/** What a value is made of, by name; actions by their id and levels by their priority, so that a move is no change. */
function membersOf(value: unknown, path: Path): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    if (path.length !== 1 || (path[0] !== 'actions' && path[0] !== 'levels')) return undefined;
    const key = path[0] === 'actions' ? 'id' : 'priority';
    const names = value.map((each: Record<string, unknown>) => String(each[key]));
    return new Map(names.map((name, i) => [uniqueName(names, i, name), value[i]]));
  }
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}

function uniqueName(names: readonly string[], index: number, name: string): string {
  const earlier = names.slice(0, index).filter((each) => each === name).length;
  return earlier === 0 ? name : `${name}#${earlier + 1}`;
}

function labelOf([top, name, ...rest]: Path): string {
  if (name === undefined) return top ?? '';
  if (top === 'inputs' || top === 'actions' || top === 'params' || top === 'levels')
    return `${top.slice(0, -1)} ${name}: ${rest.join('.')}`;
  return [top, name, ...rest].join('.');
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value !== 'string' || !/[^\w.%/-]/.test(value)) return String(value);
  return `"${value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX - 1)}…` : value}"`;
}

/** `limit 80 → 85 Cel`, whatever the param is called. */
function paramChange(name: string, { before, after }: Rules): string {
  const [a, b] = [before.params[name], after.params[name]];
  const unit = b?.unit === undefined || a?.unit !== b.unit ? '' : ` ${b.unit}`;
  return `${name} ${shown(a?.default)} → ${shown(b?.default)}${unit}`;
}

function expressionChange(before: unknown, after: unknown, { path, rules }: Place): string {
  const label = labelOf(path).replace(/: condition$/, '');
  if (before === undefined || after === undefined) {
    const text = (raw: unknown) => (raw === undefined ? 'none' : `'${expressionText(raw)}'`);
    return `${label} ${text(before)} → ${text(after)}`;
  }
  const limit = limitChange(before, after, rules);
  if (limit !== undefined) return path.length === 1 && label === 'condition' ? limit : `${label} ${limit}`;
  const [a, b] = smallestDifference(before, after);
  return `${label}: '${expressionText(a)}' → '${expressionText(b)}'`;
}

/** Of one comparison with another limit: `limit 80 → 85 Cel`. */
function limitChange(before: unknown, after: unknown, { after: rule }: Rules): string | undefined {
  const [operator, a = []] = operationOf(before) ?? [];
  const [sameOperator, b = []] = operationOf(after) ?? [];
  const [input, inputAfter] = [operationOf(a[0]), operationOf(b[0])];
  if (operator === undefined || !/^[<>]=?$/.test(operator) || operator !== sameOperator) return undefined;
  if (input?.[0] !== 'var' || !isDeepStrictEqual(input, inputAfter)) return undefined;
  if (typeof a[1] !== 'number' || typeof b[1] !== 'number') return undefined;
  const name = String(input[1][0]);
  const unit = Object.hasOwn(rule.inputs, name) ? rule.inputs[name]?.unit : undefined;
  return `limit ${a[1]} → ${b[1]}${unit === undefined ? '' : ` ${unit}`}`;
}

/** The innermost parts that tell two expressions apart; a comparison is named as a whole. */
function smallestDifference(before: unknown, after: unknown): readonly [unknown, unknown] {
  const [name, a = []] = operationOf(before) ?? [];
  const [other, b = []] = operationOf(after) ?? [];
  const isJunction = name === 'and' || name === 'or' || name === '!' || name === 'if' || name === 'for';
  if (!isJunction || name !== other || a.length !== b.length) return [before, after];
  const differing = a.flatMap((each, i) => (isDeepStrictEqual(each, b[i]) ? [] : [i]));
  const [only, another] = differing;
  if (only === undefined || another !== undefined) return [before, after];
  return typeof a[only] === 'object' && typeof b[only] === 'object'
    ? smallestDifference(a[only], b[only])
    : [before, after];
}
