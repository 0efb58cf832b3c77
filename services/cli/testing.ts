// For tests of commands: a Cli that writes down what is said, and waits that are bounded.

import { setTimeout } from 'node:timers/promises';
import type { Cli } from './cli.ts';

export type RecordedCli = Cli & { readonly said: { out: string; err: string } };

export function recordedCli(env: NodeJS.ProcessEnv = {}): RecordedCli {
  const said = { out: '', err: '' };
  const never = new AbortController().signal;
  return {
    said,
    env,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    isTerminal: false,
    paint: (_, text) => text,
    paintOut: (_, text) => text,
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      try {
        await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
      } catch {} // given up
    },
    stopSignals: () => ({ asked: never, insisted: never }),
  };
}

/** Looks until it holds; fails with what was waited for when it never does. */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const endsAt = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > endsAt) throw new Error(`Waited ${withinMs} ms in vain for: ${what}`);
    await setTimeout(20);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
