// Batches and journal entries from the broker to the store, unchanged. A message is acknowledged when the store has every
// line of it, or when a line that the store refuses is kept as a rejection: killed at any moment, nothing is lost.

import { REJECTED_PAYLOAD_MAX, type Rejected } from '#domain/rejected.ts';
import { parseTopic, topics } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { Store } from './influx.ts';
import { Lane } from './lane.ts';

export type WriterOptions = {
  readonly store: Store;
  readonly lanes: number;
  readonly requestBytesMax: number;
  readonly retryMsMax: number;
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly now: () => number;
  readonly clock: () => number;
  readonly onWritten: (lines: string, seconds: number) => void;
  readonly onRefused: (reason: string) => void;
};

export class Writer implements AsyncDisposable {
  readonly #lanes: Lane[];
  readonly #stop = new AbortController();
  #problem: string | undefined;

  constructor(options: WriterOptions) {
    const { store, requestBytesMax, retryMsMax, clock, onWritten } = options;
    const parts = { store, requestBytesMax, retryMsMax, clock, onWritten, signal: this.#stop.signal };
    this.#lanes = Array.from(
      { length: options.lanes },
      () =>
        new Lane({
          ...parts,
          onRefused: (line, reason) => refuse(options, line, reason),
          onTry: (problem) => {
            this.#problem = problem;
          },
        }),
    );
  }

  /** undefined while the store takes what it is given; else its own words. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** Takes one message; acknowledges it by itself when it is safe. */
  take(delivery: Delivery): void {
    const parsed = parseTopic(delivery.topic);
    const lane =
      parsed?.kind === 'points' || parsed?.kind === 'journal' ? parsed.shard % this.#lanes.length : undefined;
    if (lane === undefined || delivery.payload.length === 0) delivery.ack();
    else this.#lanes[lane]?.add({ lines: delivery.payload.toString('utf8'), onSafe: delivery.ack });
  }

  /** Ends the pauses and the tries; what the store has not taken stays unacknowledged. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lanes.map((lane) => lane.settled()));
  }
}

async function refuse({ publish, now, onRefused }: WriterOptions, line: string, reason: string): Promise<void> {
  onRefused(reason);
  const rejected: Rejected = {
    reason: 'store',
    message: `the store refused the line: ${reason}`,
    topic: '',
    payload: line.slice(0, REJECTED_PAYLOAD_MAX),
    payloadEncoding: 'utf8',
    payloadBytes: Buffer.byteLength(line),
    receivedAt: now(),
  };
  await publish(topics.rejected('store'), JSON.stringify(rejected));
}
