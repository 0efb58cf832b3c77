// An export on its way into a file or to standard output, as fast as that takes it.

import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { type ExportWish, exportLines } from './export-lines.ts';
import { readFolder, storeOf } from './read-folder.ts';

export type Outlet = {
  /** `-` is `stdout`; compressed where it ends in .gz. */
  readonly target: string;
  readonly stdout: Writable;
  readonly signal: AbortSignal;
  /** Of what cannot be read, and is left out. */
  readonly onDamage: (place: string, why: string) => void;
};

/** A file gets its name when it is whole. @throws StartError */
export async function writeExport(
  root: string,
  wish: ExportWish,
  { target, stdout, signal, onDamage }: Outlet,
): Promise<void> {
  if (target !== '-' && existsSync(target)) {
    throw new StartError(`${target} is there already; name a file that is not there yet`, EXIT.usage);
  }
  using store = storeOf(await readFolder(root), onDamage);
  refuseUnknown(wish, store);
  const lines = Readable.from(exportLines(store, wish));
  if (target === '-') return pipeline(lines, stdout, { signal, end: false });
  const draft = `${target}.part`;
  try {
    const file = createWriteStream(draft, { mode: 0o600, flush: true });
    if (target.endsWith('.gz')) await pipeline(lines, createGzip(), file, { signal });
    else await pipeline(lines, file, { signal });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    if (signal.aborted) throw error;
    throw new StartError(`${target} cannot be written: ${(error as Error).message}`, EXIT.unavailable);
  }
}

/** An empty export of a name that was mistyped would pass for one. */
function refuseUnknown({ database, policy }: ExportWish, store: ReturnType<typeof storeOf>): void {
  const databases = store.databases();
  if (database !== undefined && !databases.includes(database)) {
    throw new StartError(
      `there is no database '${database}'; there are: ${databases.join(', ') || 'none'}`,
      EXIT.usage,
    );
  }
  const names = (database === undefined ? databases : [database]).flatMap((one) =>
    (store.policies(one) ?? []).map(({ name }) => name),
  );
  if (policy !== undefined && !names.includes(policy)) {
    throw new StartError(
      `there is no retention policy '${policy}'; there are: ${[...new Set(names)].join(', ') || 'none'}`,
      EXIT.usage,
    );
  }
}
