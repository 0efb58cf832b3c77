// All tests of some files, with what they have shown of the rules.

import path from 'node:path';
import { didYouMean, type Place } from '#runtime/json-file.ts';
import { ownerOf } from '../check/lint/alarms-named.ts';
import type { FileTexts } from '../edited-files.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import type { Failure } from './compare-expectation.ts';
import { CoverageRecord, coverageOf, type RuleCoverage } from './coverage.ts';
import { readRuleTests, type TestFile } from './read-rule-tests.ts';
import type { RuleTest } from './rule-test-schema.ts';
import { failuresOf } from './run-rule-test.ts';

export type TestResult = {
  readonly file: string;
  /** Where the test stands in its file, from 1. */
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly name: string;
  readonly failures: readonly (Failure & Place)[];
};

export type FileCoverage = RuleCoverage & {
  /** The file of the rule, and where in it each item stands. */
  readonly file: string;
  readonly places: readonly Place[];
};

export type TestRuns = {
  readonly results: readonly TestResult[];
  readonly coverage: readonly FileCoverage[];
  readonly problems: ReturnType<typeof readRuleTests>['problems'];
};

export type TestRunOptions = {
  /** Which tests are run, by `rule: name`; all where it is left out. */
  readonly isWanted?: (title: string) => boolean;
  readonly onResult?: (result: TestResult) => void;
  readonly texts?: FileTexts;
};

/** Expressions of these fields are others than those of the file: what they show covers nothing. */
const LOGIC = ['condition', 'clearCondition', 'deadband', 'levels', 'enableWhen', 'suppressWhen', 'actions'];

/**
 * `candidates` are files of any kind. Coverage is that of the rules among them, of those that a test file names, and of
 * those that a test has run.
 */
export function runTestFiles(candidates: readonly string[], options: TestRunOptions = {}): TestRuns {
  const records = new Map<string, CoverageRecord>();
  const recordOf = (file: string) => {
    const record = records.get(file) ?? new CoverageRecord();
    records.set(file, record);
    return record;
  };
  const { files, problems } = readRuleTests(candidates, {
    compileOptionsOf: (file) => ({ watch: recordOf(file).watch }),
    ...(options.texts === undefined ? {} : { texts: options.texts }),
  });
  for (const texts of new Set(files.map(({ rules }) => rules)))
    for (const [id, rule] of texts.rules) recordOf(texts.sources.get(id)?.file ?? id).attach(rule);
  const results: TestResult[] = [];
  const covered = new Map<string, FileCoverage>();
  for (const file of files) {
    for (const [i, test] of file.value.tests.entries()) {
      const result = runOne({ file, test, index: i }, recordOf, options);
      if (result === undefined) continue;
      results.push(result);
      options.onResult?.(result);
    }
  }
  for (const { rules, value } of files)
    for (const [id, rule] of rules.rules) {
      const source = rules.sources.get(id);
      if (source === undefined || covered.has(source.file)) continue;
      // A test file by itself is not about every rule beside it; a folder, or one that names its rules, is.
      const isMeant = value.ruleFiles !== undefined || candidates.includes(source.file);
      if (!isMeant && !recordOf(source.file).hasRun) continue;
      const coverage = coverageOf(rule, recordOf(source.file));
      const places = coverage.items.map((each) => source.at(each.path));
      covered.set(source.file, { ...coverage, file: source.file, places });
    }
  return { results, coverage: [...covered.values()], problems };
}

type OneTest = { readonly file: TestFile; readonly test: RuleTest; readonly index: number };

function runOne(
  { file, test, index }: OneTest,
  recordOf: (file: string) => CoverageRecord,
  { isWanted }: TestRunOptions,
): TestResult | undefined {
  const { rules } = file;
  const id = test.rule ?? soleRuleOf(file);
  if (isWanted?.(`${id}: ${test.name}`) === false) return undefined;
  const place = file.at(['tests', index]);
  const result = { file: file.file, ...place, rule: id, name: test.name };
  const rule = rules.rules.get(id);
  const source = rules.sources.get(id);
  if (rule === undefined || source === undefined) {
    const got = `there is no rule '${id}'${didYouMean(id, [...rules.rules.keys()])}`;
    const failure = { index: undefined, at: '', instance: '', field: 'test', expected: undefined, got };
    return { ...result, failures: [{ ...failure, ...file.at(['tests', index, 'rule']) }] };
  }
  const record = recordOf(source.file);
  const isOther = LOGIC.some((field) => test.override !== undefined && Object.hasOwn(test.override, field));
  if (!isOther) record.hasRun = true;
  const failures = failuresOf(rule, test, {
    others: relatedTo(rule, rules.rules),
    models: file.models,
    ...(isOther ? {} : { watcher: record }),
    onOutput: (output, engine) => {
      if (output.kind === 'journal' && !isOther) record.note(rule, output.entry, engine);
    },
  });
  const at = (each: Failure) =>
    file.at(each.index === undefined ? ['tests', index] : ['tests', index, 'expect', each.index]);
  return { ...result, failures: failures.map((each) => ({ ...each, ...at(each) })) };
}

/** The rule that a test without a name means: the one beside the file, or the only one. */
function soleRuleOf({ file, rules }: TestFile): string {
  const beside = path.basename(file).replace(/(\.test)?\.json$/, '');
  const [only, another] = rules.rules.keys();
  return only !== undefined && another === undefined && !rules.rules.has(beside) ? only : beside;
}

/** The rules that it reads or that inhibit it, and those that they do. */
function relatedTo(rule: CompiledRule, rules: ReadonlyMap<string, CompiledRule>): CompiledRule[] {
  const related = new Set<CompiledRule>();
  const waiting = [rule];
  for (const each of waiting) {
    for (const id of [...each.readsAlarms, ...each.inhibitedBy.map(({ rule: other }) => other)]) {
      const other = rules.get(id) ?? rules.get(ownerOf(id));
      if (other === undefined || other === rule || related.has(other)) continue;
      related.add(other);
      waiting.push(other);
    }
  }
  return [...related];
}
