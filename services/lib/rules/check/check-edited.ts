// A rule that somebody is writing, checked as if it were saved: together with all others of its folder, its plant and its tests.
// What the others say of themselves is told only where it is this text that makes them say it.

import path from 'node:path';
import { type FileTexts, withEdits } from '../edited-files.ts';
import { readPlantKnowledge } from '../plant-knowledge.ts';
import { readRuleTexts, ruleIdOf } from '../rule-files.ts';
import { type CheckedRules, type CheckOptions, checkRules, type RuleText } from './check-rules.ts';
import { checkTests } from './check-tests.ts';
import { type Finding, inReadingOrder } from './finding.ts';
import { testCoverage } from './test-coverage.ts';

export type Edited = {
  /** Paths, as the folder's other files have them. */
  readonly rule: RuleText;
  /** undefined: the one on disk, if there is one. */
  readonly test?: RuleText | undefined;
};

export type CheckedEdit = {
  /** Of the rule and its test. */
  readonly own: readonly Finding[];
  readonly others: readonly Finding[];
  readonly checked: CheckedRules;
};

export function testFileOf(ruleFile: string): string {
  return ruleFile.replace(/\.json$/, '.test.json');
}

/** The folder's files with those of the edit in their place. */
export function textsWith({ rule, test }: Edited): FileTexts {
  return withEdits(new Map([rule, ...(test === undefined ? [] : [test])].map(({ file, text }) => [file, text])));
}

/** All rules of the folder, the edited one in its place, and what is wrong with them. A disabled one that is edited is meant. */
export function checkedWith(folder: string, rule: RuleText, options: CheckOptions = {}): CheckedRules {
  const { texts, unreadable } = readRuleTexts(folder);
  const all = [...texts.filter(({ file }) => file !== rule.file), rule].sort((a, b) => (a.file < b.file ? -1 : 1));
  const beside = [...all, ...unreadable].map(({ file }) => ruleIdOf(file));
  const takes: CheckOptions['takes'] = ({ mode }, file) => mode !== 'disabled' || file === rule.file;
  return checkRules(all, { beside, takes, ...readPlantKnowledge(folder), ...options });
}

/** @throws whatever a test run throws that somebody ends */
export function checkEdited(folder: string, edited: Edited): CheckedEdit {
  const { rule } = edited;
  const texts = textsWith(edited);
  const testFile = testFileOf(rule.file);
  const testText = texts.read(testFile);
  const tests = typeof testText === 'string' ? [{ file: testFile, text: testText }] : [];
  const files = tests.map(({ file }) => file);
  const checked = checkedWith(folder, rule, { coverage: testCoverage([rule], files, texts) });
  const own = new Set([rule.file, testFile].map((file) => path.resolve(file)));
  const isOwn = ({ file }: Finding) => own.has(path.resolve(file));
  const before = new Set(asSaved(folder, rule.file).map(wordsOf));
  return {
    own: inReadingOrder([...checked.findings.filter(isOwn), ...checkTests(tests, texts)]),
    others: checked.findings.filter((each) => !isOwn(each) && !before.has(wordsOf(each))),
    checked,
  };
}

/** What the folder says as it is on disk. */
function asSaved(folder: string, file: string): readonly Finding[] {
  const { texts, unreadable } = readRuleTexts(folder);
  const beside = [...texts, ...unreadable].map((each) => ruleIdOf(each.file));
  const { findings } = checkRules(texts, { beside, ...readPlantKnowledge(folder) });
  return findings.filter((finding) => finding.file !== file);
}

function wordsOf({ file, line, column, code, message }: Finding): string {
  return JSON.stringify([file, line, column, code, message]);
}
