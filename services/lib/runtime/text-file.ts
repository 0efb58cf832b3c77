// A text that a person wrote, from a file of whatever kind lies there. A pipe is never waited for, and bytes that are no UTF-8
// are said to be none: read all the same they would be other letters, and a rule would name what nobody has.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { FileProblem } from './json-file.ts';

/** Far above anything a person writes; a recording that lies in the wrong folder is not read into memory. */
const BYTES_MAX = 16 * 1024 * 1024;

/** The text, or why there is none; never throws. */
export function readTextFile(file: string): string | FileProblem {
  const problem = (message: string): FileProblem => ({ file, line: 1, column: 1, message, code: 'JSON' });
  let fd: number | undefined;
  try {
    // Without it opening a pipe waits for a writer, for ever.
    fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(fd);
    if (stats.isDirectory()) return problem('cannot be read (EISDIR)');
    if (!stats.isFile()) return problem('cannot be read: it is no plain file');
    if (stats.size > BYTES_MAX) return problem(`cannot be read: it is over ${BYTES_MAX / 1024 ** 2} MiB`);
    const decoded = decodeText(readFileSync(fd));
    return 'text' in decoded ? decoded.text : { ...problem(decoded.why), line: decoded.line };
  } catch (error) {
    return problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

type Decoded = { readonly text: string } | { readonly why: string; readonly line: number };

/** The mark that some editors put before UTF-8 says nothing and is left out. */
function decodeText(bytes: Buffer): Decoded {
  // In UTF-16 every letter that JSON is made of has a byte that is 0; in UTF-8 none has.
  const isWide = bytes[0] === 0 || bytes[1] === 0 || (bytes[0] ?? 0) >= 0xfe;
  if (isWide) return { why: 'is UTF-16, and must be UTF-8; save it in that encoding', line: 1 };
  try {
    return { text: UTF8.decode(bytes) };
  } catch {
    const why = 'is not UTF-8: here is a letter of another encoding, such as Latin-1; save it as UTF-8';
    return { why, line: lineOfFirstWrong(bytes) };
  }
}

/** Lines are told apart by the same byte in every encoding that begins with ASCII. */
function lineOfFirstWrong(bytes: Buffer): number {
  const shown = bytes.toString('utf8');
  return shown.slice(0, shown.indexOf('\ufffd')).split('\n').length;
}
