// All children together: started as soon as what they need is ready, stopped in order, killed at once when insisted.

import { Child, type ChildDeps, type ChildSpec } from './child.ts';
import { stopWaves } from './stop-order.ts';

/** A child whose needs take longer than this starts all the same: it retries by itself, and its own readiness tells. */
const NEED_WAIT_MS = 3_000;

export type SupervisorDeps = Omit<ChildDeps, 'untilNeedsAreMet'>;

export class Supervisor {
  readonly #children: ReadonlyMap<string, Child>;
  readonly #deps: SupervisorDeps;

  constructor(specs: readonly ChildSpec[], deps: SupervisorDeps) {
    this.#deps = deps;
    const untilNeedsAreMet = ({ needs }: ChildSpec, givenUp: AbortSignal) =>
      this.#within(NEED_WAIT_MS, this.#named(needs), givenUp);
    this.#children = new Map(specs.map((spec) => [spec.name, new Child(spec, { ...deps, untilNeedsAreMet })]));
  }

  /** Resolves when every child is ready, after that time, or when given up; the children go on starting by themselves. */
  async start(waitMs: number, givenUp: AbortSignal): Promise<void> {
    const children = [...this.#children.values()];
    for (const child of children) child.start();
    await this.#within(waitMs, children, givenUp);
  }

  /** What is not ready, and why in words. */
  problems(): Map<string, string> {
    const found = new Map<string, string>();
    for (const [name, child] of this.#children) if (child.problem !== undefined) found.set(name, child.problem);
    return found;
  }

  async stop(): Promise<void> {
    const waiting = [...this.#children.values()].filter((child) => !child.isRunning);
    await Promise.all(waiting.map((child) => child.stop(0)));
    for (const { names, graceMs } of stopWaves([...this.#children.keys()])) {
      await Promise.all(names.map((name) => this.#children.get(name)?.stop(graceMs)));
    }
  }

  killAll(): void {
    for (const child of this.#children.values()) child.kill();
  }

  #named(names: readonly string[]): Child[] {
    return names.map((name) => this.#children.get(name)).filter((each) => each !== undefined);
  }

  /** Until all of them are ready or will never be, at most that long. */
  async #within(waitMs: number, children: readonly Child[], givenUp: AbortSignal): Promise<void> {
    const done = new AbortController();
    void Promise.all(children.map((child) => child.settled)).then(() => done.abort());
    await this.#deps.clock.sleep(waitMs, AbortSignal.any([done.signal, givenUp]));
  }
}
