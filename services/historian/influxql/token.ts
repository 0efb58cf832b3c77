// What the scanner hands to the parser. A keyword is a word like any other until the parser asks for it: InfluxQL's
// keywords are case-insensitive, and only where one is reserved may it not be a bare identifier.

export type Position = {
  /** From 1. */
  readonly line: number;
  readonly char: number;
};

export const SYMBOLS = [
  '(',
  ')',
  ',',
  ';',
  '.',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<',
  '>',
  ':',
  '::',
  '!=',
  '<>',
  '<=',
  '>=',
  '=~',
  '!~',
] as const;
export type Mark = (typeof SYMBOLS)[number];

type Located = {
  readonly start: number;
  readonly end: number;
  /** Counted only where an error asks for it: lines are found by reading the text from its beginning. */
  readonly position: () => Position;
};

export type Token = Located &
  (
    | { readonly kind: 'end' }
    | { readonly kind: 'word'; readonly text: string }
    | { readonly kind: 'quoted'; readonly text: string }
    | { readonly kind: 'string'; readonly text: string }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'integer'; readonly text: string }
    /** `ns` is undefined where the text begins like a duration and is none (`5x`). */
    | { readonly kind: 'duration'; readonly text: string; readonly ns: bigint | undefined }
    | { readonly kind: 'parameter'; readonly text: string }
    | { readonly kind: 'symbol'; readonly text: Mark }
    | { readonly kind: 'regex'; readonly text: string }
    | { readonly kind: 'bad'; readonly text: string }
  );

/** Words that may not be a bare identifier. */
const RESERVED = new Set(
  `ALL ALTER ANALYZE AND ANY AS ASC BEGIN BY CARDINALITY CREATE CONTINUOUS DATABASE DATABASES DEFAULT DELETE DESC
  DESTINATIONS DIAGNOSTICS DISTINCT DROP DURATION END EVERY EXACT EXPLAIN FIELD FOR FROM GRANT GRANTS GROUP GROUPS IN INF
  INSERT INTO KEY KEYS KILL LIMIT SHOW MEASUREMENT MEASUREMENTS NAME OFFSET ON OR ORDER PASSWORD POLICY POLICIES
  PRIVILEGES QUERIES QUERY READ REPLICATION RESAMPLE RETENTION REVOKE SELECT SERIES SET SHARD SHARDS SLIMIT SOFFSET STATS
  SUBSCRIPTION SUBSCRIPTIONS TAG TO USER USERS VALUES WHERE WITH WRITE TRUE FALSE`.split(/\s+/),
);

export function isReserved(word: string): boolean {
  return RESERVED.has(word.toUpperCase());
}

/** How an error names a token: keywords in capitals, however they were written. */
export function formatToken(token: Token): string {
  if (token.kind === 'end') return 'EOF';
  if (token.kind === 'word' && isReserved(token.text)) return token.text.toUpperCase();
  if (token.text !== '') return token.text;
  return token.kind === 'quoted' ? 'IDENT' : token.kind.toUpperCase();
}

/** A name as a query would write it. */
export function formatIdentifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReserved(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}
