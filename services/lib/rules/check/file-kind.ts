// Rules and their tests stand in one folder. A test says so by its name, or by its kind whatever its name.

import { parseJsonTree, plainValue } from '#runtime/json-file.ts';

export function isTestText(file: string, text: string): boolean {
  if (file.endsWith('.test.json')) return true;
  // Most files are rules, and need not be parsed twice to know it.
  if (!text.includes('RuleTest')) return false;
  const parsed = parseJsonTree(text);
  return parsed.ok && (plainValue(parsed.tree) as { readonly kind?: unknown } | null)?.kind === 'RuleTest';
}
