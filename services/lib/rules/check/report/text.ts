// Findings for a person, in the fixed form: place, level and code, sentence; the line with a caret and what was meant; where
// to read more. The only file that imports @babel/code-frame.

import { codeFrameColumns } from '@babel/code-frame';
import type { Finding } from '../finding.ts';
import type { Report, ReportOptions } from './report.ts';

/** Where the codes are explained. */
const HELP = 'rules/README.md';
/** A line of a minified file is longer than any screen; around its place is enough. */
const LINE_LENGTH_MAX = 160;
const COLOURS = { error: 'red', warn: 'yellow' } as const;

export const textReport: Report = ({ findings, textOf }, options) =>
  findings.map((finding) => `${findingText(finding, textOf(finding.file) ?? '', options)}\n`).join('\n');

function findingText(finding: Finding, text: string, { paint, shown }: ReportOptions): string {
  const { file, line, column, level, code, message } = finding;
  return [
    `${shown(file)}:${line}:${column} ${paint(COLOURS[level], `${level} ${code}`)}: ${shown(message)}`,
    ...frameOf(finding, text).map(shown),
    paint('dim', `  help: ${HELP}#${code}`),
  ].join('\n');
}

/** Nothing where the file has no such line. */
function frameOf({ line, column, suggestion }: Finding, text: string): string[] {
  const lines = text.split('\n').slice(Math.max(0, line - 2), line);
  if (lines.length === 0 || text === '') return [];
  const cut = Math.max(0, column - LINE_LENGTH_MAX / 2);
  const shortened = lines
    .map((each) =>
      each
        .replace(/\r$/, '')
        .replaceAll('\t', ' ')
        .slice(cut, cut + LINE_LENGTH_MAX),
    )
    .join('\n');
  return codeFrameColumns(
    shortened,
    // Its columns count from 0.
    { start: { line, column: column - cut - 1 } },
    {
      ...{ linesAbove: 1, linesBelow: 0, startLine: line - lines.length + 1 },
      ...(suggestion === undefined ? {} : { message: `did you mean "${suggestion}"?` }),
    },
  ).split('\n');
}
