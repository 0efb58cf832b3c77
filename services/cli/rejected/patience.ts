// How long a command waits for a broker: as long as it answers now and then, and nobody asks the command to stop.

import type { Bus } from '#runtime/bus.ts';
import type { Cli } from '../cli.ts';

/** A broker on a slow disk takes a hundred messages well within it. */
const SILENCE_MS_MAX = 5_000;
const LOOK_MS = 100;

/** `reason` says in words what is wrong with the broker; undefined where a person had enough. */
export class GivenUp extends Error {
  readonly reason: string | undefined;

  constructor(reason: string | undefined) {
    super(reason ?? 'asked to stop');
    this.reason = reason;
  }
}

export class Patience implements Disposable {
  /** Rejects with GivenUp; pends for ever otherwise. */
  readonly givenUp: Promise<never>;
  readonly #bus: Pick<Bus, 'problem'>;
  readonly #cli: Pick<Cli, 'now' | 'sleep' | 'stopSignals'>;
  readonly #over = new AbortController();
  #heardAt: number;

  constructor(bus: Pick<Bus, 'problem'>, cli: Pick<Cli, 'now' | 'sleep' | 'stopSignals'>) {
    this.#bus = bus;
    this.#cli = cli;
    this.#heardAt = cli.now();
    this.givenUp = this.#watch();
    this.givenUp.catch(() => {}); // whoever waits hears of it
  }

  /** The broker has answered. */
  renew(): void {
    this.#heardAt = this.#cli.now();
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  async #watch(): Promise<never> {
    const { asked } = this.#cli.stopSignals();
    const signal = AbortSignal.any([this.#over.signal, asked]);
    while (!signal.aborted) {
      await this.#cli.sleep(LOOK_MS, signal);
      if (this.#cli.now() - this.#heardAt > SILENCE_MS_MAX) {
        throw new GivenUp(this.#bus.problem() ?? 'the broker does not answer');
      }
    }
    if (asked.aborted) throw new GivenUp(undefined);
    return await new Promise<never>(() => {}); // nobody waits any more
  }
}
