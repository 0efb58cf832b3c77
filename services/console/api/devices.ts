// One device, more closely than the live stream tells it: its gaps, its configuration, and what passes. All moments are ms since
// the epoch.
//
// A device that nobody has heard of can be watched, too: whoever builds one wants to see its first message.
//
// GET /api/devices/{site}/{area}/{device} (viewer) answers DeviceDetail.
// GET …/config (viewer) answers ConfigView; what is desired is told from engineer on alone: it may hold secrets.
// PUT …/config/desired (engineer) takes DesiredOrder, and answers 200 with the ConfigText that the broker has taken. 409: somebody
//   else has written meanwhile; 503, 504: the broker has not taken it, or not in time.
// GET …/tail (viewer) is a stream of server-sent events `tail`, each a TailPart.

import type { Gap } from '#domain/gaps.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { RejectReason } from '#domain/rejected.ts';

export type DeviceDetail = {
  readonly now: number;
  /** null: it lacks none, or does not number what it sends. */
  readonly gaps: {
    readonly missed: number;
    readonly since: number;
    readonly gaps: readonly Gap[];
    readonly unlisted: number;
  } | null;
};

/** A retained document, as text. */
export type ConfigText = {
  /** Its beginning where `isCut`. */
  readonly text: string;
  /** Of the whole. */
  readonly bytes: number;
  readonly isCut: boolean;
  /** SHA-256 of the whole, in hex: what the audit journal knows it by. */
  readonly revision: string;
};

export type ConfigView = {
  /** What the device says that it does; null: it has said nothing. */
  readonly reported: ConfigText | null;
  /** What it is to do; null: nothing is desired. Absent where it is not for whoever asks. */
  readonly desired?: ConfigText | null;
};

export type DesiredOrder = {
  /** A JSON object; '' takes away what was desired. */
  readonly text: string;
  /** `revision` of what was desired when it was read; null: nothing was. */
  readonly basedOn: string | null;
};

/** What was told since the last part. */
export type TailPart = {
  readonly now: number;
  /** In the order in which they came to the console. */
  readonly lines: readonly TailLine[];
  /** Lines that came too fast to be told, all in all since the stream was opened. */
  readonly dropped: number;
  /** What is wrong with listening, in words; null while it works. */
  readonly problem: string | null;
};

export type TailLine = {
  /** Counts what came of this device. */
  readonly n: number;
  readonly receivedAt: number;
} & (RawLine | PointsLine | RejectLine);

/** A payload as a person can read it. */
export type ShownPayload = {
  /** Text, or hexadecimal digits in pairs; the beginning where it is long. */
  readonly payload: string;
  readonly encoding: 'text' | 'hex';
  /** Of the whole. */
  readonly bytes: number;
  readonly isCut: boolean;
};

export type RawLine = ShownPayload & {
  readonly kind: 'raw';
  readonly topic: string;
  /** As it reached the console. */
  readonly qos: 0 | 1;
  /** It had been kept by the broker, and is no news. */
  readonly retained: boolean;
};

export type PointsLine = {
  readonly kind: 'points';
  readonly points: readonly TailPoint[];
  /** Further ones of the same batch. */
  readonly more: number;
};

export type TailPoint = {
  readonly metric: string;
  readonly value: Value | null;
  readonly quality: Quality;
  readonly measuredAt: number;
  readonly late: boolean;
  /** UCUM code. */
  readonly unit: string | null;
};

export type RejectLine = ShownPayload & {
  readonly kind: 'reject';
  readonly reason: RejectReason;
  readonly message: string;
  readonly place: string | null;
  readonly topic: string;
};
