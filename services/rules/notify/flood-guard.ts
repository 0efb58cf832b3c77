// More messages than anybody reads in a minute become one summary per address, sent when the minute has room again. Nothing
// is dropped: what is held is in the summary. Critical calls are not held back.

import type { Call } from './call.ts';
import { callsOf, criticalCount, type Draft, merged } from './draft.ts';

const MINUTE_MS = 60_000;

export class FloodGuard {
  /** By address: when its last messages went out. */
  readonly #sent = new Map<string, number[]>();
  readonly #held = new Map<string, Draft[]>();

  /** @param perMinuteMax messages to one address in a minute */
  pass(drafts: readonly Draft[], perMinuteMax: number, clock: number): Draft[] {
    const passed = this.#release(perMinuteMax, clock);
    for (const draft of drafts) {
      const { address } = draft;
      const held = this.#held.get(address) ?? [];
      held.push(draft);
      const isFree = held.length === 1 && this.#hasRoom(address, perMinuteMax, clock);
      if (isFree || criticalCount(draft) > 0) passed.push(this.#send(address, held, clock));
      else this.#held.set(address, held);
    }
    return passed;
  }

  withdraw(isGone: (address: string) => boolean): Call[] {
    const gone = [...this.#held].filter(([address]) => isGone(address));
    for (const [address] of gone) this.#held.delete(address);
    return gone.flatMap(([, drafts]) => drafts.flatMap(callsOf));
  }

  #release(perMinuteMax: number, clock: number): Draft[] {
    const free = [...this.#held].filter(([address]) => this.#hasRoom(address, perMinuteMax, clock));
    return free.map(([address, drafts]) => this.#send(address, drafts, clock));
  }

  /** What is critical takes along what waits, so that nothing older comes after it. */
  #send(address: string, [first, ...others]: readonly Draft[], clock: number): Draft {
    if (first === undefined) throw new Error(`Nothing is held for ${address}`);
    this.#held.delete(address);
    this.#sent.set(address, [...this.#recent(address, clock), clock]);
    return merged(first, ...others);
  }

  #hasRoom(address: string, perMinuteMax: number, clock: number): boolean {
    return this.#recent(address, clock).length < perMinuteMax;
  }

  #recent(address: string, clock: number): number[] {
    return (this.#sent.get(address) ?? []).filter((at) => clock - at < MINUTE_MS);
  }
}
