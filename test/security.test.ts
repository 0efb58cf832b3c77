// What `.github/SECURITY.md` says is proven is proven by a test that is there, and what has no proof says that it is open.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { ROOT } from './support/processes.ts';

const text = readFileSync(path.join(ROOT, '.github/SECURITY.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| \d+ \|/.test(line));

/** Each quoted name with the file that stands before it. */
function proofsOf(row: string): { readonly file: string; readonly name: string }[] {
  let file = '';
  return [...row.matchAll(/`([\w./-]+\.test\.ts)`|"([^"]+)"/g)].flatMap(([, named, name]) => {
    if (named !== undefined) file = named;
    return name === undefined ? [] : [{ file, name }];
  });
}

test('the threat list is whole', () => {
  expect(rows.map((row) => Number(/\d+/.exec(row)?.[0]))).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
});

describe.each(rows.map((row) => [/^\| (\d+ \| [^|]+) \|/.exec(row)?.[1] ?? row, row] as const))('%s', (_, row) => {
  const proofs = proofsOf(row);

  it('has a proof, or says that it is open', () => {
    expect(proofs.length > 0 || /\bOpen: /.test(row)).toBe(true);
  });

  it.each(proofs)('$file has "$name"', ({ file, name }) => {
    expect(existsSync(path.join(ROOT, file)), `${file} is not there`).toBe(true);
    expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(name);
  });
});
