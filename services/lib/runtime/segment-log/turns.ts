// Work of many small steps that lets everybody else of its process have their turn now and then: what comes over sockets would
// else wait until all of it is done.

import { setImmediate } from 'node:timers/promises';

/** What an operator does not notice, and far more than a turn of the others costs. */
const TURN_MS = 10;

export class Turns {
  #beganAt = performance.now();

  /** To be awaited after each step; undefined while the turn lasts. */
  next(): Promise<void> | undefined {
    return performance.now() - this.#beganAt < TURN_MS ? undefined : this.#yield();
  }

  async #yield(): Promise<void> {
    await setImmediate();
    this.#beganAt = performance.now();
  }
}
