// What the store remembers, as the page asks for it. All moments are ms since the epoch.

import type { InputSnapshot, Priority } from '#domain/alarm.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { SeriesName } from '#domain/series.ts';
import type { AlarmName } from '#domain/topic.ts';

/** Of one picture: more lines than these nobody tells apart. */
export const TREND_SERIES_MAX = 8;

/** What the buckets were made of: points as they came, or what the writer has rolled up by minute or hour. */
export const TIERS = ['raw', 'r1m', 'r1h'] as const;
export type Tier = (typeof TIERS)[number];

/** Up to eight series over one range, in buckets of one width. */
export type Trend = {
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  readonly tier: Tier;
  /** As they were asked for. */
  readonly series: readonly TrendSeries[];
  /** When alarms that these series have a part in were active, by their begin. */
  readonly alarms: readonly AlarmBand[];
  /** There were more of them, earlier ones, that are not told. */
  readonly hasMoreAlarms: boolean;
};

export type TrendSeries = SeriesName & {
  readonly unit: string | null;
  /** Two neighbours farther apart than this are not to be joined by a line. */
  readonly gapMs: number;
  /** Buckets with numbers, oldest first; empty where there are none. */
  readonly at: readonly number[];
  readonly mean: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Points in each of them; of a series that is thinned, seconds of known time where it is rolled up. */
  readonly count: readonly number[];
  /** Stretches of a switch or a text, oldest first; empty for numbers. */
  readonly states: readonly StateSpan[];
  /** Stretches that are not told: too many for one picture. */
  readonly moreStates: number;
  readonly quality: readonly QualitySpan[];
  readonly limits: readonly TrendLimit[];
};

export type StateSpan = { readonly from: number; readonly to: number; readonly value: Exclude<Value, number> };

/** A stretch whose points were not good; `points` of them. */
export type QualitySpan = {
  readonly from: number;
  readonly to: number;
  readonly quality: Exclude<Quality, 'good'>;
  readonly points: number;
};

/** What a rule compares the series with. */
export type TrendLimit = {
  readonly rule: string;
  readonly value: number;
  /** Whether the alarm is above it, or below it. */
  readonly isHigh: boolean;
  readonly priority: Priority;
};

/** A stretch during which an alarm was active. */
export type AlarmBand = AlarmName & {
  readonly from: number;
  /** null: it still is, at the end of the range. */
  readonly to: number | null;
  readonly priority: string;
  readonly summary: string;
  /** The limit that was passed, where there is one. */
  readonly limit: number | null;
};

/** A series that is known: it lives, or the store remembers it. */
export type KnownSeries = SeriesName & { readonly isLive: boolean };

export type SeriesPage = {
  /** By name. */
  readonly series: readonly KnownSeries[];
  /** `cursor` of the next page; null: there is none. */
  readonly next: string | null;
  /** Why the store could not be asked, or not for all that match; null where it was. */
  readonly problem: string | null;
};

/** A store's answer to a query of a person. */
export type QueryAnswer = {
  readonly series: readonly {
    readonly name: string | null;
    readonly tags: { readonly [tag: string]: string };
    readonly columns: readonly string[];
    readonly values: readonly (readonly (number | string | boolean | null)[])[];
  }[];
  /** There were more rows than are answered. */
  readonly isCut: boolean;
};

/** The newest first. */
export type JournalPage = {
  readonly entries: readonly JournalRow[];
  /** `cursor` of the next page; null: there is none. A page may hold less than was asked for, and still have a next. */
  readonly next: string | null;
};

export type JournalRow = {
  readonly at: number;
  readonly alarmId: string;
  readonly seq: number;
  readonly site: string;
  readonly area: string;
  readonly rule: string;
  readonly instance: string;
  readonly episode: number;
  readonly event: string;
  readonly state: string;
  readonly overlay: string | null;
  readonly priority: string;
  /** The limit that was passed, where there is one. */
  readonly limit: number | null;
  readonly summary: string;
  /** As they stood when it was decided; empty where the entry does not say. */
  readonly inputs: { readonly [name: string]: InputSnapshot };
  /** From the activation to this entry; null outside an episode. */
  readonly sinceActiveMs: number | null;
  readonly actor: string | null;
  readonly comment: string | null;
  readonly command: string | null;
  readonly commandReason: string | null;
  /** Decided on data that came too late to be acted on. */
  readonly historical: boolean;
  readonly shadow: boolean;
};
