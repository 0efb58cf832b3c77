// Opens the store at the start of the process, and says what a person can do where it cannot be opened.

import type { Log } from '#runtime/log.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { StoreParts } from '../../store-parts.ts';
import { isDamage } from '../sqlite.ts';
import { startThreads, type ThreadsOptions } from './start-threads.ts';

/** @throws StartError */
export async function openStore(
  folder: string,
  { log, ...options }: Omit<ThreadsOptions, 'onDamage' | 'onFatal'> & { readonly log: Log },
): Promise<StoreParts & AsyncDisposable> {
  try {
    return await startThreads(folder, {
      ...options,
      onDamage: (damage) => log.error(damage, 'the log is damaged on disk'),
      onFatal: (error) => {
        log.fatal({ err: error }, 'the store failed');
        process.exit(EXIT.software);
      },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    if (!isDamage(error)) throw new StartError(`cannot open the store in ${folder}: ${why}`, EXIT.unavailable);
    throw new StartError(
      `${why}: restore the store from a backup, or move its folder away and start again; a new, empty one is then made`,
    );
  }
}
