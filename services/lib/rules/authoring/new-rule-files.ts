// The two files of a new rule, proved before anybody writes them: the rule compiles, and its tests pass.

import { parseJsonFile } from '#runtime/json-file.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { failureText } from '../testing/compare-expectation.ts';
import { ruleTestFileSchema } from '../testing/rule-test-schema.ts';
import { failuresOf } from '../testing/run-rule-test.ts';
import { compileTexts } from './compile-texts.ts';
import { newRuleText } from './new-rule.ts';
import { newRuleTestText } from './new-rule-test.ts';
import { problemsOfWish, type RuleWish } from './rule-wish.ts';

export type NewRuleFiles = { readonly rule: string; readonly test: string };

/** The texts of `<id>.json` and `<id>.test.json`, or sentences that say why there are none. */
export function newRuleFiles(wish: RuleWish, models: ReadonlyMap<string, DeviceModel>): NewRuleFiles | string[] {
  const problems = problemsOfWish(wish);
  if (problems.length > 0) return problems;
  const files = { rule: newRuleText(wish), test: newRuleTestText(wish) };
  const failures = failuresIn(wish, files, models);
  return failures.length > 0 ? failures : files;
}

function failuresIn(
  { id }: RuleWish,
  { rule, test }: NewRuleFiles,
  models: ReadonlyMap<string, DeviceModel>,
): string[] {
  const { rules, problems } = compileTexts([{ file: `${id}.json`, text: rule }]);
  const compiled = rules.get(id);
  const tests = parseJsonFile(`${id}.test.json`, test, ruleTestFileSchema);
  if (compiled === undefined) return problems.map(({ message }) => message);
  if (Array.isArray(tests)) return tests.map(({ message }) => message);
  return tests.value.tests.flatMap((each) =>
    failuresOf(compiled, each, { models }).map(
      (failure) => `its test '${each.name}' would fail: ${failureText(failure)}`,
    ),
  );
}
