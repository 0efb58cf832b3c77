// A disk of a few megabytes in the place of a folder, which a test can fill and empty: a tmpfs in a mount namespace of its own,
// which is gone with the last process in it, however that ends. Only programs that are started inside see it there.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, run, until } from './processes.ts';

const FILLER_BYTES = 4_096;

/** Why there can be none here; undefined where there can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a small disk can be mounted by root on Linux only';
  const { status, stderr } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'penstock', tmpdir()]);
  return status === 0 ? undefined : `a small disk cannot be mounted here: ${stderr}`;
}

export type SmallDisk = AsyncDisposable & {
  /** The words that start a program where the disk is in place. */
  inside(words: readonly string[]): string[];
  /** Where a file that is seen inside is found from here. */
  seen(file: string): string;
  /** Takes room until so many bytes are left. */
  fill(bytesLeft: number): void;
  /** Gives back all that was taken. */
  empty(): void;
};

export async function mountSmallDisk(folder: string, bytes: number): Promise<SmallDisk> {
  mkdirSync(folder, { recursive: true });
  const script = 'mount -t tmpfs -o size="$1",mode=700 penstock "$2" && echo mounted && exec cat';
  const holder = run('unshare', ['-m', 'sh', '-c', script, 'sh', `${bytes}`, folder]);
  await until('the small disk', () => holder.output().includes('mounted') || undefined);
  const seen = (file: string) => path.join(`/proc/${holder.child.pid}/root`, file);
  const filler = path.join(seen(folder), 'filler');
  return {
    inside: (words) => ['nsenter', `--mount=/proc/${holder.child.pid}/ns/mnt`, `--wd=${ROOT}`, '--', ...words],
    seen,
    fill(bytesLeft) {
      const fd = openSync(filler, 'a');
      try {
        while (bytesFree(seen(folder)) >= bytesLeft + FILLER_BYTES) writeSync(fd, Buffer.alloc(FILLER_BYTES));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error; // somebody else took it
      } finally {
        closeSync(fd);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  };
}

function bytesFree(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
