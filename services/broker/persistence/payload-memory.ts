// How many bytes of payloads are kept in memory. Beyond the budget a message keeps only its place in the log, and is read
// back when it is delivered: a client that is away for a week costs disk, not memory.

import type { Message } from './message.ts';

/** What a payload costs beside its bytes. */
const OVERHEAD_BYTES = 100;

export class PayloadMemory {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  hold(message: Message): void {
    this.#bytes += message.payloadBytes + OVERHEAD_BYTES;
  }

  letGo(message: Message): void {
    if (message.payload === undefined) return;
    message.payload = undefined;
    this.#bytes -= message.payloadBytes + OVERHEAD_BYTES;
  }

  /** Whoever was there for the message has it. */
  settle(message: Message): void {
    if (this.#bytes > this.#bytesMax) this.letGo(message);
  }
}
