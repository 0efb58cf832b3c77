// What is wrong with a file, or doubtful in it: the one form in which the command line, the service, HTTP and the editor are
// told. An error refuses its file; a warning refuses nothing.

import { createScanner } from 'jsonc-parser';
import { type FileProblem, splitSuggestion } from '#runtime/json-file.ts';

/** Rules of the language bear a number; JSON: not readable; SCHEMA: field, type, word; RULE: all else. */
export const CODES = [
  ...(['JSON', 'SCHEMA', 'RULE', 'R001', 'R002', 'R003', 'R004', 'R005', 'R006', 'R007', 'R008', 'R009'] as const),
  ...([
    'R010',
    'R011',
    'R012',
    'R013',
    'R014',
    'R015',
    'R016',
    'R017',
    'R018',
    'R019',
    'R020',
    'R021',
    'R022',
  ] as const),
] as const;
export type Code = (typeof CODES)[number];

export const LEVELS = ['error', 'warn'] as const;
export type Level = (typeof LEVELS)[number];

export type Finding = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Just behind the word; left out where the place is no single word. */
  readonly endColumn?: number;
  readonly code: Code;
  readonly level: Level;
  readonly message: string;
  /** What was probably meant; the message does not say it. */
  readonly suggestion?: string;
};

export function isError({ level }: Finding): boolean {
  return level === 'error';
}

/** A problem of a file as an error. `code` where it bears none. */
export function errorOf(problem: FileProblem, text: string, code: Code = 'RULE'): Finding {
  const { file, line, column, message } = problem;
  const found = CODES.find((each) => each === problem.code) ?? code;
  return { file, line, column, ...endOf(text, problem), code: found, level: 'error', ...splitSuggestion(message) };
}

/** The same as the readers of other files say it. */
export function problemOf({ file, line, column, code, message, suggestion }: Finding): FileProblem {
  return {
    ...{ file, line, column, code },
    message: suggestion === undefined ? message : `${message}; did you mean '${suggestion}'?`,
  };
}

/** In the order of reading: by file, then by place. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

/** Where the word at a place ends, if a word stands there and ends on its line. */
export function endOf(
  text: string,
  { line, column }: Pick<Finding, 'line' | 'column'>,
): { readonly endColumn?: number } {
  const rest = lineAt(text, line).slice(column - 1);
  if (rest === '' || /^[{}[\],:\s]/.test(rest)) return {};
  const scanner = createScanner(rest, false);
  scanner.scan();
  return { endColumn: column + scanner.getTokenLength() };
}

function lineAt(text: string, line: number): string {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end === -1) return '';
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end);
}
