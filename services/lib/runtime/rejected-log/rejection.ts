// Something that could not be taken, as it is kept: a raw message with everything that is wrong with it, or a line that the
// store refused. Its record is one line of JSON and then the payload, byte for byte, so that it can be sent again.

import { isUtf8 } from 'node:buffer';
import { REJECT_REASONS, REJECTED_PAYLOAD_MAX, type Refusal, type Rejected } from '#domain/rejected.ts';

export type Rejection = {
  /** Where it goes when it is replayed: the topic it came on; of a line that the store refused, that of its batch. */
  readonly topic: string;
  /** All of it, or its beginning where it was larger than what is kept of one. */
  readonly payload: Uint8Array;
  /** Of the whole. */
  readonly payloadBytes: number;
  /** The broker had sent it because it was stored, not because it was just published. */
  readonly retained: boolean;
  /** ms since the epoch. */
  readonly receivedAt: number;
  /** At least one. */
  readonly refusals: readonly Refusal[];
};

/** Raised when the records change; a folder of a newer format is then refused rather than misread. */
export const REJECTION_FORMAT = 1;

const NEWLINE = 0x0a;

/** The record, in parts that need no copying. */
export function encodeRejection({ payload, ...head }: Rejection): Uint8Array[] {
  return [Buffer.from(`${JSON.stringify(head)}\n`), payload];
}

/** undefined where the bytes are no rejection. */
export function decodeRejection(record: Uint8Array): Rejection | undefined {
  const end = record.indexOf(NEWLINE);
  if (end === -1) return undefined;
  try {
    const head = JSON.parse(new TextDecoder().decode(record.subarray(0, end))) as Omit<Rejection, 'payload'>;
    const { topic, payloadBytes, retained, receivedAt, refusals } = head;
    if (!refusals.every(({ reason }) => Object.hasOwn(REJECT_REASONS, reason))) return undefined;
    return { topic, payload: record.subarray(end + 1), payloadBytes, retained, receivedAt, refusals };
  } catch {
    return undefined;
  }
}

/** What `rejected/v1/{reason}` says of one of its refusals. */
export function toldOf(rejection: Rejection, refusal: Refusal): Rejected {
  const { topic, payload, payloadBytes, receivedAt } = rejection;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  // A character takes at most three bytes per UTF-16 unit, so the cut of the bytes lies beyond the cut of the text.
  const start = bytes.subarray(0, REJECTED_PAYLOAD_MAX * 4);
  return {
    ...refusal,
    topic,
    payload: start.toString(encoding).slice(0, REJECTED_PAYLOAD_MAX),
    payloadEncoding: encoding,
    payloadBytes,
    receivedAt,
  };
}
