// What somebody wanted of the alarms and could not be done, on `rejected/v1/…` where he, and the console, can read why.

import { isUtf8 } from 'node:buffer';
import { REJECTED_PAYLOAD_MAX, type Rejected, type RejectReason } from '#domain/rejected.ts';
import { topics } from '#domain/topic.ts';
import type { Message } from './read-message.ts';
import type { OutMessage } from './state-store.ts';

/** Of the rest, ingest and its own devices are the authors: it is counted. */
const REASONS: { readonly [root: string]: RejectReason } = { 'alarm-op': 'operation', state: 'state' };

/** undefined where nobody is told. */
export function rejectedMessage({ topic, payload, at }: Message, message: string): OutMessage | undefined {
  const reason = REASONS[topic.split('/', 1)[0] ?? ''];
  if (reason === undefined) return undefined;
  const bytes = Buffer.from(payload);
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  const rejected: Rejected = {
    ...{ reason, message, topic },
    payload: bytes.toString(encoding).slice(0, REJECTED_PAYLOAD_MAX),
    payloadEncoding: encoding,
    payloadBytes: bytes.length,
    receivedAt: at,
  };
  return { topic: topics.rejected(reason), payload: JSON.stringify(rejected), retain: false };
}
