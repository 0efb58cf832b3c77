// What is wrong, one sentence a line, harmless to a terminal; and the exit code that says so.

import type { Cli } from '../cli.ts';
import { printable } from '../printable.ts';

export function refuse(sentences: readonly string[], exitCode: number, { err, paint }: Cli): number {
  err(sentences.map((sentence) => `${paint('red', 'error')} ${printable(sentence)}\n`).join(''));
  return exitCode;
}
