// For tests: a source as a file would give it.

import { sourceFile } from '#runtime/source-file.ts';
import { textsOf } from './read-sources.ts';
import { makeSource, type Source, type Texts } from './source.ts';

export function sourceOf(file: object): Source {
  const value = sourceFile.parse(file);
  return makeSource({ file: 'test.json', value, at: () => ({ line: 1, column: 1 }) }, textsOf(value) as Texts);
}
