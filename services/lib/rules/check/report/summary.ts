// How many files, errors and warnings: `12 files, 1 error, 3 warnings`.

import { isError } from '../finding.ts';
import type { Checked } from './report.ts';

export type Summary = { readonly files: number; readonly errors: number; readonly warnings: number };

export function summaryOf({ files, findings }: Pick<Checked, 'files' | 'findings'>): Summary {
  const errors = findings.filter(isError).length;
  return { files: files.length, errors, warnings: findings.length - errors };
}

export function summaryText({ files, errors, warnings }: Summary): string {
  return `${counted(files, 'file')}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
