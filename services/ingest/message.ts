// A message on its way through ingest, with what has come of it so far.

import type { Refusal } from '#domain/rejected.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { Receipt } from './lines/batcher.ts';
import type { Seated } from './normaliser.ts';
import type { Origin } from './origins.ts';
import type { Sequence } from './sequences/boot-sequence.ts';

/** A record on its way, to be taken down when the broker has it. */
export type Accepted = { readonly device: string; readonly sequence: Sequence; readonly kind: 'whole' | 'unfinished' };

export type Message = {
  readonly delivery: Delivery;
  readonly receipt: Receipt;
  readonly now: number;
  readonly accepted: Accepted[];
  readonly sent: Seated[];
  /** What is wrong with it, which is kept once. */
  readonly refusals: Refusal[];
  /** Whose clock has given the newest of its times. */
  readonly clock: 'device' | 'ours';
};

/** Reads messages that go together with others, and are done when those have come (sparkplug-intake.ts). */
export type MessageReader = {
  /** Calls `end` with the message once, then or later. */
  readonly read: (message: Message, origin: Extract<Origin, { kind: 'sparkplug' }>) => void;
  /** The same for an order to a device. */
  readonly readCommand: (message: Message, origin: Extract<Origin, { kind: 'command' }>) => void;
};

/** Refusals kept of one message; a payload of thousands of bad metrics must not become thousands of sentences. */
const REFUSALS_MAX = 16;

/** At most so many of them; the last then says how many it stands for. */
export function fewer(refusals: readonly Refusal[]): readonly Refusal[] {
  const last = refusals[REFUSALS_MAX - 1];
  if (last === undefined || refusals.length === REFUSALS_MAX) return refusals;
  const message = `${last.message}; and ${refusals.length - REFUSALS_MAX} more in this message`;
  return [...refusals.slice(0, REFUSALS_MAX - 1), { ...last, message }];
}

export const OUR_MISTAKE = 'this is a mistake of Penstock, please report it with the payload';

/** Of a message that could not be read for a reason of ours. */
export function ourMistake(error: unknown): Refusal {
  const what = error instanceof Error ? error.message : String(error);
  return { reason: 'shape', message: `reading it failed: ${what}; ${OUR_MISTAKE}` };
}
