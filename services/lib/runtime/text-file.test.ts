import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTextFile } from './text-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-text-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const whyNot = (file: string) => {
  const read = readTextFile(file);
  return typeof read === 'string' ? 'it was read' : `${read.line}: ${read.message}`;
};

const written = (bytes: string | Buffer): string => {
  const file = path.join(folder, 'x.json');
  writeFileSync(file, bytes);
  return file;
};

describe('readTextFile()', () => {
  it('gives the text, letters of all languages included', () => {
    expect(readTextFile(written('{ "name": "Kühlöl 液位" }\n'))).toBe('{ "name": "Kühlöl 液位" }\n');
    expect(readTextFile(written(''))).toBe('');
  });

  it('leaves out the byte order mark that an editor has put before it', () => {
    expect(readTextFile(written('\ufeff{ "id": "x" }'))).toBe('{ "id": "x" }');
  });

  it.each([
    ['with its mark', Buffer.from('\ufeff{ "id": "x" }', 'utf16le')],
    ['without it', Buffer.from('{ "id": "x" }', 'utf16le')],
    ['big-endian', Buffer.from('\ufeff{ "id": "x" }', 'utf16le').swap16()],
  ])('says in one sentence that a file is UTF-16, %s', (_, bytes) => {
    expect(whyNot(written(bytes))).toBe('1: is UTF-16, and must be UTF-8; save it in that encoding');
  });

  it('does not take Latin-1 for other letters', () => {
    const file = written(Buffer.from('{\n  "id": "x",\n  "name": "Kühlöl"\n}\n', 'latin1'));
    expect(whyNot(file)).toBe(
      '3: is not UTF-8: here is a letter of another encoding, such as Latin-1; save it as UTF-8',
    );
  });

  it('does not wait for a pipe that nobody writes', () => {
    const pipe = path.join(folder, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    expect(whyNot(pipe)).toBe('1: cannot be read: it is no plain file');
  });

  it('says of a folder, a missing file and a closed one why they cannot be read', () => {
    mkdirSync(path.join(folder, 'd.json'));
    expect(whyNot(path.join(folder, 'd.json'))).toBe('1: cannot be read (EISDIR)');
    expect(whyNot(path.join(folder, 'gone.json'))).toBe('1: cannot be read (ENOENT)');
    const file = written('{}');
    chmodSync(file, 0);
    // Root may read everything.
    if (process.getuid?.() !== 0) expect(whyNot(file)).toBe('1: cannot be read (EACCES)');
  });

  it('does not read a recording that lies in the wrong folder into memory', () => {
    const file = written('');
    truncateSync(file, 17 * 1024 * 1024);
    expect(whyNot(file)).toBe('1: cannot be read: it is over 16 MiB');
  });
});
