// The one judge of every fault: each acknowledged message is in the store exactly once or among the rejected with a reason,
// nobody has seen a device's messages out of order, and the journal is that of a run that nothing disturbed.

import type { Message } from './ledger.ts';

export type Findings = {
  /** n of each row that the store has of a device (`d0` and so on). */
  readonly stored: ReadonlyMap<string, readonly number[]>;
  /** Reasons of the rejected, by device and n: `d0 49`. */
  readonly rejected: ReadonlyMap<string, string>;
  /** Transitions that the store's journal holds, each as often as it stands there. */
  readonly journal: readonly string[];
  /** What those who watched saw out of order. */
  readonly disorder: readonly string[];
};

const TOLD_MAX = 5;

/** Everything that is wrong, a few examples of each kind; empty: nothing is. */
export function judge(messages: readonly (readonly Message[])[], golden: readonly string[], found: Findings): string[] {
  return [...judgeMessages(messages, found), ...found.disorder, ...judgeJournal(golden, found.journal)];
}

function judgeMessages(messages: readonly (readonly Message[])[], { stored, rejected }: Findings): string[] {
  const problems = { lost: new List('lost'), twice: new List('stored twice'), invented: new List('never sent') };
  for (const [index, own] of messages.entries()) {
    const device = `d${index}`;
    const counts = new Map<number, number>();
    for (const n of stored.get(device) ?? []) counts.set(n, (counts.get(n) ?? 0) + 1);
    for (const [n, { ackedAt }] of own.entries()) {
      const count = counts.get(n) ?? 0;
      const reason = rejected.get(`${device} ${n}`);
      if (ackedAt !== undefined && count === 0 && reason === undefined) problems.lost.add(`${device} ${n}`);
      if (count > 1) problems.twice.add(`${device} ${n}`);
      if (reason === '') problems.lost.add(`${device} ${n} (rejected without a reason)`);
    }
    for (const n of counts.keys())
      if (own[n] === undefined || own[n].value === null) problems.invented.add(`${device} ${n}`);
  }
  return Object.values(problems).flatMap((list) => list.told());
}

function judgeJournal(golden: readonly string[], journal: readonly string[]): string[] {
  const missing = new List('transitions missing');
  const invented = new List('transitions that no undisturbed run has');
  const found = new Set(journal);
  const wanted = new Set(golden);
  for (const transition of golden) if (!found.has(transition)) missing.add(transition);
  for (const transition of found) if (!wanted.has(transition)) invented.add(transition);
  return [...missing.told(), ...invented.told()];
}

class List {
  readonly #what: string;
  readonly #all: string[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  add(each: string): void {
    this.#all.push(each);
  }

  told(): string[] {
    if (this.#all.length === 0) return [];
    const more = this.#all.length > TOLD_MAX ? ' …' : '';
    return [`${this.#all.length} ${this.#what}: ${this.#all.slice(0, TOLD_MAX).join(', ')}${more}`];
  }
}
