// The parser's hand on the text: one token of look-ahead, and the small questions that every production asks.

import { problemAt, unexpected } from './parse-error.ts';
import { compileRegex, type Matcher } from './regex.ts';
import { scanRegex, scanToken } from './scanner.ts';
import type { Mark, Token } from './token.ts';

/** A value bound to `$name` by the request. */
export type Parameter = string | number | boolean;

/** Words that may not be a bare identifier: those whose misreading would change what a query means. */
const RESERVED = new Set(
  `ALL ALTER ANALYZE AND ANY AS ASC BEGIN BY CREATE CONTINUOUS DATABASE DATABASES DEFAULT DELETE DESC DESTINATIONS
  DIAGNOSTICS DISTINCT DROP DURATION END EVERY EXPLAIN FIELD FOR FROM GRANT GRANTS GROUP GROUPS IN INF INSERT INTO KEY
  KEYS KILL LIMIT SHOW MEASUREMENT MEASUREMENTS NAME OFFSET ON ORDER PASSWORD POLICY POLICIES PRIVILEGES QUERIES QUERY
  READ REPLICATION RESAMPLE RETENTION REVOKE SELECT SERIES SET SHARD SHARDS SLIMIT SOFFSET STATS SUBSCRIPTION
  SUBSCRIPTIONS TAG TO USER USERS VALUES WHERE WITH WRITE OR`.split(/\s+/),
);

export class TokenReader {
  readonly #text: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  #next: Token;

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
    this.#next = scanToken(this.#text, token.end);
    return token;
  }

  /** The text between two places, as it was written. */
  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
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
    return token.kind === 'quoted' || (token.kind === 'word' && !RESERVED.has(token.text.toUpperCase()));
  }

  expectIdentifier(): string {
    if (!this.isIdentifier()) throw unexpected(this.#next, 'identifier');
    const token = this.take();
    return token.kind === 'quoted' || token.kind === 'word' ? token.text : '';
  }

  expectInteger(): number {
    const token = this.#next;
    if (token.kind !== 'integer') throw unexpected(token, 'integer');
    this.take();
    return Number(token.text);
  }

  expectDuration(): bigint {
    const token = this.#next;
    if (token.kind !== 'duration') throw unexpected(token, 'duration');
    this.take();
    return token.ns;
  }

  isRegex(): boolean {
    return this.isSymbol('/');
  }

  /** Reads the regex that starts with the `/` just ahead. */
  takeRegex(): Matcher {
    const token = scanRegex(this.#text, this.#next.start);
    if (token.kind !== 'regex') throw unexpected(token, 'regex');
    this.#next = scanToken(this.#text, token.end);
    const compiled = compileRegex(token.text);
    if ('problem' in compiled) throw problemAt(token, compiled.problem);
    return compiled;
  }

  expectRegex(): Matcher {
    if (!this.isRegex()) throw unexpected(this.#next, 'regex');
    return this.takeRegex();
  }
}
