// What the store remembers, as the page asks for it. All moments are ms since the epoch.

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
  readonly actor: string | null;
  readonly comment: string | null;
  readonly command: string | null;
  readonly commandReason: string | null;
  /** Decided on data that came too late to be acted on. */
  readonly historical: boolean;
  readonly shadow: boolean;
};
