// The time budget of a rule. One long evaluation may be the machine's fault (a collection, another process); several within
// a minute are the rule's own, and it is stopped before it costs the others theirs.

const OVERRUNS_MAX = 3;
const WITHIN_MS = 60_000;

export class Budget {
  readonly #overruns = new Map<string, number[]>();

  /** Whether the rule is to be stopped. */
  overrun(rule: string, at: number): boolean {
    const recent = (this.#overruns.get(rule) ?? []).filter((each) => each > at - WITHIN_MS && each <= at);
    recent.push(at);
    this.#overruns.set(rule, recent);
    if (recent.length < OVERRUNS_MAX) return false;
    this.#overruns.delete(rule);
    return true;
  }
}
