// Findings as workflow commands: GitHub shows each at its line of the change.

import type { Finding } from '../finding.ts';
import type { Report } from './report.ts';

const COMMANDS = { error: 'error', warn: 'warning' } as const;

export const githubReport: Report = ({ findings }, { shown }) =>
  findings.map((finding) => `${shown(commandOf(finding))}\n`).join('');

function commandOf({ file, line, column, endColumn, level, code, message, suggestion }: Finding): string {
  // GitHub's end column is the last one, ours is the one behind.
  const end = endColumn === undefined ? '' : `,endColumn=${endColumn - 1}`;
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return `::${COMMANDS[level]} file=${property(file)},line=${line},col=${column}${end},title=${code}::${escaped(message + hint)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
