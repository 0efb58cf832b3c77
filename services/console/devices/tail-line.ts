// What a person who watches one device is told of what passes: each thing bounded, whatever a device sends. Pure.

import { isUtf8 } from 'node:buffer';
import type { Point } from '#domain/point.ts';
import type { Rejected } from '#domain/rejected.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { PointsLine, RawLine, RejectLine, ShownPayload, TailPoint } from '../api/devices.ts';

/** A page keeps 500 lines: 2 MB at the worst. */
export const TEXT_CHARS_MAX = 2_000;
const HEX_BYTES_MAX = 256;
/** Of a text value, a topic or a sentence; a person recognises it by its beginning. */
const VALUE_CHARS_MAX = 300;
const TOPIC_CHARS_MAX = 512;
const MESSAGE_CHARS_MAX = 1_000;
/** A device that tells all its metrics at once has some dozens. */
export const POINTS_MAX = 50;

export function rawLine({ topic, payload, qos, retained }: Omit<Delivery, 'ack'>): RawLine {
  return { kind: 'raw', topic: topic.slice(0, TOPIC_CHARS_MAX), qos, retained, ...shownPayload(payload) };
}

export function pointsLine(points: readonly Point[], unitOf: (point: Point) => string | null): PointsLine {
  const shown = points.slice(0, POINTS_MAX).map((point): TailPoint => {
    const { series, value, quality, measuredAt, late } = point;
    const bounded = typeof value === 'string' ? value.slice(0, VALUE_CHARS_MAX) : value;
    return { metric: series.metric, value: bounded, quality, measuredAt, late, unit: unitOf(point) };
  });
  return { kind: 'points', points: shown, more: points.length - shown.length };
}

export function rejectLine({ reason, message, place, topic, payload, payloadEncoding, ...rest }: Rejected): RejectLine {
  const isText = payloadEncoding === 'utf8';
  const shown = isText ? boundedText(payload) : shownPayload(Buffer.from(payload, 'base64'));
  const kept = isText ? Buffer.byteLength(payload) : Buffer.byteLength(payload, 'base64');
  return {
    kind: 'reject',
    ...{ reason, message: message.slice(0, MESSAGE_CHARS_MAX), place: place ?? null },
    topic: topic.slice(0, TOPIC_CHARS_MAX),
    ...shown,
    bytes: rest.payloadBytes,
    isCut: shown.isCut || kept < rest.payloadBytes,
  };
}

/** As text where it is some, else in hexadecimal. */
export function shownPayload(payload: Buffer): ShownPayload {
  // Four bytes a character at most: no need to look at, or to decode, a megabyte for its beginning.
  if (isUtf8(payload)) return { ...boundedText(textStart(payload)), bytes: payload.length };
  const hex = payload.toString('hex', 0, HEX_BYTES_MAX);
  const isCut = payload.length > HEX_BYTES_MAX;
  return { payload: hex, encoding: 'hex', bytes: payload.length, isCut };
}

function textStart(payload: Buffer): string {
  return payload.toString('utf8', 0, 4 * TEXT_CHARS_MAX + 4);
}

function boundedText(text: string): ShownPayload {
  const isCut = text.length > TEXT_CHARS_MAX;
  // A pair of halves is never torn: JSON.stringify would write half of it as an escape.
  const payload = isCut ? text.slice(0, TEXT_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '') : text;
  return { payload, encoding: 'text', bytes: Buffer.byteLength(text), isCut };
}
