// Changes one field in the text of a rule and leaves everything else as its author wrote it: comments, layout, order.

import { applyEdits, type JSONPath, modify, parse } from 'jsonc-parser';

export type Mode = 'active' | 'shadow' | 'disabled';

/** The mode that the text says; active where it says none; undefined where it is no rule's text. */
export function modeOf(text: string): Mode | undefined {
  const rule: unknown = parse(text, [], { allowTrailingComma: true });
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return undefined;
  const { mode = 'active' } = rule as { mode?: unknown };
  return mode === 'active' || mode === 'shadow' || mode === 'disabled' ? mode : undefined;
}

/** Where none is written yet, it comes where the canonical order has it: behind what the rule is called. */
const BEFORE_MODE = new Set(['$schema', 'apiVersion', 'kind', 'id', 'name', 'description', 'owner']);

export function withMode(text: string, mode: Mode): string {
  const path: JSONPath = ['mode'];
  const edits = modify(text, path, mode, {
    formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' },
    getInsertionIndex: (names) => names.filter((name) => BEFORE_MODE.has(name)).length,
  });
  return applyEdits(text, edits);
}
