// Which audit journal a command is about, and what keeps it from being read.

import path from 'node:path';
import { auditFolder } from '#runtime/audit-log/layout.ts';
import { StartError } from '#runtime/start-error.ts';
import type { Call, Cli } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { readSettings } from '../settings.ts';

export const FOLDER_OPTION = [
  '--folder <folder>',
  'an audit folder or a copy of one (default: the one of the data folder)',
] as const;

/** Runs what reads the journal; gives its exit code, or that of what is wrong with the settings or the folder. */
export async function readJournal(
  { options, settings }: Pick<Call, 'options' | 'settings'>,
  cli: Cli,
  run: (folder: string) => Promise<number>,
): Promise<number> {
  const loaded = readSettings(settings, cli);
  if (typeof loaded === 'number') return loaded;
  const { folder } = options;
  try {
    return await run(typeof folder === 'string' ? path.resolve(folder) : auditFolder(loaded.config.root.data));
  } catch (error) {
    if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
    throw error;
  }
}
