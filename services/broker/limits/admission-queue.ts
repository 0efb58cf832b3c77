// In which order, and how fast, new connections are let begin. Each costs a third of a millisecond until it is let in or refused:
// five thousand wrong logins a second would leave nothing for those who are connected. So they wait here, and of those who
// wait every address has its turn: one that sends thousands does not keep the others out.

import { TokenBucket } from './token-bucket.ts';

export type AdmissionQueueOptions = {
  /** 0: any. */
  readonly perSecondMax: number;
  /** Let begin in one turn of the event loop; those that are connected are served between. */
  readonly perTurn: number;
};

export class AdmissionQueue {
  readonly #perTurn: number;
  readonly #bucket: TokenBucket;
  /** By address, the one whose turn it is first. Bounded by the connections that there may be: they are counted already. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #isRunning = false;

  constructor({ perSecondMax, perTurn }: AdmissionQueueOptions) {
    this.#perTurn = perTurn;
    this.#bucket = new TokenBucket(perSecondMax === 0 ? Number.POSITIVE_INFINITY : perSecondMax, performance.now());
  }

  get size(): number {
    let size = 0;
    for (const { length } of this.#waiting.values()) size += length;
    return size;
  }

  add(address: string, begin: () => void): void {
    const waiting = this.#waiting.get(address);
    if (waiting === undefined) this.#waiting.set(address, [begin]);
    else waiting.push(begin);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    for (let left = this.#perTurn; left > 0 && this.#waiting.size > 0; left--) {
      const now = performance.now();
      const waitMs = this.#bucket.waitMs(now);
      if (waitMs > 0) {
        setTimeout(() => this.#run(), waitMs);
        return;
      }
      this.#bucket.take(1, now);
      this.#next()?.();
    }
    this.#isRunning = this.#waiting.size > 0;
    if (this.#isRunning) setImmediate(() => this.#run());
  }

  #next(): (() => void) | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const [address, waiting] = first;
    const begin = waiting.shift();
    this.#waiting.delete(address);
    if (waiting.length > 0) this.#waiting.set(address, waiting); // behind the others
    return begin;
  }
}
