// Something that could not be taken, as it is kept: a raw message with everything that is wrong with it, or a line that the
// store refused. Its record: the moment of arrival (f64, so that whoever looks for what is old need not parse), one line of
// JSON, and the payload, byte for byte, so that it can be sent again.

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

const NEWLINE = 0x0a;
const MOMENT_BYTES = 8;

/** The record, in parts that need no copying. */
export function encodeRejection({ payload, receivedAt, ...head }: Rejection): Uint8Array[] {
  const moment = Buffer.alloc(MOMENT_BYTES);
  moment.writeDoubleLE(receivedAt);
  return [moment, Buffer.from(`${JSON.stringify(head)}\n`), payload];
}

/** When the rejection of a record arrived. */
export function receivedAtOf(record: Buffer): number {
  return record.length < MOMENT_BYTES ? 0 : record.readDoubleLE();
}

/** undefined where the bytes are no rejection. Its payload lies in them. */
export function decodeRejection(record: Buffer): Rejection | undefined {
  const end = record.indexOf(NEWLINE, MOMENT_BYTES);
  if (end === -1) return undefined;
  try {
    const { topic, payloadBytes, retained, refusals } = JSON.parse(
      record.toString('utf8', MOMENT_BYTES, end),
    ) as Rejection;
    if (!refusals.every(({ reason }) => Object.hasOwn(REJECT_REASONS, reason))) return undefined;
    const payload = record.subarray(end + 1);
    return { topic, payload, payloadBytes, retained, receivedAt: receivedAtOf(record), refusals };
  } catch {
    return undefined;
  }
}

/** At most `bytesMax` of it; a text is not cut within a character. */
export function beginningOf(payload: Uint8Array, bytesMax: number): Uint8Array {
  if (payload.length <= bytesMax) return payload;
  let end = bytesMax;
  while (end > 0 && end > bytesMax - 4 && ((payload[end] ?? 0) & 0xc0) === 0x80) end--;
  return payload.subarray(0, end);
}

/**
 * What `rejected/v1/{reason}` says of one of its refusals.
 * @param id where it is kept
 */
export function toldOf(rejection: Rejection, refusal: Refusal, id?: string): Rejected {
  const { topic, payload, payloadBytes, receivedAt } = rejection;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  // A character takes at most three bytes per UTF-16 unit, so the cut of the bytes lies beyond the cut of the text.
  const start = bytes.subarray(0, REJECTED_PAYLOAD_MAX * 4);
  return {
    ...(id === undefined ? {} : { id }),
    ...refusal,
    topic,
    payload: start.toString(encoding).slice(0, REJECTED_PAYLOAD_MAX),
    payloadEncoding: encoding,
    payloadBytes,
    receivedAt,
  };
}
