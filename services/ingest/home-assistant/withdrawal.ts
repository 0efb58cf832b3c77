// Takes away what is retained, and knows whether the broker has all of it: only then may be forgotten that it was there.

import type { Bus } from '#runtime/bus.ts';

export class Withdrawal {
  readonly #bus: Pick<Bus, 'publish'>;
  #owed = 0;

  constructor(bus: Pick<Bus, 'publish'>) {
    this.#bus = bus;
  }

  get isDone(): boolean {
    return this.#owed === 0;
  }

  takeAway(topic: string): void {
    this.#owed++;
    // Only a closing bus refuses; then our next life finds it again.
    void this.#bus.publish(topic, '', { retain: true }).then(
      () => this.#owed--,
      () => {},
    );
  }
}
