// Which rules cost more than their budget. The clock on the wall is cheap to read and never takes an alarm away: on a busy
// machine it also counts what others cost. Who is over it is suspected, and is measured in CPU time of this thread from then
// on. A collection of a big heap is in that too, but not several times in a row.

import type { Instance } from './instance.ts';
import type { LoadedRule } from './loaded-rule.ts';

/** Measures how long an evaluation takes, for its budget. */
export type Meter = {
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** What this thread has cost so far, ms. It is only asked about suspects: it costs more than many an evaluation. */
  readonly cpuMs: () => number;
  readonly budgetMs: number;
};

/** Evaluations in a row that are over the budget in CPU time. */
const IN_A_ROW = 5;

export class Suspects {
  readonly #meter: Meter;
  /** How often in a row each was over its budget. Rules and alarms: one alarm of many may be the only slow one. */
  readonly #overruns = new Map<Instance | LoadedRule, number>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  has(instance: Instance): boolean {
    return this.#overruns.size > 0 && (this.#overruns.has(instance) || this.#overruns.has(instance.loaded));
  }

  /** The clock that an evaluation is measured by. */
  readMs(isSuspect: boolean): number {
    return isSuspect ? this.#meter.cpuMs() : this.#meter.nowMs();
  }

  /** Takes what an evaluation took; says why the rule is to be stopped where it is. */
  note(instance: Instance, tookMs: number, isSuspect: boolean): string | undefined {
    const { budgetMs } = this.#meter;
    if (tookMs <= budgetMs) {
      if (isSuspect) this.forget(instance);
      return undefined;
    }
    const inARow = [instance, instance.loaded].map((each) => {
      const count = isSuspect ? (this.#overruns.get(each) ?? 0) + 1 : 0;
      this.#overruns.set(each, count);
      return count;
    });
    if (Math.max(...inARow) < IN_A_ROW) return undefined;
    this.forget(instance);
    return `${IN_A_ROW} evaluations in a row took more than ${budgetMs} ms of CPU time, the last ${tookMs.toFixed(1)} ms`;
  }

  forget(instance: Instance): void {
    this.#overruns.delete(instance);
    this.#overruns.delete(instance.loaded);
  }
}
