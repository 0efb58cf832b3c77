// Rejections sent again, in the order in which they came, a few at a time; each few is marked when the broker has it. Ended in
// between, what was sent and not yet marked is sent once more by the next replay.

import { replayTopicOf } from '#domain/sparkplug-topic.ts';
import type { Bus } from '../bus.ts';
import { rejectedFolder } from './layout.ts';
import type { KeptRejection } from './read-rejected.ts';
import { markReplayed } from './replay-marks.ts';

/** Rejections sent before they are marked: what a kill may send twice. */
const FEW = 100;
/** Lines that the store refused travel as ingest's batches do, many in one message. */
const BATCH_BYTES_MAX = 65_536;

export type ReplayParts = {
  readonly bus: Pick<Bus, 'publish'>;
  readonly dataDir: string;
  readonly now: () => number;
  /** Rejects when it makes no sense to wait for the broker any longer. */
  readonly givenUp: Promise<never>;
  readonly onSent: (count: number) => void;
};

type Outgoing = { readonly topic: string; readonly payload: Buffer };

/** Resolves when the broker has all of them. @throws what `givenUp` rejects with */
export async function replayRejected(rejections: AsyncIterable<KeptRejection>, parts: ReplayParts): Promise<void> {
  let few: KeptRejection[] = [];
  for await (const rejection of rejections) {
    few.push({ ...rejection, payload: Buffer.from(rejection.payload) }); // its bytes are its segment's
    if (few.length < FEW) continue;
    await sendFew(few, parts);
    few = [];
  }
  if (few.length > 0) await sendFew(few, parts);
}

async function sendFew(
  few: readonly KeptRejection[],
  { bus, dataDir, now, givenUp, onSent }: ReplayParts,
): Promise<void> {
  const taken = Promise.all(messagesOf(few).map(({ topic, payload }) => bus.publish(topic, payload)));
  await Promise.race([taken, givenUp]);
  for (const [service, own] of Map.groupBy(few, (each) => each.service)) {
    await markReplayed(
      rejectedFolder(dataDir, service),
      own.map(({ place }) => place),
      now(),
    );
  }
  onSent(few.length);
}

/** The messages as they came; neighbouring lines of one batch topic are one batch again. */
export function messagesOf(rejections: readonly Pick<KeptRejection, 'topic' | 'payload' | 'refusals'>[]): Outgoing[] {
  const messages: Outgoing[] = [];
  let joins = false;
  for (const { topic, payload, refusals } of rejections) {
    const isLine = refusals.some(({ reason }) => reason === 'store');
    const last = messages.at(-1);
    const bytes = Buffer.from(payload);
    if (joins && isLine && last?.topic === topic && last.payload.length + bytes.length < BATCH_BYTES_MAX) {
      messages[messages.length - 1] = { topic, payload: Buffer.concat([last.payload, Buffer.from('\n'), bytes]) };
    } else messages.push({ topic: replayTopicOf(topic), payload: bytes });
    joins = isLine;
  }
  return messages;
}
