// What a format makes of a payload, before anyone asks whether the device may say so.

import type { Quality } from '#domain/quality.ts';
import { PLACE_CHARS_MAX, type Refusal, type RejectReason } from '#domain/rejected.ts';
import type { Layout } from '#runtime/binary-layout.ts';
import type { Sequence } from './sequences/boot-sequence.ts';

/** A value as the device wrote it; null where it wrote that it has none. */
export type RawValue = number | boolean | string | null;

export type RawMetric = {
  readonly metric: string;
  /** What its sender calls it, where that is something else. */
  readonly said?: string;
  readonly value: RawValue;
  readonly quality: Quality;
  /** UCUM code, where the format carries one; else the unit is the one of the device's model. */
  readonly unit?: string;
};

/** A text value is a state or a code, not a document. */
export const TEXT_CHARS_MAX = 256;
/** Metrics of one record: far above any device, and what a small payload may be flattened or unpacked to. */
export const METRICS_MAX = 1_000;
/** Records of one payload; a device batches at most 20, a gateway more, within the size limit. */
export const RECORDS_MAX = 1_000;

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
  /** Where it stands in the payload: `r[0].m`, `line 3`; '' is the payload itself. */
  readonly where?: string;
  /** Its metrics are members of what stands there, by their names. */
  readonly isMembers?: boolean;
  /** What was asked for by `senderFields`, where the payload has it. */
  readonly sender?: ReadonlyMap<string, string>;
};

/** Both at once: one bad metric never costs the good ones beside it. */
export type Decoded = { readonly records: readonly RawRecord[]; readonly refusals: readonly Refusal[] };

/** How to read what a payload does not say itself. */
export type FormatOptions = {
  /** Columns of CSV in order, null where one is passed over; null: the first line names them. */
  readonly columns: readonly (string | null)[] | null;
  /** What stands between the cells of CSV, one character. */
  readonly separator: string;
  /** The member or column that says when; undefined: the usual ones (`ts`, `time`, `timestamp`); null: what those say is passed over. */
  readonly timeMember: string | null | undefined;
  /** Members, columns or tags that tell which device it is. */
  readonly senderFields: readonly string[];
};

export const NO_OPTIONS: FormatOptions = { columns: null, separator: ',', timeMember: undefined, senderFields: [] };

export type FormatContext = {
  /** The metric that the topic names, for formats whose payload is one value. */
  readonly metric: string | null;
  /** Arrival, ms since the epoch: what relative times of SenML count from. */
  readonly now: number;
  /** How to read what does not say it itself: columns of CSV, members that tell the time. */
  readonly options: FormatOptions;
  /** Byte layouts of the device's model; empty where it has none. */
  readonly layouts: readonly Layout[];
};

/**
 * A payload format. Called by ingest once per message, with a payload under the size limit that is already decompressed.
 * Never throws for what a device sent; times that it did not send stay null.
 */
export type Format = {
  readonly decode: (payload: Buffer, context: FormatContext) => Decoded;
};

export function refused(reason: RejectReason, message: string, place?: string): Decoded {
  return { records: [], refusals: [place === undefined ? { reason, message } : { reason, message, place }] };
}

/** What is wrong with a record's metric, with its place in the payload where that is known. */
export function placed(refusal: Refusal, { where, isMembers = false }: RawRecord, raw: RawMetric): Refusal {
  if (where === undefined) return refusal;
  if (!isMembers) return { ...refusal, place: where };
  const { said = raw.metric } = raw;
  return { ...refusal, place: `${where === '' ? '' : `${where}.`}${said}`.slice(0, PLACE_CHARS_MAX) };
}
