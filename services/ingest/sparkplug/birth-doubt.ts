// Whether a message may be read by a birth: whether no other birth can have come between the two.

import type { BirthOrder } from './edge-device.ts';
import type { Heard } from './heard.ts';

export type Now = {
  /** Messages are missing in the node's order, since its birth. */
  readonly isBroken: boolean;
  /** The message's place in it; -1 where it has none. */
  readonly count: number;
  /** The broker kept our session while we were away, and in it what was sent with QoS 1. */
  readonly isResumed: boolean;
};

/** The end of a sentence that says why not; null where it may. */
export function doubtOf(birth: BirthOrder, message: Pick<Heard<unknown>, 'qos' | 'payload'>, now: Now): string | null {
  if (now.count < 0) return 'the message came out of its order';
  if (now.isBroken) return 'messages before it are missing, and one of them may have been another birth';
  if (now.count <= birth.count) return 'the message is older than the birth';
  if (!birth.isRestored || isKept(birth, message, now)) return null;
  return 'its birth is from before a restart of ours, and there may have been another since';
}

/** Nothing that was sent between the two can have been lost: the broker keeps what is sent with QoS 1. */
function isKept(birth: BirthOrder, { qos, payload }: Pick<Heard<unknown>, 'qos' | 'payload'>, now: Now): boolean {
  if (!now.isResumed || qos === 0 || birth.qos === 0) return false;
  // What had come before the restart, and comes again, may be older than the birth.
  return payload.timestamp !== null && birth.sentAt !== null && payload.timestamp >= birth.sentAt;
}
