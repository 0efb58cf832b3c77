// Reads what the broker has retained below some filters, once per connection, and then listens no more: what comes after it is our
// own. MQTT does not say when all of it has come. Once the broker has granted the filters and a second has passed in which nothing
// came, it has.

import type { Bus, Consumer } from '#runtime/bus.ts';

export type RetainedReading = {
  readonly clientId: string;
  readonly filters: readonly string[];
  readonly onRetained: (topic: string, payload: Buffer) => void;
};

export class RetainedReader implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #reading: RetainedReading;
  #consumer: Consumer | undefined;
  #hasBegun = false;
  #isGranted = false;
  #isQuiet = false;

  constructor(bus: Bus, reading: RetainedReading) {
    this.#bus = bus;
    this.#reading = reading;
  }

  /** Reads from the start; what was under way is given up. */
  begin(): void {
    void this.#close();
    this.#hasBegun = true;
    this.#isGranted = false;
    this.#isQuiet = false;
    const { clientId, filters, onRetained } = this.#reading;
    const consumer = this.#bus.consume({
      ...{ clientId, filters, cleanSession: true },
      onDelivery: ({ topic, payload, retained, ack }) => {
        this.#isQuiet = false;
        if (retained && payload.length > 0 && consumer === this.#consumer) onRetained(topic, payload);
        ack();
      },
    });
    this.#consumer = consumer;
    void consumer.ready.then(() => {
      if (consumer === this.#consumer) this.#isGranted = true;
    });
  }

  /** Asked every second: whether all has come. */
  look(): boolean {
    if (this.#consumer === undefined) return this.#hasBegun;
    const isAll = this.#isGranted && this.#isQuiet;
    this.#isQuiet = this.#isGranted;
    if (isAll) void this.#close();
    return isAll;
  }

  /** What is wrong with the reading, in words; undefined where nothing is, or it is done. */
  problem(): string | undefined {
    return this.#consumer?.problem();
  }

  async #close(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
