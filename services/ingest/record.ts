// What a format makes of a payload, before anyone asks whether the device may say so.

import type { Quality } from '#domain/quality.ts';
import type { Refusal, RejectReason } from '#domain/rejected.ts';
import type { Sequence } from './sequences/boot-sequence.ts';

/** A value as the device wrote it; null where it wrote that it has none. */
export type RawValue = number | boolean | string | null;

export type RawMetric = { readonly metric: string; readonly value: RawValue; readonly quality: Quality };

/** A text value is a state or a code, not a document. */
export const TEXT_CHARS_MAX = 256;

/** The metrics that a device measured at one moment. */
export type RawRecord = {
  /** The device's own time, ms since the epoch; null where it sent none. */
  readonly measuredAt: number | null;
  /** Boot and running number, by which a repeated record is known; null where the format has none. */
  readonly sequence: Sequence | null;
  /** Sent as history: to be stored and never alarmed on. */
  readonly isHistory: boolean;
  /** Nothing of it was refused. */
  readonly isWhole: boolean;
  readonly metrics: readonly RawMetric[];
};

/** Both at once: one bad metric never costs the good ones beside it. */
export type Decoded = { readonly records: readonly RawRecord[]; readonly refusals: readonly Refusal[] };

export type FormatContext = {
  /** The metric that the topic names, for formats whose payload is one value. */
  readonly metric: string | null;
};

/**
 * A payload format. Called by ingest once per message, with a payload under the size limit. Never throws for what a
 * device sent; `now` is not needed, since missing times stay null.
 */
export type Format = {
  readonly decode: (payload: Buffer, context: FormatContext) => Decoded;
};

export function refused(reason: RejectReason, message: string): Decoded {
  return { records: [], refusals: [{ reason, message }] };
}
