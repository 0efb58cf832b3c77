// The columns of a SELECT on one measurement: wildcards and regexes spelled out, and every column named as InfluxDB does.

import type { Call, Expr, Field, Ref } from './ast.ts';
import { visit } from './evaluate.ts';
import { NUMBERS } from './functions/accumulator.ts';
import { aggregateOf } from './functions/table.ts';
import type { StoredMeasurement } from './store.ts';

export type Column = { readonly name: string; readonly expr: Expr };

/** `grouped` are the tags that the query groups by: they stand at the series, not in its rows. */
export function columnsOf(
  fields: readonly Field[],
  measurement: StoredMeasurement,
  grouped: ReadonlySet<string>,
): Column[] {
  const columns = fields.flatMap((field) => expand(field, measurement, grouped));
  const used = new Map<string, number>();
  return columns
    .filter(({ expr }) => !(expr.kind === 'ref' && expr.name === 'time'))
    .map(({ name, expr }) => {
      const times = used.get(name) ?? 0;
      used.set(name, times + 1);
      return { name: times === 0 ? name : `${name}_${times}`, expr };
    });
}

function expand({ expr, alias }: Field, measurement: StoredMeasurement, grouped: ReadonlySet<string>): Column[] {
  if (expr.kind === 'wildcard' || expr.kind === 'regex') {
    return refsMatching(expr, measurement, grouped).map((ref) => ({ name: ref.name, expr: ref }));
  }
  if (expr.kind === 'call') {
    const input = innermostInput(expr);
    if (input.kind === 'wildcard' || input.kind === 'regex') {
      return fieldsFor(expr, input, measurement).map((ref) => ({
        name: `${alias ?? expr.name}_${ref.name}`,
        expr: withInput(expr, ref),
      }));
    }
  }
  return [{ name: alias ?? nameOf(expr), expr }];
}

function refsMatching(
  expr: Extract<Expr, { kind: 'wildcard' | 'regex' }>,
  measurement: StoredMeasurement,
  grouped: ReadonlySet<string>,
): Ref[] {
  const cast = expr.kind === 'wildcard' ? expr.cast : undefined;
  const isWanted = (name: string) => expr.kind === 'wildcard' || expr.matcher.matches(name);
  const fields = cast === 'tag' ? [] : [...measurement.fields.keys()].filter(isWanted);
  const tags = cast === 'field' ? [] : measurement.tagKeys().filter((key) => !grouped.has(key) && isWanted(key));
  const refs: Ref[] = [
    ...fields.map((name): Ref => ({ kind: 'ref', name, cast: 'field' })),
    ...tags.map((name): Ref => ({ kind: 'ref', name, cast: 'tag' })),
  ];
  return refs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function innermostInput(call: Call): Expr {
  const input = call.args[0] as Expr;
  return input.kind === 'call' ? innermostInput(input) : input;
}

function withInput(call: Call, ref: Ref): Call {
  const [input, ...rest] = call.args;
  return { ...call, args: [input?.kind === 'call' ? withInput(input, ref) : ref, ...rest] };
}

/** The fields that `f(*)` means: those whose type the innermost function takes. */
function fieldsFor(
  call: Call,
  input: Extract<Expr, { kind: 'wildcard' | 'regex' }>,
  measurement: StoredMeasurement,
): Ref[] {
  const inner = call.args[0]?.kind === 'call' ? call.args[0] : call;
  const accepts = aggregateOf(inner)?.accepts ?? NUMBERS;
  return [...measurement.fields]
    .filter(([name, type]) => accepts.includes(type) && (input.kind === 'wildcard' || input.matcher.matches(name)))
    .map(([name]): Ref => ({ kind: 'ref', name, cast: 'field' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A sum of several is named for all of them: `mean(a) + max(b)` is `mean_max`. */
function nameOf(expr: Expr): string {
  if (expr.kind === 'ref' || expr.kind === 'call') return expr.name;
  const names: string[] = [];
  visit(
    expr,
    (call) => names.push(call.name),
    (ref) => names.push(ref.name),
  );
  return names.join('_');
}
