// Rejections sent again, in the order in which they came, a few at a time; each few is marked when the broker has it. Ended in
// between, what was sent and not yet marked is sent once more by the next replay. Who sends what again is said first, on a topic
// that our broker writes into its audit journal before anything else of that client takes effect.

import { replayTopicOf } from '#domain/sparkplug-topic.ts';
import { topics } from '#domain/topic.ts';
import { commandLogin } from '../access/service-login.ts';
import { brokerAddress } from '../broker-address.ts';
import type { Bus } from '../bus.ts';
import { silentLog } from '../log.ts';
import { openMqttBus } from '../mqtt-bus.ts';
import type { BrokerConfig } from '../sections.ts';
import { rejectedFolder } from './layout.ts';
import { GivenUp, type PatienceParts, patiently } from './patience.ts';
import type { KeptRejection } from './read-rejected.ts';
import { makeMarksFolder, markReplayed } from './replay-marks.ts';

/** Rejections sent before they are marked: what a kill may send twice. */
const FEW = 100;
/** Lines that the store refused travel as ingest's batches do, many in one message. */
const BATCH_BYTES_MAX = 65_536;

export type ReplayParts = Omit<PatienceParts, 'bus'> & {
  readonly bus: Pick<Bus, 'publish' | 'problem' | 'onConnect'>;
  readonly dataDir: string;
  /** Who asked for it, and for what: plain JSON, for the audit journal. */
  readonly order: ReplayOrder;
  readonly onSent: (count: number) => void;
};

export type ReplayOrder = { readonly by?: string; readonly role?: string; readonly what: object };

type Outgoing = { readonly topic: string; readonly payload: Buffer };

/** A connection for one replay, with a login that may do just this. */
export function openReplayBus(
  settings: { readonly root: { readonly data: string }; readonly broker: BrokerConfig },
  asker: 'cli' | 'console',
): Bus {
  const clientId = `${asker}-replay-${process.pid}`;
  return openMqttBus({ ...brokerAddress(settings.broker), ...commandLogin(settings, 'replay'), clientId }, silentLog());
}

/**
 * Those that were not sent yet, or all of them.
 * @param onCut told of each of which only a beginning is kept: it cannot be sent
 */
export async function* replayable(
  rejections: AsyncIterable<KeptRejection>,
  { isAgain, onCut }: { readonly isAgain: boolean; readonly onCut: () => void },
): AsyncIterable<KeptRejection> {
  for await (const rejection of rejections) {
    if (rejection.replayedAt !== undefined && !isAgain) continue;
    if (rejection.payload.length < rejection.payloadBytes) onCut();
    else yield rejection;
  }
}

/** Resolves when the broker has all of them. @throws GivenUp */
export async function replayRejected(rejections: AsyncIterable<KeptRejection>, parts: ReplayParts): Promise<void> {
  let sent = 0;
  for await (const few of fewAtATime(rejections)) {
    if (parts.asked.aborted) throw new GivenUp(undefined);
    if (sent === 0) await begin(parts);
    await sendFew(few, parts);
    sent += few.length;
    parts.onSent(few.length);
  }
  if (sent > 0) await say({ op: 'replayed', sent }, parts);
}

async function* fewAtATime(rejections: AsyncIterable<KeptRejection>): AsyncIterable<readonly KeptRejection[]> {
  let few: KeptRejection[] = [];
  for await (const rejection of rejections) {
    few.push({ ...rejection, payload: Buffer.from(rejection.payload) }); // its bytes are its segment's
    if (few.length < FEW) continue;
    yield few;
    few = [];
  }
  if (few.length > 0) yield few;
}

async function begin(parts: ReplayParts): Promise<void> {
  await patiently(new Promise<void>((resolve) => parts.bus.onConnect(resolve)), parts);
  await say({ op: 'replay' }, parts);
}

async function say(message: { readonly op: string; readonly sent?: number }, parts: ReplayParts): Promise<void> {
  const payload = JSON.stringify({ ...message, ...parts.order });
  await patiently(parts.bus.publish(topics.rejectedOperation, payload), parts);
}

async function sendFew(few: readonly KeptRejection[], parts: ReplayParts): Promise<void> {
  const { bus, dataDir, now } = parts;
  const byFolder = Map.groupBy(few, ({ service }) => rejectedFolder(dataDir, service));
  for (const folder of byFolder.keys()) await makeMarksFolder(folder); // what cannot be marked would be sent again and again
  const taken = messagesOf(few).map(({ topic, payload }) => bus.publish(topic, payload));
  await patiently(Promise.all(taken), parts);
  for (const [folder, own] of byFolder) {
    const places = own.map(({ place }) => place);
    await markReplayed(folder, places, now());
  }
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
