// What costs more than anything else that is asked of the console, such as reading logs: one after another, so that many who ask at
// once slow each other down and not the plant's values. Past the bound one is sent away, to come again.

export class OneAtATime {
  readonly #waitingMax: number;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** undefined where too many wait already. */
  do<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#waiting > this.#waitingMax) return undefined;
    this.#waiting++;
    const done = this.#last.then(work).finally(() => this.#waiting--);
    this.#last = done.catch(() => {}); // whoever asked hears of it
    return done;
  }
}
