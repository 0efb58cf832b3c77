// How much each user keeps in the retained messages. Those that the services keep, and the broker itself, are nobody's.

import type { Message } from './message.ts';

export type Share = { readonly messages: number; readonly bytes: number };

export type ShareLimits = { readonly retainedPerUserMax: number; readonly retainedBytesPerUserMax: number };

const NOTHING: Share = { messages: 0, bytes: 0 };

export class RetainedShares {
  readonly #shares = new Map<string, Share>();

  of(owner: string): Share {
    return this.#shares.get(owner) ?? NOTHING;
  }

  add(message: Message, sign: 1 | -1): void {
    const { retainedBy: owner } = message;
    if (owner === undefined) return;
    const { messages, bytes } = this.of(owner);
    const share = { messages: messages + sign, bytes: bytes + sign * bytesOf(message) };
    if (share.messages === 0) this.#shares.delete(owner);
    else this.#shares.set(owner, share);
  }

  /** Why the owner may not keep this message in place of the one that is retained there; undefined where it may. */
  problem(
    wanted: { readonly owner: string; readonly topic: string; readonly payload: { readonly length: number } },
    present: Message | undefined,
    { retainedPerUserMax, retainedBytesPerUserMax }: ShareLimits,
  ): string | undefined {
    const { messages, bytes } = this.of(wanted.owner);
    const own = present?.retainedBy === wanted.owner ? present : undefined;
    const added = wanted.topic.length + wanted.payload.length - (own === undefined ? 0 : bytesOf(own));
    if (own === undefined && messages >= retainedPerUserMax)
      return `no more than ${retainedPerUserMax} retained messages of one user are kept`;
    // One that shrinks is let in also where a setting was lowered since.
    return added > 0 && bytes + added > retainedBytesPerUserMax
      ? `no more than ${retainedBytesPerUserMax} bytes of retained messages of one user are kept`
      : undefined;
  }
}

function bytesOf({ topic, payloadBytes }: Message): number {
  return topic.length + payloadBytes;
}
