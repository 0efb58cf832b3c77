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

type Located = { readonly start: number; readonly end: number; readonly position: Position };

export type Token = Located &
  (
    | { readonly kind: 'end' }
    | { readonly kind: 'word'; readonly text: string }
    | { readonly kind: 'quoted'; readonly text: string }
    | { readonly kind: 'string'; readonly text: string }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'integer'; readonly text: string }
    | { readonly kind: 'duration'; readonly text: string; readonly ns: bigint }
    | { readonly kind: 'parameter'; readonly text: string }
    | { readonly kind: 'symbol'; readonly text: Mark }
    | { readonly kind: 'regex'; readonly text: string }
    | { readonly kind: 'bad'; readonly text: string }
  );

/** How an error names a token. */
export function formatToken(token: Token): string {
  return token.kind === 'end' ? 'EOF' : token.text;
}
