// What lies in a rules folder and looks as if it were obeyed, and is not: nobody reads a rule of another ending, or one in a
// folder of its own. Its author would wait for its alarm for ever.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from './check/finding.ts';

/** Folders inside the rules folder that hold files of other kinds. */
export const INNER_FOLDERS: readonly string[] = ['models', 'devices', 'sources'];
/** These too, but they are not for `rules check`: the rules service and editors read them. */
const FOREIGN_FOLDERS: readonly string[] = ['notify', 'schemas'];

/** Nothing of a folder that is not there or cannot be read: whoever reads its rules says so. */
export function strayFiles(folder: string): Finding[] {
  const inner = INNER_FOLDERS.map((name) => path.join(folder, name));
  return [
    ...[folder, ...inner].flatMap((each) => namesIn(each).flatMap(({ name }) => ofName(path.join(each, name)))),
    ...namesIn(folder).flatMap((entry) => (entry.isDirectory() ? ofFolder(path.join(folder, entry.name)) : [])),
  ];
}

/** An error: the file is not obeyed, as one that is refused. A name with `.example.` in it says itself that it is none. */
export function ofName(file: string): Finding[] {
  const name = path.basename(file);
  if (!/\.json[c5]?$/i.test(name) || name.endsWith('.json') || isSetAside(name)) return [];
  const wanted = name.replace(/json[c5]?$/i, 'json');
  const message = `is not read: the name must end in .json (comments are allowed there too); call it ${wanted}`;
  return [{ file, line: 1, column: 1, code: 'RULE', level: 'error', message }];
}

/** A warning: people keep old rules so. */
function ofFolder(folder: string): Finding[] {
  const name = path.basename(folder);
  if (INNER_FOLDERS.includes(name) || FOREIGN_FOLDERS.includes(name) || name.startsWith('.')) return [];
  const [first, ...more] = namesIn(folder).filter((entry) => /\.json[c5]?$/i.test(entry.name));
  if (first === undefined) return [];
  const what = more.length === 0 ? first.name : `${first.name} and ${more.length} more`;
  const message = `${what} in it is not read: rules stand directly in the rules folder`;
  return [{ file: folder, line: 1, column: 1, code: 'RULE', level: 'warn', message }];
}

function isSetAside(name: string): boolean {
  return name.includes('.example.') || name.startsWith('.');
}

function namesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
