// Tells when something in a folder has changed: editors that write in place, editors that save by rename, git, rsync. The
// only file that imports chokidar: the watch of Node's own misses every save by rename after the first one.

import { watch } from 'chokidar';
import type { Log } from './log.ts';

export type WatchOptions = {
  /** Looks at the files every second instead of being told: for network and container mounts that tell nothing. */
  readonly isPolling: boolean;
  readonly onChange: () => void;
};

/** A file counts as saved when it has not grown for so long. */
const STABLE_MS = 100;
/** Files that are saved together (a checkout) are one change. */
const TOGETHER_MS = 50;
const POLL_MS = 1_000;

export type FolderWatch = AsyncDisposable & {
  /** Resolves when every later change will be noticed. */
  readonly ready: Promise<void>;
};

export function watchFolder(folder: string, { isPolling, onChange }: WatchOptions, log: Log): FolderWatch {
  const watcher = watch(folder, {
    ignoreInitial: true,
    depth: 2,
    ignored: (file, stats) => stats?.isFile() === true && !file.endsWith('.json'),
    awaitWriteFinish: { stabilityThreshold: STABLE_MS, pollInterval: 20 },
    ...(isPolling ? { usePolling: true, interval: POLL_MS } : {}),
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, TOGETHER_MS);
  });
  watcher.on('error', (error) =>
    log.error({ folder, err: error }, 'the folder can no longer be watched; restart to load changes'),
  );
  const ready = new Promise<void>((resolve) => watcher.on('ready', () => resolve()));
  return {
    ready,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
