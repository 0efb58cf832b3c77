// What the server said of a text, as the editor shows it at its lines.

import type { FindingView, TestView } from '../../api/rules.ts';
import { groupBy } from '../parts/group-by.ts';
import { texts } from '../texts.ts';
import type { Problem } from './editor/code-editor.ts';
import type { LineNote } from './editor/margin.ts';

export function problemsIn(file: string, findings: readonly FindingView[]): Problem[] {
  return findings
    .filter((finding) => finding.file === file)
    .map(({ line, column, endColumn, level, code, message, suggestion }) => ({
      ...{ line, column, endColumn, code, message, suggestion },
      level: level === 'error' ? 'error' : 'warning',
      fixLabel: texts.rules.take(suggestion ?? ''),
    }));
}

/** One mark for each line: the worst of what stands there. */
export function notesOfFindings(file: string, findings: readonly FindingView[]): LineNote[] {
  const byLine = groupBy(
    findings.filter((finding) => finding.file === file),
    ({ line }) => line,
  );
  return Array.from(byLine, ([line, here]) => ({
    line,
    kind: here.some(({ level }) => level === 'error') ? 'error' : 'warning',
    title: here.map(({ code, message }) => `${code}: ${message}`).join('\n'),
    words: '',
  }));
}

/** A test says at its first line whether it passed, and at each expectation what came instead. */
export function notesOfTests({ results }: TestView): LineNote[] {
  return results.flatMap(({ line, failures }) => {
    const words = failures.length === 0 ? texts.rules.tests.pass : texts.rules.tests.fail(failures.length);
    const byLine = groupBy(failures, (failure) => failure.line);
    return [
      { line, kind: failures.length === 0 ? ('pass' as const) : ('fail' as const), title: words, words },
      ...Array.from(byLine, ([at, here]) => {
        const text = here.map((failure) => failure.text).join('; ');
        return { line: at, kind: 'fail' as const, title: text, words: text };
      }).filter((note) => note.line !== line),
      // A test that could not be run has no expectation to say it at.
      ...(byLine.get(line) ?? []).map(({ text }) => ({ line, kind: 'fail' as const, title: text, words: text })),
    ];
  });
}

/** What no test has shown, at its place in the rule. */
export function notesOfCoverage({ coverage }: TestView): LineNote[] {
  const byLine = groupBy(coverage?.missing ?? [], ({ line }) => line);
  return Array.from(byLine, ([line, here]) => ({
    ...{ line, kind: 'uncovered' as const, words: '' },
    title: `${texts.rules.tests.missing} ${here.map(({ text }) => text).join('; ')}`,
  }));
}
