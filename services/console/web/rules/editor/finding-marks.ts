// Where in a text a finding stands: the validator counts lines and columns, an editor counts characters.

import type { Finding } from '#rules/check/finding.ts';

type Place = Pick<Finding, 'line' | 'column' | 'endColumn'>;
export type Span = { readonly from: number; readonly to: number };

/** A place that the text has no more (it was typed on since) is moved to the nearest that it has. */
export function spanOf(text: string, { line, column, endColumn }: Place): Span {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end === -1) break;
    start = end + 1;
  }
  const newline = text.indexOf('\n', start);
  const end = newline === -1 ? text.length : newline;
  const within = (at: number) => Math.min(Math.max(start + at - 1, start), end);
  const from = within(column);
  // Without a word of its own a finding covers the sign that it stands at.
  return { from, to: Math.max(from, within(endColumn ?? column + 1)) };
}

/** What stands in place of a span, where the validator knows what was probably meant: the word inside quotes, if it is quoted. */
export function fixOf(text: string, { from, to }: Span, suggestion: string): Span & { readonly insert: string } {
  const isQuoted = text[from] === '"' && text[to - 1] === '"' && to - from >= 2;
  return isQuoted ? { from: from + 1, to: to - 1, insert: quotedInside(suggestion) } : { from, to, insert: suggestion };
}

function quotedInside(word: string): string {
  return JSON.stringify(word).slice(1, -1);
}
