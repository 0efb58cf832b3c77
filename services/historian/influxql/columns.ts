// The columns of a SELECT over its measurements: wildcards and regexes spelled out, and every column named as InfluxDB
// does.

import type { Call, Expr, Field, Ref } from './ast.ts';
import { isTopOrBottom } from './check-fields.ts';
import { ANY, type FieldTypes, NUMBERS } from './functions/accumulator.ts';
import { aggregateOf, transformOf } from './functions/table.ts';
import type { FieldType } from './store.ts';

export type Column = { readonly name: string; readonly expr: Expr };

/** What all measurements of a SELECT have together. */
export type Known = {
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly tagKeys: () => readonly string[];
  /** Fields that are columns of an inner query which show a tag: a wildcard for fields does not mean them. */
  readonly tagColumns: ReadonlySet<string>;
};

/** `tags` are those that a wildcard means: none that the query groups by, for those stand at the series. */
export function columnsOf(fields: readonly Field[], known: Known, tags: readonly string[]): Column[] {
  const wanted = fields
    .filter(({ expr }) => !(expr.kind === 'ref' && expr.name === 'time'))
    .flatMap((field) => expand(field, known, tags))
    .flatMap(withTopsTags);
  const used = new Map<string, number>();
  for (const { alias } of wanted) if (alias !== undefined) used.set(alias, 1);
  return wanted.map(({ alias, expr }) => ({ name: alias ?? unusedName(nameOf(expr), used), expr }));
}

/** What a column is called that is called nothing else: its name, numbered where that is taken. */
function unusedName(name: string, used: Map<string, number>): string {
  let free = name;
  let count = used.get(name);
  if (count !== undefined) {
    while (used.has(`${name}_${count}`)) count++;
    free = `${name}_${count}`;
    used.set(name, count + 1);
  }
  used.set(free, (used.get(free) ?? 0) + 1);
  return free;
}

/** `top(x, host, 3)` gives a column of the host too. */
function withTopsTags(field: Field): Field[] {
  const { expr } = field;
  if (expr.kind !== 'call' || !isTopOrBottom(expr)) return [field];
  return [field, ...expr.args.slice(1, -1).map((ref) => ({ expr: ref, alias: undefined }))];
}

type Many = Extract<Expr, { kind: 'wildcard' | 'regex' }>;

function expand(field: Field, known: Known, tags: readonly string[]): Field[] {
  const { expr, alias } = field;
  if (isMany(expr)) return refsMatching(expr, known, tags).map((ref) => ({ expr: ref, alias: undefined }));
  if (expr.kind !== 'call') return [field];
  const innermost = innermostCall(expr);
  const [input] = innermost.args;
  if (input === undefined || !isMany(input)) return [field];
  return fieldsFor(innermost, input, known).map((ref) => ({
    alias: `${alias ?? expr.name}_${ref.name}`,
    expr: withInput(expr, ref),
  }));
}

function isMany(expr: Expr): expr is Many {
  return expr.kind === 'wildcard' || expr.kind === 'regex';
}

function isMeant(many: Many, name: string): boolean {
  return many.kind === 'wildcard' || many.matcher.matches(name);
}

function refsMatching(many: Many, known: Known, tags: readonly string[]): Ref[] {
  const cast = many.kind === 'wildcard' ? many.cast : undefined;
  const isField = (name: string) => cast === undefined || (cast === 'field') !== known.tagColumns.has(name);
  const fields = [...known.fields.keys()].filter(isField);
  const refs: Ref[] = [
    ...fields.map((name): Ref => ({ kind: 'ref', name, cast: 'field' })),
    ...(cast === 'field' ? [] : tags).map((name): Ref => ({ kind: 'ref', name, cast: 'tag' })),
  ];
  return refs.filter(({ name }) => isMeant(many, name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function innermostCall(call: Call): Call {
  const [input] = call.args;
  return input?.kind === 'call' ? innermostCall(input) : call;
}

function withInput(call: Call, ref: Ref): Call {
  const [input, ...rest] = call.args;
  return { ...call, args: [input?.kind === 'call' ? withInput(input, ref) : ref, ...rest] };
}

/** The fields that `f(*)` means: those whose type the innermost function takes. */
function fieldsFor(call: Call, many: Many, known: Known): Ref[] {
  const accepts: FieldTypes = aggregateOf(call)?.accepts ?? (transformOf(call)?.unit === 'nanosecond' ? ANY : NUMBERS);
  return [...known.fields]
    .filter(([name, type]) => accepts.includes(type) && !known.tagColumns.has(name) && isMeant(many, name))
    .map(([name]): Ref => ({ kind: 'ref', name, cast: 'field' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Arithmetic is named for all that it is made of: `mean(a) + max(b)` is `mean_max`. */
function nameOf(expr: Expr): string {
  if (expr.kind === 'ref' || expr.kind === 'call') return expr.name;
  return expr.kind === 'binary' ? [nameOf(expr.left), nameOf(expr.right)].filter((name) => name !== '').join('_') : '';
}
