// The examples of a page in Markdown, in reading order. What an example is, is seen by its fields; what is no file of the
// rules folder must say so by its mark, so that none escapes by accident. It reads and sorts; whoever asks runs them.

import { parseJsonTree, plainValue } from '#runtime/json-file.ts';

/**
 * A file of the rules folder, or by its mark: `part`, fields laid over the rule before it; `fragment`, JSON of something else.
 */
export type ExampleKind = 'rule' | 'tests' | 'source' | 'model' | 'devices' | 'part' | 'fragment';

export type Example = {
  readonly kind: ExampleKind;
  /** Of the page, from 1. */
  readonly line: number;
  readonly text: string;
  readonly value: { readonly [field: string]: unknown };
};

/** A block of JSON, with whatever stands behind the word on its first line. */
const BLOCK = /^```json([^\n]*)\n([\s\S]*?)^```$/gm;

/** What tells the kinds apart, looked at in this order. */
const MARKING_FIELDS: readonly (readonly [string, ExampleKind])[] = [
  ...([
    ['inputs', 'rule'],
    ['tests', 'tests'],
    ['topic', 'source'],
  ] as const),
  ...([
    ['metrics', 'model'],
    ['devices', 'devices'],
  ] as const),
];

/** @throws where a block is no JSON object, or is not marked and none of the files */
export function examplesIn(page: string): Example[] {
  return [...page.matchAll(BLOCK)].map(({ index, 1: mark = '', 2: text = '' }) => {
    const line = page.slice(0, index).split('\n').length;
    const parsed = parseJsonTree(text);
    const value = parsed.ok ? plainValue(parsed.tree) : undefined;
    if (typeof value !== 'object' || value === null) throw new Error(`line ${line}: the block is no JSON object`);
    return { kind: kindOf(mark.trim(), value, line), line, text, value: value as Example['value'] };
  });
}

function kindOf(mark: string, value: object, line: number): ExampleKind {
  if (mark === 'part' || mark === 'fragment') return mark;
  const [, kind] = MARKING_FIELDS.find(([field]) => Object.hasOwn(value, field)) ?? [];
  if (mark === '' && kind !== undefined) return kind;
  throw new Error(`line ${line}: the block is no file of the rules folder; mark it as part or as fragment`);
}

/** The texts between `backticks` in sentences and tables. */
export function codeSpansIn(page: string): string[] {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}
