// Rule files as texts, wherever they come from (a folder, a revision), to compiled rules, by the one validator: what the
// service would refuse is refused here. Files of other kinds are passed over, disabled rules are rules too, and the name of
// a file says nothing.

import { type FileProblem, parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type CheckedFile, type CheckOptions, checkRules, type RuleText } from '../check/check-rules.ts';
import { isError, problemOf } from '../check/finding.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { schemaNameOf } from './format-rule-file.ts';

export type CompiledTexts = {
  readonly rules: ReadonlyMap<string, CompiledRule>;
  /** Where each rule stands, by its id. */
  readonly sources: ReadonlyMap<string, CheckedFile>;
  readonly problems: readonly FileProblem[];
};

export function compileTexts(
  texts: readonly RuleText[],
  options: Pick<CheckOptions, 'models' | 'compileOptionsOf' | 'lints'> = {},
): CompiledTexts {
  const { files, findings } = checkRules(texts.filter(isRule), { ...options, fileNames: 'free', takes: () => true });
  return {
    rules: new Map(files.map(({ rule }) => [rule.id, rule])),
    sources: new Map(files.map((each) => [each.rule.id, each])),
    problems: findings.filter(isError).map(problemOf),
  };
}

/** What is no JSON counts as a rule, so that it is not passed over in silence. */
function isRule({ file, text }: RuleText): boolean {
  if (file.endsWith('.test.json')) return false;
  const parsed = parseJsonTree(text);
  return !parsed.ok || schemaNameOf(file, plainValue(parsed.tree)) === 'rule';
}
