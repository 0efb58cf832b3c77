// What the tests of a folder show of its rules, for R017: they are run as `rules test` runs them. Whether they pass is not
// asked here.

import path from 'node:path';
import { type FileTexts, ON_DISK } from '../edited-files.ts';
import { runTestFiles } from '../testing/run-test-files.ts';
import type { RuleText } from './check-rules.ts';
import type { Coverage } from './lint/untested.ts';

export function testCoverage(
  rules: readonly RuleText[],
  testFiles: readonly string[],
  texts: FileTexts = ON_DISK,
): Coverage {
  const covered = new Map(runTestFiles(testFiles, { texts }).coverage.map((each) => [path.resolve(each.file), each]));
  return new Map(rules.map(({ file }) => [file, covered.get(path.resolve(file)) ?? NEVER_RUN]));
}

const NEVER_RUN = { items: [{ kind: 'rule', path: [], text: '', missing: ['never run'] }] } as const;
