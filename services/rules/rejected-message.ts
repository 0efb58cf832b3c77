// What somebody wanted of the alarms and could not be done, on `rejected/v1/…` where he, and the console, can read why.

import type { RejectReason } from '#domain/rejected.ts';
import { topics } from '#domain/topic.ts';
import { toldOf } from '#runtime/rejected-log/rejection.ts';
import type { Message } from './read-message.ts';
import type { OutMessage } from './state-store.ts';

/** Of the rest, ingest and its own devices are the authors: it is counted. */
const REASONS: { readonly [root: string]: RejectReason } = {
  'alarm-op': 'operation',
  'command-op': 'operation',
  state: 'state',
};

/** undefined where nobody is told. */
export function rejectedMessage({ topic, payload, at, retained }: Message, message: string): OutMessage | undefined {
  const reason = REASONS[topic.split('/', 1)[0] ?? ''];
  if (reason === undefined) return undefined;
  const refusal = { reason, message };
  const rejection = { topic, payload, payloadBytes: payload.length, retained, receivedAt: at, refusals: [refusal] };
  return { topic: topics.rejected(reason), payload: JSON.stringify(toldOf(rejection, refusal)), retain: false };
}
