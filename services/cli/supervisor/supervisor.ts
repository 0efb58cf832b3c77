// All children together: started as soon as what they need is ready, stopped in order, killed at once when insisted.

import { Child, type ChildDeps, type ChildSpec } from './child.ts';
import { stopWaves } from './stop-order.ts';

/** A child whose needs take longer than this starts all the same: it retries by itself, and its own readiness tells. */
const NEED_WAIT_MS = 3_000;

export class Supervisor {
  readonly #children: ReadonlyMap<string, Child>;
  readonly #deps: ChildDeps;
  readonly #stopping = new AbortController();
  #starting: Promise<unknown> = Promise.resolve();

  constructor(specs: readonly ChildSpec[], deps: ChildDeps) {
    this.#deps = deps;
    this.#children = new Map(specs.map((spec) => [spec.name, new Child(spec, deps)]));
  }

  /** Resolves when every child is ready, after that time, or when given up; the children go on starting by themselves. */
  async start(waitMs: number, givenUp: AbortSignal): Promise<void> {
    const children = [...this.#children.values()];
    this.#starting = Promise.all(children.map((child) => this.#startInTurn(child)));
    await this.#within(waitMs, children, givenUp);
  }

  /** What is not ready, and why in words. */
  problems(): Map<string, string> {
    const found = new Map<string, string>();
    for (const [name, child] of this.#children) if (child.problem !== undefined) found.set(name, child.problem);
    return found;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#starting;
    for (const { names, graceMs } of stopWaves([...this.#children.keys()])) {
      await Promise.all(names.map((name) => this.#children.get(name)?.stop(graceMs)));
    }
  }

  killAll(): void {
    this.#stopping.abort();
    for (const child of this.#children.values()) child.kill();
  }

  async #startInTurn(child: Child): Promise<void> {
    const needs = child.spec.needs.map((name) => this.#children.get(name)).filter((each) => each !== undefined);
    await this.#within(NEED_WAIT_MS, needs, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) child.start();
  }

  /** Until all of them are ready or will never be, at most that long. */
  async #within(waitMs: number, children: readonly Child[], givenUp: AbortSignal): Promise<void> {
    const done = new AbortController();
    void Promise.all(children.map((child) => child.settled)).then(() => done.abort());
    await this.#deps.clock.sleep(waitMs, AbortSignal.any([done.signal, givenUp]));
  }
}
