// The parser's hand on the text: one token of look-ahead, and the small questions that every production asks.

import { problem, problemAt, unexpected } from './parse-error.ts';
import { compileRegex, type Matcher } from './regex.ts';
import { scanRegex, scanToken } from './scanner.ts';
import { isReserved, type Mark, type Token } from './token.ts';

/** A value bound to `$name` by the request. */
export type Parameter = string | number | boolean;

export class TokenReader {
  readonly #text: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  #next: Token;
  #refusal: string | undefined;
  #lastEnd = 0;

  constructor(text: string, parameters: ReadonlyMap<string, Parameter>) {
    this.#text = text;
    this.parameters = parameters;
    this.#next = scanToken(text, 0);
  }

  peek(): Token {
    return this.#next;
  }

  take(): Token {
    const token = this.#next;
    this.#lastEnd = token.end;
    this.#next = scanToken(this.#text, token.end, token);
    return token;
  }

  /** From `start` to the end of the token taken last, as it was written. */
  since(start: number): string {
    return this.#text.slice(start, this.#lastEnd);
  }

  /** For what is well written and means nothing: the statement then fails when it is executed, not the query. */
  refuse(text: string): void {
    this.#refusal ??= text;
  }

  /** The first refusal since this was asked last. */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  isKeyword(word: string): boolean {
    return this.#next.kind === 'word' && this.#next.text.toUpperCase() === word;
  }

  takeKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.take();
    return true;
  }

  expectKeyword(word: string): void {
    if (!this.takeKeyword(word)) throw unexpected(this.#next, word);
  }

  isSymbol(symbol: Mark): boolean {
    return this.#next.kind === 'symbol' && this.#next.text === symbol;
  }

  takeSymbol(symbol: Mark): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.take();
    return true;
  }

  expectSymbol(symbol: Mark): void {
    if (!this.takeSymbol(symbol)) throw unexpected(this.#next, symbol);
  }

  isIdentifier(): boolean {
    const token = this.#next;
    return token.kind === 'quoted' || (token.kind === 'word' && !isReserved(token.text));
  }

  expectIdentifier(expected = 'identifier'): string {
    if (!this.isIdentifier()) throw unexpected(this.#next, expected);
    const token = this.take();
    return token.kind === 'quoted' || token.kind === 'word' ? token.text : '';
  }

  expectString(): string {
    const token = this.#next;
    if (token.kind !== 'string') throw unexpected(token, 'string');
    this.take();
    return token.text;
  }

  expectInteger(): number {
    const token = this.#next;
    if (token.kind !== 'integer') throw unexpected(token, 'integer');
    this.take();
    return Number(token.text);
  }

  /** Nanoseconds; `INF` is 0, which means for ever wherever a duration may be endless. */
  expectDuration(): bigint {
    if (this.takeKeyword('INF')) return 0n;
    const token = this.#next;
    if (token.kind !== 'duration') throw unexpected(token, 'duration');
    if (token.ns === undefined) throw problem('invalid duration');
    this.take();
    return token.ns;
  }

  isRegex(): boolean {
    return this.isSymbol('/');
  }

  /** Reads the regex that starts with the `/` just ahead. */
  takeRegex(): Matcher {
    const token = scanRegex(this.#text, this.#next.start);
    if (token.kind !== 'regex') throw problemAt(token, 'bad regex: it has no closing /');
    this.#lastEnd = token.end;
    this.#next = scanToken(this.#text, token.end, token);
    const compiled = compileRegex(token.text);
    if ('problem' in compiled) throw problemAt(token, compiled.problem);
    return compiled;
  }

  expectRegex(): Matcher {
    if (!this.isRegex()) throw unexpected(this.#next, 'regex');
    return this.takeRegex();
  }
}

/** The production for the keyword ahead, of those that a table lists in the order in which an error lists them. */
export function takeChoice<T>(reader: TokenReader, choices: { readonly [word: string]: T }): T {
  const words = Object.keys(choices);
  const word = words.find((candidate) => reader.takeKeyword(candidate));
  if (word === undefined) throw unexpected(reader.peek(), words.join(', '));
  return choices[word] as T;
}

/** Fields, sources, dimensions, keys of one query: each may stand for work on every series. */
const LIST_MAX = 1_000;

export function list<T>(reader: TokenReader, parse: (reader: TokenReader) => T): T[] {
  const items = [parse(reader)];
  while (reader.takeSymbol(',')) {
    if (items.length === LIST_MAX) throw problemAt(reader.peek(), `a list has more than ${LIST_MAX} items`);
    items.push(parse(reader));
  }
  return items;
}

/** A production for what InfluxDB has and this store has not. */
export function refusing(sentence: string): (reader: TokenReader) => never {
  return (reader) => {
    throw problemAt(reader.peek(), sentence);
  };
}
