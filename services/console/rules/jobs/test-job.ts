// The tests of a rule on the texts of an editor, on the engine that runs live.

import { checkedWith, testFileOf, textsWith } from '#rules/check/check-edited.ts';
import { checkTests } from '#rules/check/check-tests.ts';
import { failureText } from '#rules/testing/compare-expectation.ts';
import { type FileCoverage, runTestFiles, type TestResult } from '#rules/testing/run-test-files.ts';
import type { CoverageView, TestFailureView, TestResultView, TestView, TestWish } from '../../api/rules.ts';
import { editedOf, type JobContext, refuseErrors, refuseGivenUp } from './job-context.ts';

/** What a person reads; more were copied. */
const TESTS_MAX = 1_000;
/** Of one test: a wrong rule fails every expectation. */
const FAILURES_MAX = 50;

export function testJob(wish: TestWish, context: JobContext): TestView {
  const startedAt = context.nowMs();
  const { rulesDir } = context;
  const edited = editedOf(wish, rulesDir);
  const { rule } = edited;
  const testFile = testFileOf(rule.file);
  const texts = textsWith(edited);
  const testText = texts.read(testFile);
  const own = checkedWith(rulesDir, rule).findings.filter(({ file }) => file === rule.file);
  const ofTest = typeof testText === 'string' ? checkTests([{ file: testFile, text: testText }], texts) : [];
  refuseErrors([...own, ...ofTest], rulesDir);
  let asked = 0;
  const isWanted = (title: string) => {
    refuseGivenUp(context);
    if (wish.only !== undefined && title.slice(title.indexOf(': ') + 2) !== wish.only) return false;
    return ++asked <= TESTS_MAX;
  };
  const runs =
    typeof testText === 'string' ? runTestFiles([testFile], { texts, isWanted }) : { results: [], coverage: [] };
  const failed = runs.results.filter(({ failures }) => failures.length > 0).length;
  return {
    results: runs.results.map(shownResult),
    more: Math.max(0, asked - TESTS_MAX),
    passed: runs.results.length - failed,
    failed,
    coverage: coverageOf(runs.coverage.find(({ file }) => file === rule.file)),
    tookMs: Math.round(context.nowMs() - startedAt),
  };
}

function shownResult({ name, line, column, failures }: TestResult): TestResultView {
  return { name, line, column, failures: failures.slice(0, FAILURES_MAX).map(shownFailure) };
}

function shownFailure(failure: TestResult['failures'][number]): TestFailureView {
  const { line, column, at, instance, field, expected, got } = failure;
  const json = (value: unknown) => (field === 'test' ? null : (JSON.stringify(value) ?? 'nothing'));
  return { line, column, text: failureText(failure), at, instance, field, expected: json(expected), got: json(got) };
}

function coverageOf(found: FileCoverage | undefined): CoverageView | null {
  if (found === undefined) return null;
  const missing = found.items.flatMap(({ kind, text, missing: words }, i) => {
    const place = found.places[i];
    return words.length === 0 || place === undefined
      ? []
      : [{ line: place.line, column: place.column, text: `${kind} ${text}: ${words.join(', ')}` }];
  });
  return { covered: found.covered, total: found.total, missing };
}
