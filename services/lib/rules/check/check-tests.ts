// Test files against their form, before anybody runs them: fields, the notation of series, and the rules that they name.

import { nearestWord, parseJsonFile } from '#runtime/json-file.ts';
import { type FileTexts, ON_DISK } from '../edited-files.ts';
import type { Path } from '../language/expression.ts';
import { readRuleTests, type TestFile } from '../testing/read-rule-tests.ts';
import { type RuleTestFile, ruleTestFileSchema } from '../testing/rule-test-schema.ts';
import { parseSeries } from '../testing/series-notation.ts';
import type { RuleText } from './check-rules.ts';
import { endOf, errorOf, type Finding } from './finding.ts';

/** `texts`: where the rules beside them are read. */
export function checkTests(tests: readonly RuleText[], texts: FileTexts = ON_DISK): Finding[] {
  // All at once: the rules beside them are then read once.
  const read = new Map(
    readRuleTests(
      tests.map(({ file }) => file),
      { texts },
    ).files.map((each) => [each.file, each]),
  );
  return tests.flatMap(({ file, text }) => {
    const parsed = parseJsonFile(file, text, ruleTestFileSchema);
    if (Array.isArray(parsed)) return parsed.map((problem) => errorOf(problem, text, 'SCHEMA'));
    const refuse: Refuse = (place, message, suggestion) => {
      const found = parsed.at(place);
      const hint = suggestion === undefined ? {} : { suggestion };
      return { file, ...found, ...endOf(text, found), code: 'RULE', level: 'error', message, ...hint };
    };
    const withRules = read.get(file);
    return [
      ...unreadableSeries(parsed.value, refuse),
      ...(withRules === undefined ? [] : strangersOf(withRules, refuse)),
    ];
  });
}

function unreadableSeries({ tests }: RuleTestFile, refuse: Refuse): Finding[] {
  return tests.flatMap(({ series }, i) =>
    series.flatMap(({ values }, k) => {
      const samples = parseSeries(values);
      return typeof samples === 'string' ? [refuse(['tests', i, 'series', k, 'values'], samples)] : [];
    }),
  );
}

type Refuse = (place: Path, message: string, suggestion?: string) => Finding;

/** Rules that a test names and nobody wrote. Where a rule of the folder cannot be read it may be that one. */
function strangersOf({ value, rules }: TestFile, refuse: Refuse): Finding[] {
  if (rules.problems.length > 0) return [];
  const ids = [...rules.rules.keys()];
  return value.tests.flatMap(({ rule }, i) => {
    if (rule === undefined || rules.rules.has(rule)) return [];
    return [refuse(['tests', i, 'rule'], `there is no rule '${rule}' beside the tests`, nearestWord(rule, ids))];
  });
}
