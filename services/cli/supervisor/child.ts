// One supervised child: launched, watched until it is ready, launched again when it ends, until it is told to stop.

import type { Cli } from '../cli.ts';
import { type Launched, launch } from './launch.ts';
import { decideRestart, describeExit, type Exit } from './restart-policy.ts';

export type ChildSpec = {
  readonly name: string;
  /** Node's arguments: the program and its words. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers 200 when the child can do its work; a child without one is ready when it runs. */
  readonly readyUrl?: string;
  /** Children that it is of no use without: it starts, each time, when they are ready or have had their time. */
  readonly needs: readonly string[];
};

export type ChildEvent =
  | { readonly kind: 'ready'; readonly name: string; readonly afterMs: number }
  | { readonly kind: 'ended'; readonly name: string; readonly detail: string }
  | { readonly kind: 'left'; readonly name: string; readonly detail: string };

export type ChildDeps = {
  readonly clock: Pick<Cli, 'now' | 'sleep'>;
  readonly onLine: (name: string, line: string) => void;
  readonly onEvent: (event: ChildEvent) => void;
  /** Resolves when those that a child needs are ready, or have had their time; at once when given up. */
  readonly untilNeedsAreMet: (spec: ChildSpec, givenUp: AbortSignal) => Promise<void>;
};

const POLL_MS = 50;
/** From then on we look less often: a child that needs this long waits for something outside. */
const POLL_FAST_FOR_MS = 5_000;
const POLL_SLOW_MS = 500;
const ASK_MS_MAX = 1_000;

export class Child {
  readonly spec: ChildSpec;
  readonly #deps: ChildDeps;
  readonly #stopping = new AbortController();
  /** A new one for each time that it has to become ready. */
  #settled = Promise.withResolvers<void>();
  #process: Launched | undefined;
  #running: Promise<void> | undefined;
  /** undefined where it is ready; else what is missing, in words. */
  #problem: string | undefined = 'not started';

  constructor(spec: ChildSpec, deps: ChildDeps) {
    this.spec = spec;
    this.#deps = deps;
  }

  /** Settles when the child is ready, or will never be. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** As a process: not while it waits for others, or for its time to start again. */
  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Asks it to end, kills it when it has not after the grace, and resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#process?.terminate();
    const gone = new AbortController();
    const ended = (this.#running ?? Promise.resolve()).finally(() => gone.abort());
    await this.#deps.clock.sleep(graceMs, gone.signal);
    if (!gone.signal.aborted) this.#process?.kill();
    await ended;
  }

  kill(): void {
    this.#stopping.abort();
    this.#process?.kill();
  }

  async #run(): Promise<void> {
    const { clock } = this.#deps;
    let failures = 0;
    for (;;) {
      await this.#deps.untilNeedsAreMet(this.spec, this.#stopping.signal);
      if (this.#stopping.signal.aborted) break;
      const startedAt = clock.now();
      const exit = await this.#runOnce(startedAt);
      if (this.#stopping.signal.aborted) break;
      const decision = decideRestart(exit, clock.now() - startedAt, failures);
      if (decision.kind === 'leave') {
        this.#end('left', decision.reason);
        break;
      }
      failures = decision.failures;
      this.#end('ended', `ended with ${describeExit(exit)}; starting again in ${decision.delayMs / 1_000} s`);
      await clock.sleep(decision.delayMs, this.#stopping.signal);
    }
    this.#settled.resolve();
  }

  #end(kind: 'ended' | 'left', detail: string): void {
    // Whoever waits for a child that has not been ready yet goes on waiting.
    if (this.#problem === undefined) this.#settled = Promise.withResolvers();
    this.#problem = detail;
    this.#deps.onEvent({ kind, name: this.spec.name, detail });
  }

  async #runOnce(startedAt: number): Promise<Exit> {
    const { name, args, env = {} } = this.spec;
    const gone = new AbortController();
    this.#problem = 'starting';
    this.#process = launch({ args, env, onLine: (line) => this.#deps.onLine(name, line) });
    const watching = this.#watch(startedAt, gone.signal);
    const exit = await this.#process.ended;
    this.#process = undefined;
    gone.abort();
    await watching;
    return exit;
  }

  async #watch(startedAt: number, gone: AbortSignal): Promise<void> {
    const { clock, onEvent } = this.#deps;
    while (!gone.aborted) {
      const problem = await readinessProblem(this.spec.readyUrl, gone);
      if (gone.aborted) return;
      this.#problem = problem;
      const afterMs = clock.now() - startedAt;
      if (problem === undefined) {
        onEvent({ kind: 'ready', name: this.spec.name, afterMs });
        this.#settled.resolve();
        return;
      }
      await clock.sleep(afterMs < POLL_FAST_FOR_MS ? POLL_MS : POLL_SLOW_MS, gone);
    }
  }
}

/** undefined where the child says that it is ready; else what it says is missing. */
async function readinessProblem(url: string | undefined, gone: AbortSignal): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(url, { signal: AbortSignal.any([gone, AbortSignal.timeout(ASK_MS_MAX)]) });
    const body = (await response.json()) as { problems?: Record<string, string> };
    if (response.ok) return undefined;
    const problems = Object.entries(body.problems ?? {}).map(([name, words]) => `${name}: ${words}`);
    return problems.join(', ') || `answers ${response.status}`;
  } catch {
    return 'starting';
  }
}
