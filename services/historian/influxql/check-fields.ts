// Whether the fields of a SELECT go together, and every function has the arguments it wants. What depends on the types of
// a measurement's fields is found out when that measurement is met.

import type { Call, Expr, Select } from './ast.ts';
import { isLiteral, isMath, visit } from './evaluate.ts';
import { MATH } from './functions/math.ts';
import { aggregateOf, isCountOfDistinct, NOT_OFFERED, transformOf } from './functions/table.ts';
import { QueryError } from './query-error.ts';

type Bucketing = 'own' | 'inherited' | 'none';

/**
 * `bucketing`: whether this SELECT has buckets of time, or those of the one around it. True where it calls functions.
 * @throws QueryError
 */
export function checkFields({ fields, limit, fill }: Select, bucketing: Bucketing): boolean {
  const calls: Call[] = [];
  let refs = 0;
  const own = fields.filter(({ expr }) => !(expr.kind === 'ref' && expr.name === 'time'));
  if (own.length === 0) throw new QueryError('at least 1 non-time field must be queried');
  for (const { expr } of own) {
    checkExpression(expr, true);
    visit(
      expr,
      (call) => calls.push(call),
      () => refs++,
    );
    if (expr.kind === 'wildcard' || expr.kind === 'regex') refs++;
  }
  for (const call of calls) {
    checkCall(call, bucketing);
    if (isTopOrBottom(call)) {
      refs += call.args.length - 2;
      checkTop(call, limit);
    }
  }
  checkTogether(calls, refs);
  if (calls.length === 0) {
    if (fill.kind === 'none' || fill.kind === 'linear') {
      throw new QueryError(`fill(${fill.kind}) must be used with a function`);
    }
    if (bucketing === 'own') throw new QueryError('GROUP BY requires at least one aggregate function');
  }
  return calls.length > 0;
}

function isSelector(call: Call): boolean {
  return aggregateOf(call)?.kind === 'selector';
}

export function isTopOrBottom(call: Call): boolean {
  return aggregateOf(call)?.parameter === 'tags-and-number';
}

function checkTogether(calls: readonly Call[], refs: number): void {
  const many = calls.find((call) => aggregateOf(call)?.isMany === true);
  if (many !== undefined && calls.length > 1) {
    throw new QueryError(`function ${many.name}() cannot be combined with other functions`);
  }
  if (many?.name === 'distinct' && refs > 0) {
    throw new QueryError('aggregate function distinct() cannot be combined with other functions or fields');
  }
  if (refs === 0) return;
  // A wildcard becomes several calls.
  const isPlainSelector = (call: Call) => isSelector(call) && isField(call.args[0]);
  if (!calls.every(isPlainSelector))
    throw new QueryError('mixing aggregate and non-aggregate queries is not supported');
  if (calls.length > 1) throw new QueryError('mixing multiple selector functions with tags or fields is not supported');
}

function isField(expr: Expr | undefined): boolean {
  return expr?.kind === 'ref';
}

const NOT_ARITHMETIC: ReadonlySet<string> = new Set(['AND', 'OR', '=', '!=', '<', '<=', '>', '>=', '=~', '!~']);

/** `isAlone`: where the expression is the whole column; only there may a wildcard stand. */
function checkExpression(expr: Expr, isAlone: boolean): void {
  if (isLiteral(expr)) throw new QueryError('field must contain at least one variable');
  if (!isAlone && (expr.kind === 'wildcard' || expr.kind === 'regex')) {
    throw new QueryError(`unable to use ${expr.kind} in a binary expression`);
  }
  if (expr.kind === 'call') {
    const [input] = expr.args;
    if (!isMath(expr) && !isAlone && (input?.kind === 'wildcard' || input?.kind === 'regex')) {
      throw new QueryError(`unsupported expression with ${input.kind}: ${expr.name}()`);
    }
    if (isMath(expr)) checkMath(expr);
  }
  if (expr.kind !== 'binary') return;
  if (NOT_ARITHMETIC.has(expr.op)) {
    throw new QueryError(`invalid operator ${expr.op} in SELECT field; only + - * / % are allowed`);
  }
  if (isLiteral(expr.left) && isLiteral(expr.right)) {
    throw new QueryError('cannot perform a binary expression on two literals');
  }
  for (const side of [expr.left, expr.right]) if (!isLiteral(side)) checkExpression(side, false);
}

function checkMath(call: Call): void {
  const arity = MATH.get(call.name)?.arity ?? 1;
  checkCount(call, arity, arity);
  for (const arg of call.args) if (!isLiteral(arg)) checkExpression(arg, false);
}

function checkCall(call: Call, bucketing: Bucketing): void {
  const { name } = call;
  if (NOT_OFFERED.has(name)) throw new QueryError(`${name}() is not offered by this store`);
  const transform = transformOf(call);
  const aggregate = aggregateOf(call);
  if (transform === undefined && aggregate === undefined) throw new QueryError(`undefined function ${name}()`);
  const parameter = transform?.parameter ?? aggregate?.parameter;
  if (parameter === 'tags-and-number') return;
  checkCount(call, parameter === 'number' ? 2 : 1, parameter === 'none' ? 1 : 2);
  checkParameter(call);
  if (transform === undefined || transform.isOverSamples === true) checkInput(call);
  else checkTransform(call, bucketing);
}

function checkCount({ name, args }: Call, min: number, max: number): void {
  if (args.length >= min && args.length <= max) return;
  const expected = min === max ? `${min}` : `at least ${min} but no more than ${max}`;
  throw new QueryError(`invalid number of arguments for ${name}, expected ${expected}, got ${args.length}`);
}

function checkParameter(call: Call): void {
  const { name } = call;
  const parameter = call.args[1];
  if (parameter === undefined) return;
  if (transformOf(call)?.parameter === 'duration') {
    if (parameter.kind !== 'duration') throw new QueryError(`second argument to ${name} must be a duration`);
    if (parameter.ns <= 0n) throw new QueryError(`duration argument of ${name} must be positive`);
  } else if (name === 'moving_average') {
    if (parameter.kind !== 'integer') throw new QueryError('second argument for moving_average must be an integer');
    if (parameter.value <= 1n) {
      throw new QueryError(`moving_average window must be greater than 1, got ${parameter.value}`);
    }
  } else if (parameter.kind !== 'integer' && parameter.kind !== 'number') {
    throw new QueryError(`expected float argument in ${name}()`);
  }
}

function checkInput(call: Call): void {
  const input = isCountOfDistinct(call) ? (call.args[0] as Call).args[0] : call.args[0];
  const isNamed = input?.kind === 'ref';
  const isMany = (input?.kind === 'wildcard' || input?.kind === 'regex') && call.name !== 'distinct';
  if (!isNamed && !isMany) throw new QueryError(`expected field argument in ${call.name}()`);
}

function checkTransform(call: Call, bucketing: Bucketing): void {
  const { name } = call;
  const [input] = call.args;
  if (input?.kind !== 'call') {
    if (bucketing === 'own') throw new QueryError(`aggregate function required inside the call to ${name}`);
    checkInput(call);
  } else {
    if (bucketing === 'none') throw new QueryError(`${name} aggregate requires a GROUP BY interval`);
    checkCall(input, bucketing);
    if (isTopOrBottom(input)) checkTop(input, undefined);
  }
}

/** `top(field, tag…, n)` */
function checkTop(call: Call, limit: number | undefined): void {
  const { name, args } = call;
  if (args.length < 2) {
    throw new QueryError(`invalid number of arguments for ${name}, expected at least 2, got ${args.length}`);
  }
  const count = args.at(-1);
  if (count?.kind !== 'integer') throw new QueryError(`expected integer as last argument in ${name}()`);
  if (count.value <= 0n) throw new QueryError(`limit (${count.value}) in ${name} function must be at least 1`);
  if (limit !== undefined && count.value > limit) {
    throw new QueryError(
      `limit (${count.value}) in ${name} function can not be larger than the LIMIT (${limit}) in the select statement`,
    );
  }
  if (!isField(args[0])) throw new QueryError(`expected first argument to be a field in ${name}()`);
  if (!args.slice(1, -1).every(isField)) throw new QueryError(`only fields or tags are allowed in ${name}()`);
}
