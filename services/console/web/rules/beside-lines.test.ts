import { expect, it } from 'vitest';
import type { FindingView, TestView } from '../../api/rules.ts';
import { notesOfCoverage, notesOfFindings, notesOfTests, problemsIn } from './beside-lines.ts';

const finding = (changes: Partial<FindingView>): FindingView => ({
  ...{ file: 'a.json', line: 2, column: 3, code: 'R001', level: 'error', message: "there is no input 'levle'" },
  ...changes,
});

it('problemsIn() takes what is of this file, with a button for what was probably meant', () => {
  const problems = problemsIn('a.json', [
    finding({ endColumn: 9, suggestion: 'level' }),
    finding({ file: 'a.test.json' }),
    finding({ level: 'warn', code: 'R005' }),
  ]);
  expect(problems.map(({ level, code, suggestion, fixLabel }) => [level, code, suggestion, fixLabel])).toEqual([
    ['error', 'R001', 'level', 'Write “level”'],
    ['warning', 'R005', undefined, 'Write “”'],
  ]);
});

it('notesOfFindings() marks a line once, by the worst', () => {
  const notes = notesOfFindings('a.json', [
    finding({ level: 'warn', code: 'R005' }),
    finding({}),
    finding({ line: 4 }),
  ]);
  expect(notes.map(({ line, kind }) => [line, kind])).toEqual([
    [2, 'error'],
    [4, 'error'],
  ]);
  expect(notes[0]?.title).toBe("R005: there is no input 'levle'\nR001: there is no input 'levle'");
});

const failure = (line: number, text: string) => ({
  ...{ line, column: 1, text, at: '30s', instance: 'T1', field: 'state' },
  ...{ expected: '"UNACK"', got: '"PENDING"' },
});
const view = (
  results: TestView['results'],
  missing: { line: number; column: number; text: string }[] = [],
): TestView => ({
  ...{ results, more: 0, passed: 0, failed: 0, tookMs: 5 },
  coverage: { covered: 1, total: 2, missing },
});

it('notesOfTests() says at each test whether it passed, and at each expectation what came instead', () => {
  const notes = notesOfTests(
    view([
      { name: 'one', line: 3, column: 5, failures: [] },
      { name: 'two', line: 9, column: 5, failures: [failure(12, 'a'), failure(12, 'b'), failure(14, 'c')] },
      { name: 'three', line: 20, column: 5, failures: [failure(20, 'there is no rule')] },
    ]),
  );
  expect(notes.map(({ line, kind, words }) => [line, kind, words])).toEqual([
    [3, 'pass', 'passed'],
    [9, 'fail', 'failed, 3 expectations'],
    [12, 'fail', 'a; b'],
    [14, 'fail', 'c'],
    [20, 'fail', 'failed'],
    [20, 'fail', 'there is no rule'],
  ]);
});

it('notesOfCoverage() says in the rule what no test has shown', () => {
  const notes = notesOfCoverage(
    view(
      [],
      [
        { line: 7, column: 1, text: 'arm temp > 80: never false' },
        { line: 7, column: 9, text: 'never true' },
      ],
    ),
  );
  expect(notes).toEqual([
    { line: 7, kind: 'uncovered', words: '', title: 'No test has shown: arm temp > 80: never false; never true' },
  ]);
});
