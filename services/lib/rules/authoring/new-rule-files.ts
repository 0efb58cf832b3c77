// The two files of a new rule, proved before anybody writes them: the one validator takes the rule, and its tests pass. What
// it only warns of is told with them.

import { parseJsonFile } from '#runtime/json-file.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { type CheckedRules, checkRules } from '../check/check-rules.ts';
import { type Finding, problemOf } from '../check/finding.ts';
import { failureText } from '../testing/compare-expectation.ts';
import { ruleTestFileSchema } from '../testing/rule-test-schema.ts';
import { failuresOf } from '../testing/run-rule-test.ts';
import { formatRuleFile } from './format-rule-file.ts';
import { newRule } from './new-rule.ts';
import { newRuleTest } from './new-rule-test.ts';
import { problemsOfWish, type RuleWish } from './rule-wish.ts';

export type NewRuleFiles = { readonly rule: string; readonly test: string; readonly warnings: readonly string[] };

/** The texts of `<id>.json` and `<id>.test.json`, or sentences that say why there are none. */
export function newRuleFiles(wish: RuleWish, models: ReadonlyMap<string, DeviceModel>): NewRuleFiles | string[] {
  const problems = problemsOfWish(wish);
  if (problems.length > 0) return problems;
  const files = {
    rule: textOf(`${wish.id}.json`, newRule(wish)),
    test: textOf(`${wish.id}.test.json`, newRuleTest(wish)),
  };
  const checked = checkRules([{ file: `${wish.id}.json`, text: files.rule }], { models });
  const told = Map.groupBy(checked.findings, ({ level }) => level);
  const failures = told.has('error')
    ? (told.get('error') ?? []).map(sentence)
    : failuresIn(checked, files.test, models);
  return failures.length > 0 ? failures : { ...files, warnings: (told.get('warn') ?? []).map(sentence) };
}

function textOf(file: string, content: object): string {
  const text = formatRuleFile(file, JSON.stringify(content));
  if (typeof text !== 'string') throw new Error(`${file} is no JSON: ${text[0]?.message}`);
  return text;
}

function sentence(finding: Finding): string {
  return `${finding.code}: ${problemOf(finding).message}`;
}

function failuresIn(
  { rules: [compiled] }: CheckedRules,
  test: string,
  models: ReadonlyMap<string, DeviceModel>,
): string[] {
  const tests = parseJsonFile('test', test, ruleTestFileSchema);
  if (compiled === undefined) return [];
  if (Array.isArray(tests)) return tests.map(({ message }) => message);
  return tests.value.tests.flatMap((each) =>
    failuresOf(compiled, each, { models }).map(
      (failure) => `its test '${each.name}' would fail: ${failureText(failure)}`,
    ),
  );
}
