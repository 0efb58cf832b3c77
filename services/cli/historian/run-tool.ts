// Runs a tool of the historian's on its folder: a program of the historian's, which alone knows how it keeps things. The files
// are read as they lie there, so whoever may read them needs no login, and whether the historian runs makes no difference.

import path from 'node:path';
import type { Call, Cli } from '../cli.ts';
import { runProgram } from '../run-program.ts';
import { readSettings } from '../settings.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../historian/tool/main.ts');

export const FOLDER_OPTION = [
  '--folder <folder>',
  'a historian folder or a backup (default: the one of the data folder)',
] as const;

/** Gives the tool's exit code. */
export async function runTool(
  { options, settings }: Pick<Call, 'options' | 'settings'>,
  cli: Cli,
  wish: { readonly tool: string } & Readonly<Record<string, unknown>>,
): Promise<number> {
  const loaded = readSettings(settings, cli);
  if (typeof loaded === 'number') return loaded;
  const { data } = loaded.config.root;
  const root = path.resolve(typeof options.folder === 'string' ? options.folder : path.join(data, 'historian'));
  return await runProgram(PROGRAM, { ...wish, root }, cli);
}
