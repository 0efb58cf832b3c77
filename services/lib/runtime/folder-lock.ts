// One user of a folder at a time: one start of the data folder, one change of the files of access. `<folder>/lock/<n>` names
// the process that holds the highest number: that process alone may use the folder, for as long as it lives. Whoever finds it gone takes the next number by making that file, which the file
// system grants to one of them only. Nobody takes a stale lock away first: between that and the taking another could step
// in. The highest file stays, emptied at the end, so that numbers never run back.

import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeDurableFolder } from './durable-folder.ts';

export type LockResult = { readonly lock: Disposable } | { readonly holder: number };

/**
 * The lock, or the process that holds it.
 * @throws where the folder cannot be written to (the system's own error)
 */
export function lockFolder(parent: string): LockResult {
  const folder = path.join(parent, 'lock');
  makeDurableFolder(folder);
  for (;;) {
    const newest = numbersIn(folder)[0] ?? 0;
    const holder = holderOf(path.join(folder, String(newest)));
    if (holder !== undefined) return { holder };
    const file = path.join(folder, String(newest + 1));
    if (!claim(file)) continue; // another was first: it is the holder now
    const [highest, ...older] = numbersIn(folder);
    if (highest === newest + 1) {
      for (const number of older) rmSync(path.join(folder, String(number)), { force: true });
      return { lock: { [Symbol.dispose]: () => release(file) } };
    }
    // While we looked another came and went, and a third holds a higher number: ours was free again, and means nothing.
    rmSync(file, { force: true });
  }
}

/** Newest first. */
function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

/** Makes the file with all its text at once; false where it is there already. */
function claim(file: string): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, `${process.pid} ${bornAt(process.pid)}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The living process that a lock file names; undefined where it is released, gone, or its number is another's now. */
function holderOf(file: string): number | undefined {
  const [pid = 0, born = ''] = /^(\d+) (\S+)$/.exec(read(file).trim())?.slice(1) ?? [];
  const holder = Number(pid);
  return holder > 0 && bornAt(holder) === born ? holder : undefined;
}

/** Tells a process from a later one of the same number; 'gone' is never written, for only the living write. */
function bornAt(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone'; // EPERM: it is there, and another user's
  }
  // Behind the name in brackets, which may hold anything: the state, and 19 fields on the start in ticks since boot.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  if (fields[0] === 'Z') return 'gone'; // it has ended, and its parent has not looked yet
  return fields[19] ?? 'alive'; // without /proc the number alone must do
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function release(file: string): void {
  try {
    truncateSync(file);
  } catch {} // the folder was deleted under us
}
