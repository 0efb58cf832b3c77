// The repository's own files as text, for tests that hold its rules: which file imports what, on which line.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './processes.ts';

/** A file by its path from the root, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

export type Import = {
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Path from the root where it is a file of ours; else undefined. */
  readonly target: string | undefined;
};

/** What .gitignore names and what tools and editors leave behind. */
const IGNORED = new Set([
  'node_modules',
  '.git',
  'dist',
  'coverage',
  '.vite',
  '.idea',
  '.vscode',
  '.DS_Store',
  '__pycache__',
]);
const IGNORED_AT_ROOT = new Set(['data']);

/** Every file of the repository, text or not. */
export function readTree(folder = ''): SourceFile[] {
  return topLevel(folder).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return readTree(file);
    return entry.isFile() ? [{ path: file, text: readFileSync(path.join(ROOT, file), 'utf8') }] : [];
  });
}

/** The entries of one folder that belong to the repository. */
export function topLevel(folder = '') {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).filter(
    ({ name }) => !IGNORED.has(name) && !(folder === '' && IGNORED_AT_ROOT.has(name)) && !name.endsWith('.log'),
  );
}

export function isCode({ path: file }: SourceFile): boolean {
  return /\.(?:ts|tsx|mjs|js)$/.test(file);
}

export function isTest({ path: file }: SourceFile): boolean {
  return /\.test\.tsx?$/.test(file) || file.startsWith('test/');
}

/** Static and dynamic imports, and re-exports. A multi-line import stands on its last line, where its `from` is. */
export function importsOf(source: SourceFile): Import[] {
  return codeLines(source).flatMap(({ line, code }) =>
    [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g)].map(([, , specifier = '']) => ({
      line,
      specifier,
      target: targetOf(source.path, specifier),
    })),
  );
}

function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier);
  const own = /^#(domain|runtime|rules)\/(.*)$/.exec(specifier);
  return own === null ? undefined : `services/lib/${own[1]}/${own[2]}`;
}

/** Lines without their comments, so that a rule is not broken by being spoken of. */
export function codeLines({ text }: SourceFile): { readonly line: number; readonly code: string }[] {
  const withoutBlocks = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return withoutBlocks.split('\n').map((code, i) => ({ line: i + 1, code: code.replace(/(?:^|\s)\/\/.*$/, '') }));
}
