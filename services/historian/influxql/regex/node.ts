// What a regular expression says.

import type { CharSet } from './char-set.ts';

export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word';

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

/** In Go's words, with the piece of the expression that is wrong. */
export class RegexError extends Error {
  constructor(problem: string, piece: string) {
    super(`error parsing regexp: ${problem}: \`${piece}\``);
  }
}
