// Starting a child process. The only file that imports execa.
// A child leads a process group of its own, so that a terminal's Ctrl-C reaches the supervisor alone, and it holds a pipe
// of which we keep the other end: however we end, the pipe closes, and it stops (runtime/process.ts).

import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Exit } from './restart-policy.ts';

export type LaunchOptions = {
  /** Node's arguments: the program and its words. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Without it the child writes where we write. */
  readonly onLine?: (line: string) => void;
};

export type Launched = {
  /** Settles when the process has ended and its last line has been handed over. */
  readonly ended: Promise<Exit>;
  terminate(): void;
  /** The whole group, at once. */
  kill(): void;
};

export function launch({ args, env, onLine }: LaunchOptions): Launched {
  const child = execa(process.execPath, args, {
    env: { ...env, PENSTOCK_SUPERVISED: '1' },
    stdin: 'pipe',
    stdout: onLine === undefined ? 'inherit' : 'pipe',
    stderr: onLine === undefined ? 'inherit' : 'pipe',
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    forceKillAfterDelay: false,
  });
  child.stdin.on('error', () => {}); // the child is gone; `ended` says so
  for (const stream of [child.stdout, child.stderr]) {
    if (onLine !== undefined && stream !== null) createInterface({ input: stream }).on('line', onLine);
  }
  const signal = (name: NodeJS.Signals, pid: number | undefined) => {
    try {
      if (pid !== undefined) process.kill(pid, name);
    } catch {} // ESRCH: it has ended already
  };
  return {
    ended: (async () => {
      const result = await child;
      return { code: result.exitCode ?? null, signal: result.signal ?? null };
    })(),
    terminate: () => signal('SIGTERM', child.pid),
    kill: () => signal('SIGKILL', child.pid === undefined ? undefined : -child.pid),
  };
}
