// Real processes for tests: started on free ports, waited for by what they say of themselves, and gone when the test ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

export { freePorts } from '../../services/cli/supervisor/ports.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Services are started by the hundred: what node compiled of them once is kept beside the packages, for this run and the next. */
const NODE_COMPILE_CACHE = path.join(ROOT, 'node_modules/.cache/node');

/** Path of a program on PATH or in Debian's sbin; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/** An empty folder of its own, removed on disposal. */
export function tempFolder(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'penstock-test-'));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

export type Running = AsyncDisposable & {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Ends at once, as by a power cut of the process. */
  kill(): Promise<void>;
};

/** Starts a program; on disposal it is asked to stop, and killed where it does not within 10 s. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const all = { ...process.env, NODE_COMPILE_CACHE, ...env };
  const child = spawn(program, args, { cwd: ROOT, env: all, stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    output: () => text,
    async kill() {
      if (!hasEnded()) child.kill('SIGKILL');
      await exited;
    },
    async [Symbol.asyncDispose]() {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/**
 * Waits until `look` returns something, asking every 25 ms.
 * @throws Error that names what was waited for and the last thing seen
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  withinMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      last = 'nothing';
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}; last: ${inspect(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/**
 * The process, once `look` says that it is ready.
 * @throws Error with what it printed, where it exits before; it is ended where it does not become ready
 */
export async function whenReady(
  running: Running,
  what: string,
  look: () => Promise<true | undefined>,
): Promise<Running> {
  const { child } = running;
  const ended = () =>
    child.exitCode === null ? undefined : `${what}: it exited ${child.exitCode}: ${running.output()}`;
  try {
    await until(what, async () => (ended() === undefined ? look() : true), 30_000);
    const end = ended();
    if (end !== undefined) throw new Error(end);
    return running;
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}
