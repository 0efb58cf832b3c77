// What the store remembers, as the page asks for it. All moments are ms since the epoch.

import type { InputSnapshot } from '#domain/alarm.ts';

/** Buckets of one series, oldest first; null where the store has nothing. */
export type Trend = {
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  /** Two neighbours farther apart than this are not to be joined by a line. */
  readonly gapMs: number;
  readonly unit: string | null;
  readonly at: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
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
