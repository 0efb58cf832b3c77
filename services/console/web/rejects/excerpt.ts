// The part of a payload that a person wants to see: the place that a sentence speaks of, with what stands around it. Pure.

import type { RejectionView } from '../../api/rejected.ts';
import { type Range, rangeInJson } from './json-place.ts';

export type Excerpt = {
  readonly before: string;
  /** What the sentence is about; '' at the very end; undefined where the place is not known, or not in what is kept. */
  readonly marked: string | undefined;
  readonly after: string;
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
  /** Lines of bytes in hexadecimal, which are not to be broken. */
  readonly isDump: boolean;
};

/** Around the place, each way. */
const AROUND_CHARS = 160;
const MARKED_CHARS_MAX = 240;
/** Where no place is known. */
const START_CHARS = 400;
const DUMP_BYTES = 16;
/** Lines of a dump around the one with the place, each way. */
const AROUND_LINES = 3;

type Payload = Pick<RejectionView, 'payload' | 'payloadBase64'>;

export function excerptOf({ payload, payloadBase64 }: Payload, place: string | undefined): Excerpt {
  if (payload === undefined) return excerptOfBytes(bytesOf(payloadBase64 ?? ''), place);
  const range = place === undefined ? undefined : rangeOf(payload, place);
  if (range === undefined) return around(payload, { start: 0, end: 0 }, START_CHARS, undefined);
  const end = Math.min(range.end, range.start + MARKED_CHARS_MAX);
  return around(payload, { start: range.start, end }, AROUND_CHARS, payload.slice(range.start, end));
}

function around(text: string, { start, end }: Range, chars: number, marked: string | undefined): Excerpt {
  const from = Math.max(0, start - chars);
  const to = Math.min(text.length, end + chars);
  return {
    before: text.slice(from, start),
    marked,
    after: text.slice(end, to),
    isCutBefore: from > 0,
    isCutAfter: to < text.length,
    isDump: false,
  };
}

/** In a text: `character 8` and `line 3` count from one, `record 2` and `[2]` from nought. */
export function rangeOf(text: string, place: string): Range | undefined {
  const [, kind, count] = /^(character|line|record|byte) (\d+)/.exec(place) ?? [];
  const n = Number(count);
  switch (kind) {
    case 'character':
      return n - 1 > text.length ? undefined : { start: n - 1, end: Math.min(n, text.length) };
    case 'line':
      return lineOf(text, n);
    case 'record':
      return rangeInJson(text, `[${n}]`);
    case 'byte':
      return byteOf(text, n);
    default:
      // `state, character 5`: within a text that stands at that member.
      return rangeInJson(text, place) ?? rangeInJson(text, place.split(', ', 1)[0] ?? '');
  }
}

function lineOf(text: string, n: number): Range | undefined {
  let start = 0;
  for (let line = 1; line < n; line++) {
    const newline = text.indexOf('\n', start);
    if (newline === -1) return undefined;
    start = newline + 1;
  }
  const end = text.indexOf('\n', start);
  return { start, end: end === -1 ? text.length : end };
}

function byteOf(text: string, n: number): Range | undefined {
  const bytes = new TextEncoder().encode(text);
  if (n >= bytes.length) return undefined;
  const start = new TextDecoder().decode(bytes.subarray(0, n)).length;
  return { start, end: start + 1 };
}

/** A dump in hexadecimal, around the byte that is spoken of. */
function excerptOfBytes(bytes: Uint8Array, place: string | undefined): Excerpt {
  const [, count] = /^byte (\d+)/.exec(place ?? '') ?? [];
  const at = count === undefined || Number(count) >= bytes.length ? undefined : Number(count);
  const line = Math.floor((at ?? 0) / DUMP_BYTES);
  const first = Math.max(0, line - AROUND_LINES) * DUMP_BYTES;
  const end = Math.min(bytes.length, (line + AROUND_LINES + 1) * DUMP_BYTES);
  const hex = (from: number, to: number) =>
    Array.from(bytes.subarray(from, to), (byte, i) => {
      const isLineStart = (from + i) % DUMP_BYTES === 0;
      const offset = (from + i).toString(16).padStart(4, '0');
      const lead = isLineStart ? `${from + i === first ? '' : '\n'}${offset}  ` : ' ';
      return `${lead}${byte.toString(16).padStart(2, '0')}`;
    }).join('');
  const rest = { isCutBefore: first > 0, isCutAfter: end < bytes.length, isDump: true };
  if (at === undefined) return { before: hex(first, end), marked: undefined, after: '', ...rest };
  const [, lead = '', marked = ''] = /^(.*?)(\w\w)$/s.exec(hex(at, at + 1)) ?? [];
  return { before: hex(first, at) + lead, marked, after: hex(at + 1, end), ...rest };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
