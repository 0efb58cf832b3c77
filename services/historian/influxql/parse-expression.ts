// Expressions: one table of operators by precedence, and the operands between them. Depth is bounded, so that a text of
// nothing but brackets cannot exhaust the stack.

import type { BinaryOperator, Expr } from './ast.ts';
import { CASTS } from './ast.ts';
import { problemAt, unexpected } from './parse-error.ts';
import type { Token } from './token.ts';
import type { Parameter, TokenReader } from './token-reader.ts';

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

/** A chain of operators is a tree that leans to one side, and whoever walks it goes as deep as it is long. */
const OPERATORS_MAX = 1_000;

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
  let operators = 0;
  for (let op = operatorAhead(reader); op !== undefined; op = operatorAhead(reader)) {
    const binding = PRECEDENCE[op] ?? 0;
    if (binding < minimum) break;
    if (++operators > OPERATORS_MAX) {
      throw problemAt(reader.peek(), `expression joins more than ${OPERATORS_MAX} operands`);
    }
    reader.take();
    const right: Expr =
      op === '=~' || op === '!~'
        ? { kind: 'regex', matcher: reader.expectRegex() }
        : parseFrom(reader, binding + 1, depth + 1);
    left = { kind: 'binary', op, left, right };
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
      return integer(BigInt(token.text));
    case 'duration':
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

/** Whole numbers that no 64-bit integer holds are read as floats, as InfluxDB does. */
function integer(value: bigint): Expr {
  return BigInt.asIntN(64, value) === value ? { kind: 'integer', value } : { kind: 'number', value: Number(value) };
}

function bound(parameters: ReadonlyMap<string, Parameter>, token: Token & { readonly text: string }): Expr {
  const value = parameters.get(token.text);
  if (value === undefined) throw problemAt(token, `missing parameter: ${token.text}`);
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
  if (reader.takeSymbol('-')) return negated(parseOperand(reader, depth + 1));
  if (reader.takeSymbol('+')) return parseOperand(reader, depth + 1);
  throw unexpected(token, OPERAND);
}

function negated(expr: Expr): Expr {
  if (expr.kind === 'integer') return { kind: 'integer', value: -expr.value };
  if (expr.kind === 'number') return { kind: 'number', value: -expr.value };
  if (expr.kind === 'duration') return { kind: 'duration', ns: -expr.ns };
  return { kind: 'binary', op: '*', left: { kind: 'integer', value: -1n }, right: expr };
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
  if (isDistinct) return { kind: 'call', name: 'distinct', args: [parseOperand(reader, depth + 1)] };
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
  const args: Expr[] = [];
  if (reader.takeSymbol(')')) return { kind: 'call', name, args };
  do args.push(parseExpression(reader, depth + 1));
  while (reader.takeSymbol(','));
  reader.expectSymbol(')');
  return { kind: 'call', name, args };
}
