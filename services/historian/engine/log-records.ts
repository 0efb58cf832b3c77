// What the log holds, between two cuts: entries of the catalogue, samples, and deletions, in the order in which they happened.

import type { Entry, TrackId } from './catalogue/entry.ts';
import { SampleBatch } from './intake/sample-batch.ts';

/** Raised when the records change. */
export const LOG_VERSION = 1;

/** The first byte of a record. */
const KIND = { entries: 1, samples: 2, deletion: 3, cut: 4 } as const;

export type Deletion = { readonly tracks: readonly TrackId[]; readonly from: number; readonly to: number };

export type LogRecord =
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | { readonly kind: 'samples'; readonly batch: SampleBatch }
  | { readonly kind: 'deletion'; readonly deletion: Deletion }
  /** The first record of a segment: everything before it belongs to generations that came before. */
  | { readonly kind: 'cut' };

export const CUT_RECORD = Buffer.of(KIND.cut);

export function encodeEntries(entries: readonly Entry[]): Buffer {
  return encodeJson(KIND.entries, entries);
}

export function encodeDeletion(deletion: Deletion): Buffer {
  return encodeJson(KIND.deletion, deletion);
}

function encodeJson(kind: number, value: unknown): Buffer {
  return Buffer.concat([Buffer.of(kind), Buffer.from(JSON.stringify(value))]);
}

const HEAD_BYTES = 9;

/** [kind u8][count u32][text bytes u32], then tracks (i32), times (f64), values (f64), texts. Views: to be copied at once. */
export function encodeSamples({ length, textBytes, ...batch }: SampleBatch): Uint8Array[] {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head[0] = KIND.samples;
  head.writeUInt32LE(length, 1);
  head.writeUInt32LE(textBytes, 5);
  const columns = [batch.tracks, batch.times, batch.values].map(
    (column) => new Uint8Array(column.buffer, 0, length * column.BYTES_PER_ELEMENT),
  );
  return [head, ...columns, batch.texts.subarray(0, textBytes)];
}

/** Undefined for a record of an unknown kind. */
export function decodeRecord(payload: Buffer): LogRecord | undefined {
  switch (payload[0]) {
    case KIND.entries:
      return { kind: 'entries', entries: JSON.parse(payload.toString('utf8', 1)) };
    case KIND.deletion:
      return { kind: 'deletion', deletion: JSON.parse(payload.toString('utf8', 1)) };
    case KIND.cut:
      return { kind: 'cut' };
    case KIND.samples:
      return { kind: 'samples', batch: decodeSamples(payload) };
    default:
      return undefined;
  }
}

function decodeSamples(payload: Buffer): SampleBatch {
  const batch = new SampleBatch();
  batch.length = payload.readUInt32LE(1);
  batch.textBytes = payload.readUInt32LE(5);
  let at = HEAD_BYTES;
  const column = <A extends Int32Array | Float64Array>(values: A): A => {
    const bytes = new Uint8Array(values.buffer);
    bytes.set(payload.subarray(at, at + bytes.length));
    at += bytes.length;
    return values;
  };
  batch.tracks = column(new Int32Array(batch.length));
  batch.times = column(new Float64Array(batch.length));
  batch.values = column(new Float64Array(batch.length));
  batch.texts = Buffer.from(payload.subarray(at, at + batch.textBytes));
  return batch;
}
