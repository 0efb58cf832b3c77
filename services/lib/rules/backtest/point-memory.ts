// Points of the past that were read and may be asked for again: who changes a number in a rule asks for the same history each time.
// What is not yet settled (points may still be on their way to the store) is read anew at every question, so that a range
// that ends now is asked for again at the cost of its last minutes. Bounded in points; the entry that was used last goes last.

import { SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { noCounts, type PointSource, type Range, type SourceCounts } from './point-source.ts';
import { HOUR_MS } from './time-buckets.ts';
import type { WantedSeries } from './wanted-series.ts';

export type PointMemoryOptions = {
  /** In all entries together. A range that has more is read and not kept. */
  readonly pointsMax: number;
  /** After so long everything is read anew: what came late may belong into it. */
  readonly keptMs: number;
  /** How long a point may be on its way to the store. */
  readonly settleMs: number;
};

export type MemoryWish = {
  readonly wanted: WantedSeries;
  readonly range: Range;
  readonly now: number;
  /** The store; `table` gives the seats of its series. */
  readonly open: (range: Range, table: SeriesTable) => PointSource;
};

export type RememberedSource = PointSource & {
  /** Whether no more than what was not settled had to be read. */
  readonly isFromMemory: boolean;
};

type Entry = {
  readonly key: string;
  readonly table: SeriesTable;
  readonly readAt: number;
  readonly from: number;
  /** Up to here, and without it, nothing is missing. */
  settledTo: number;
  readonly batches: (readonly Point[])[];
  weight: number;
  readonly counts: SourceCounts;
};

/** A long text weighs as much as several numbers. */
const CHARS_PER_POINT = 64;

export class PointMemory {
  readonly #options: PointMemoryOptions;
  /** The one that was used last stands last. */
  #entries: Entry[] = [];

  constructor(options: PointMemoryOptions) {
    this.#options = options;
  }

  /** Points, or what weighs as much. */
  get weight(): number {
    return this.#entries.reduce((sum, { weight }) => sum + weight, 0);
  }

  source(wish: MemoryWish): RememberedSource {
    const { range, now } = wish;
    const key = keyOf(wish.wanted);
    this.#entries = this.#entries.filter(({ readAt }) => Math.abs(now - readAt) < this.#options.keptMs);
    const known = this.#entries.find(
      (each) => each.key === key && each.from <= range.from && each.settledTo > range.from,
    );
    if (known === undefined) return { ...this.#readAnew(key, wish), isFromMemory: false };
    this.#entries = [...this.#entries.filter((each) => each !== known), known];
    return { ...this.#recall(known, wish), isFromMemory: true };
  }

  #readAnew(key: string, { range, now, open }: MemoryWish): PointSource {
    const table = new SeriesTable();
    // A delay that is made a little longer reaches a little further back.
    const from = Number.isFinite(range.from) ? Math.floor(range.from / HOUR_MS) * HOUR_MS : range.from;
    const source = open({ from, to: range.to }, table);
    const settledTo = Math.min(range.to, now - this.#options.settleMs);
    const entry: Entry = { key, table, readAt: now, from, settledTo, batches: [], weight: 0, counts: source.counts };
    const memory = this;
    async function* batches(): AsyncIterable<readonly Point[]> {
      for await (const batch of source.batches()) {
        memory.#keep(entry, within(batch, { from, to: settledTo }));
        yield within(batch, range);
      }
      memory.#remember(entry);
    }
    return { batches, counts: source.counts };
  }

  #recall(entry: Entry, { range, now, open }: MemoryWish): PointSource {
    const memory = this;
    const { settledTo } = entry;
    const counts = noCounts();
    async function* batches(): AsyncIterable<readonly Point[]> {
      for (const batch of entry.batches) yield within(batch, range);
      if (range.to > settledTo) {
        const rest = open({ from: settledTo, to: range.to }, entry.table);
        const settled = Math.max(settledTo, Math.min(range.to, now - memory.#options.settleMs));
        const news: (readonly Point[])[] = [];
        let { weight } = entry;
        const fits = () => weight <= memory.#options.pointsMax;
        for await (const batch of rest.batches()) {
          const part = within(batch, { from: settledTo, to: settled });
          weight += weightOf(part);
          if (fits()) news.push(part);
          else news.length = 0; // none will be remembered: they need not wait for the end
          yield batch;
        }
        // Only now: what was broken off would else be a hole. What does not fit is asked for again.
        if (fits()) memory.#extend(entry, news, settled);
        addCounts(counts, rest.counts);
      }
      addCounts(counts, entry.counts);
    }
    return { batches, counts };
  }

  #keep(entry: Entry, batch: readonly Point[]): void {
    if (entry.weight > this.#options.pointsMax || batch.length === 0) return;
    entry.batches.push(batch);
    entry.weight += weightOf(batch);
    // It will not be remembered: its points need not wait for its end.
    if (entry.weight > this.#options.pointsMax) entry.batches.length = 0;
  }

  #extend(entry: Entry, news: readonly (readonly Point[])[], settledTo: number): void {
    for (const batch of news) this.#keep(entry, batch);
    entry.settledTo = settledTo;
    this.#makeRoom();
  }

  #remember(entry: Entry): void {
    if (entry.settledTo <= entry.from || entry.weight > this.#options.pointsMax) return;
    // Of one set of series the newest reading is enough, as far as it reaches.
    const isCovered = (each: Entry) =>
      each.key === entry.key && each.from >= entry.from && each.settledTo <= entry.settledTo;
    this.#entries = [...this.#entries.filter((each) => !isCovered(each)), entry];
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#entries.length > 0 && this.weight > this.#options.pointsMax) this.#entries.shift();
  }
}

function weightOf(batch: readonly Point[]): number {
  const weigh = ({ value }: Point) => (typeof value === 'string' ? 1 + Math.floor(value.length / CHARS_PER_POINT) : 1);
  return batch.reduce((sum, point) => sum + weigh(point), 0);
}

function within(batch: readonly Point[], { from, to }: Range): readonly Point[] {
  const [first, last] = [batch[0], batch.at(-1)];
  if (first === undefined || last === undefined) return batch;
  if (first.measuredAt >= from && last.measuredAt < to) return batch;
  return batch.filter(({ measuredAt }) => measuredAt >= from && measuredAt < to);
}

function keyOf(wanted: WantedSeries): string {
  const metrics = [...wanted].map(([metric, devices]) => [metric, devices === null ? null : [...devices].sort()]);
  return JSON.stringify(metrics.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)));
}

function addCounts(counts: SourceCounts, more: SourceCounts): void {
  counts.unreadable += more.unreadable;
  counts.firstUnreadable ??= more.firstUnreadable;
  counts.tooLate += more.tooLate;
  counts.outside += more.outside;
}
