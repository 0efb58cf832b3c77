// Expressions: one table of operators by precedence, and the operands between them. Depth is bounded, so that a text of
// nothing but brackets cannot exhaust the stack.

import type { BinaryOperator, Expr } from './ast.ts';
import { CASTS } from './ast.ts';
import { problem, problemAt, unexpected } from './parse-error.ts';
import type { Token } from './token.ts';
import { list, type Parameter, type TokenReader } from './token-reader.ts';

const PRECEDENCE: { readonly [operator: string]: number } = {
  OR: 1,
  AND: 2,
  '=': 3,
  '!=': 3,
  '<>': 3,
  '=~': 3,
  '!~': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
};

const DEPTH_MAX = 200;

/** A chain of operators is a tree that leans to one side, and whoever walks it goes as deep as it is high. */
const HEIGHT_MAX = 1_000;

/** Of what operators join; everything else is about as high as it is nested. */
const heights = new WeakMap<Expr, number>();

function joined(reader: TokenReader, op: BinaryOperator, left: Expr, right: Expr): Expr {
  const height = Math.max(heights.get(left) ?? 0, heights.get(right) ?? 0) + 1;
  if (height > HEIGHT_MAX) throw problemAt(reader.peek(), `expression joins more than ${HEIGHT_MAX} operands`);
  const expr: Expr = { kind: 'binary', op, left, right };
  heights.set(expr, height);
  return expr;
}

export function parseExpression(reader: TokenReader, depth = 0): Expr {
  return parseFrom(reader, 1, depth);
}

function operatorAhead(reader: TokenReader): BinaryOperator | undefined {
  const token = reader.peek();
  if (token.kind !== 'symbol' && token.kind !== 'word') return undefined;
  const name = token.text.toUpperCase();
  if (PRECEDENCE[name] === undefined) return undefined;
  return name === '<>' ? '!=' : (name as BinaryOperator);
}

/** Left to right, as long as operators bind at least as tightly as `minimum`. */
function parseFrom(reader: TokenReader, minimum: number, depth: number): Expr {
  let left = parseOperand(reader, depth);
  for (let op = operatorAhead(reader); op !== undefined; op = operatorAhead(reader)) {
    const binding = PRECEDENCE[op] ?? 0;
    if (binding < minimum) break;
    reader.take();
    const right: Expr =
      op === '=~' || op === '!~'
        ? { kind: 'regex', matcher: reader.expectRegex() }
        : parseFrom(reader, binding + 1, depth + 1);
    left = joined(reader, op, left, right);
  }
  return left;
}

const OPERAND = 'identifier, string, number, bool';

function parseOperand(reader: TokenReader, depth: number): Expr {
  if (depth > DEPTH_MAX) throw problemAt(reader.peek(), `expression is nested deeper than ${DEPTH_MAX}`);
  if (reader.isRegex()) return { kind: 'regex', matcher: reader.takeRegex() };
  const token = reader.peek();
  switch (token.kind) {
    case 'string':
      reader.take();
      return { kind: 'string', value: token.text };
    case 'number':
      reader.take();
      return { kind: 'number', value: Number(token.text) };
    case 'integer':
      reader.take();
      return integer(token.text);
    case 'duration':
      if (token.ns === undefined) throw problem('invalid duration');
      reader.take();
      return { kind: 'duration', ns: token.ns };
    case 'parameter':
      reader.take();
      return bound(reader.parameters, token);
    case 'symbol':
      return parseSymbolOperand(reader, token, depth);
    case 'word':
    case 'quoted':
      return parseName(reader, token, depth);
    default:
      throw unexpected(token, OPERAND);
  }
}

const INTEGER_CHARS_MAX = 30;

/** Whole numbers that no 64-bit integer holds are read as floats, as InfluxDB does. */
function integer(text: string): Expr {
  if (text.length > INTEGER_CHARS_MAX) return { kind: 'number', value: Number(text) };
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? { kind: 'integer', value } : { kind: 'number', value: Number(value) };
}

function bound(parameters: ReadonlyMap<string, Parameter>, token: Token & { readonly text: string }): Expr {
  if (token.text === '') throw problem('empty bound parameter');
  const value = parameters.get(token.text);
  if (value === undefined) throw problem(`missing parameter: ${token.text}`);
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  return Number.isSafeInteger(value) ? { kind: 'integer', value: BigInt(value) } : { kind: 'number', value };
}

function parseSymbolOperand(reader: TokenReader, token: Token & { readonly text: string }, depth: number): Expr {
  if (reader.takeSymbol('(')) {
    const inner = parseExpression(reader, depth + 1);
    reader.expectSymbol(')');
    return inner;
  }
  if (reader.takeSymbol('*')) return { kind: 'wildcard', cast: wildcardCast(reader) };
  if (reader.takeSymbol('-')) return negated(reader, parseOperand(reader, depth + 1));
  if (reader.takeSymbol('+')) return parseOperand(reader, depth + 1);
  throw unexpected(token, OPERAND);
}

function negated(reader: TokenReader, expr: Expr): Expr {
  if (expr.kind === 'integer') return { kind: 'integer', value: -expr.value };
  if (expr.kind === 'number') return { kind: 'number', value: -expr.value };
  if (expr.kind === 'duration') return { kind: 'duration', ns: -expr.ns };
  return joined(reader, '*', { kind: 'integer', value: -1n }, expr);
}

function wildcardCast(reader: TokenReader): 'tag' | 'field' | undefined {
  if (!reader.takeSymbol('::')) return undefined;
  if (reader.takeKeyword('TAG')) return 'tag';
  if (reader.takeKeyword('FIELD')) return 'field';
  throw unexpected(reader.peek(), 'field, tag');
}

function parseName(reader: TokenReader, token: Token & { readonly text: string }, depth: number): Expr {
  if (token.kind === 'word' && /^(true|false)$/i.test(token.text)) {
    reader.take();
    return { kind: 'boolean', value: token.text.toLowerCase() === 'true' };
  }
  const isDistinct = reader.isKeyword('DISTINCT');
  if (!isDistinct && !reader.isIdentifier()) throw unexpected(token, OPERAND);
  reader.take();
  if (token.kind === 'word' && reader.takeSymbol('(')) return parseCall(reader, token.text.toLowerCase(), depth);
  if (isDistinct) {
    return {
      kind: 'call',
      name: 'distinct',
      args: [{ kind: 'ref', name: reader.expectIdentifier(), cast: undefined }],
    };
  }
  let name = token.text;
  while (reader.takeSymbol('.')) name += `.${reader.expectIdentifier()}`;
  return { kind: 'ref', name, cast: reader.takeSymbol('::') ? parseCast(reader) : undefined };
}

function parseCast(reader: TokenReader) {
  const cast = CASTS.find((candidate) => reader.takeKeyword(candidate.toUpperCase()));
  if (cast === undefined) throw unexpected(reader.peek(), 'float, integer, unsigned, string, boolean, field, tag');
  return cast;
}

function parseCall(reader: TokenReader, name: string, depth: number): Expr {
  if (reader.takeSymbol(')')) return { kind: 'call', name, args: [] };
  const args = list(reader, () => parseExpression(reader, depth + 1));
  reader.expectSymbol(')');
  const call: Expr = { kind: 'call', name, args };
  heights.set(call, Math.max(...args.map((arg) => heights.get(arg) ?? 0)));
  return call;
}
