// The table of sequences on disk. An acknowledgement waits until what it stands for is written down: killed before, the
// message comes again and is known or goes its way once more; killed after, it does not come. So a record is doubled at
// worst and never lost, and a disk that loses what was written here costs repeats and nothing else.
//
// What is written is the whole entry of each device that changed, each once for all of its records that came while the last
// group was being written: the more comes, the less is written per record. The newest entry of a device counts. From time
// to time all entries are written again, a few with each group, and then the segments before are dropped.
//
// Not in SQLite: at 25,000 records/s both cost a sixth of a core, but SQLite syncs in the process itself, which then does
// nothing else (p99 of its turns 20 to 40 ms against 8 ms here, 1,000 and 25,000 devices, on a disk that others used too).

import type { Position } from '#runtime/segment-log/record.ts';
import type { SegmentLog } from '#runtime/segment-log/segment-log.ts';
import type { DeviceSequences, SavedDevice } from './device-sequences.ts';
import type { Sequences } from './sequences.ts';

/** Raised when the lines change; a folder of a newer format is then refused rather than misread. */
export const JOURNAL_OWNERSHIP = { kind: 'sequences', version: 1 } as const;

/** Entries in one record: a few hundred kilobytes at most, written in well under a millisecond. */
const ENTRIES_MAX = 500;
/** Written again when the log has grown by so much, or by twice what all entries took last time. */
const GROWTH_BYTES_MIN = 16 * 1_048_576;

type Rewrite = {
  readonly entries: readonly DeviceSequences[];
  next: number;
  /** Where the first of them went; undefined as long as none did. */
  firstSegment: number | undefined;
  bytes: number;
};

export class SequenceJournal {
  readonly #log: SegmentLog;
  readonly #sequences: Sequences;
  readonly #growthBytesMin: number;
  #waiting: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  #rewrite: Rewrite | undefined;
  /** Taken by all entries when they were written last. */
  #wholeBytes = 0;
  #grownBytes = 0;

  private constructor(log: SegmentLog, sequences: Sequences, growthBytesMin: number) {
    this.#log = log;
    this.#sequences = sequences;
    this.#growthBytesMin = growthBytesMin;
    this.#grownBytes = log.bytes;
  }

  /** Fills the table with what is written down. */
  static async open(
    log: SegmentLog,
    sequences: Sequences,
    { growthBytesMin = GROWTH_BYTES_MIN } = {},
  ): Promise<SequenceJournal> {
    for await (const { payload } of log.records()) {
      for (const line of payload.toString().split('\n')) sequences.restore(decodeDevice(line));
    }
    return new SequenceJournal(log, sequences, growthBytesMin);
  }

  /** Runs `done` when everything that the table holds by now is on disk. */
  afterWrite(done: () => void): void {
    if (this.#writing === undefined && !this.#sequences.hasChanges) {
      done();
      return;
    }
    this.#waiting.push(done);
    this.#writing ??= this.#write();
  }

  /** What keeps acknowledgements waiting, in words. */
  problem(): string | undefined {
    return this.#log.problem();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 || this.#rewrite !== undefined) {
      await Promise.resolve(); // what is taken down in the same turn is written together
      const done = this.#waiting;
      this.#waiting = [];
      for (let entries = this.#take(); entries.length > 0; entries = this.#take())
        this.#grownBytes += this.#append(entries).bytes;
      this.#rewriteSome();
      await this.#log.commit();
      for (const each of done) each();
      await this.#dropRewritten();
    }
    this.#writing = undefined;
  }

  #take(): DeviceSequences[] {
    return this.#sequences.takeChanged(ENTRIES_MAX);
  }

  #append(entries: readonly DeviceSequences[]): Position {
    return this.#log.append(Buffer.from(entries.map(encodeDevice).join('\n')));
  }

  #rewriteSome(): void {
    if (this.#rewrite === undefined) {
      if (this.#grownBytes < Math.max(this.#growthBytesMin, 2 * this.#wholeBytes)) return;
      this.#log.roll();
      this.#grownBytes = 0;
      this.#rewrite = { entries: this.#sequences.all(), next: 0, firstSegment: undefined, bytes: 0 };
    }
    const rewrite = this.#rewrite;
    // Those that were forgotten meanwhile have no boots any more.
    const some = rewrite.entries
      .slice(rewrite.next, rewrite.next + ENTRIES_MAX)
      .filter(({ boots }) => boots.length > 0);
    rewrite.next += ENTRIES_MAX;
    if (some.length === 0) return;
    const { segment, bytes } = this.#append(some);
    rewrite.firstSegment ??= segment;
    rewrite.bytes += bytes;
  }

  /** The oldest first: what is left after a kill in between is read in order, and says the same. */
  async #dropRewritten(): Promise<void> {
    const rewrite = this.#rewrite;
    if (rewrite === undefined || rewrite.next < rewrite.entries.length) return;
    this.#rewrite = undefined;
    this.#wholeBytes = rewrite.bytes;
    for (const { number } of this.#log.segments) {
      if (number < (rewrite.firstSegment ?? 0)) await this.#log.drop(number);
    }
  }
}

/** One line. Short, because it is written for every device that is heard: lists in place of objects. */
export function encodeDevice({ device, isReported, boots }: DeviceSequences): string {
  return JSON.stringify([
    device,
    isReported ? 1 : 0,
    ...boots.map(({ boot, first, newest, missing, unfinished, unlisted }) => [
      boot,
      first,
      newest,
      missing.map(({ from, to, since, isGap }) => [from, to, since, isGap ? 1 : 0]),
      unfinished.map(({ from, to }) => [from, to]),
      unlisted.count,
      unlisted.since,
    ]),
  ]);
}

type BootLine = readonly [
  boot: number,
  first: number,
  newest: number,
  missing: readonly (readonly [from: number, to: number, since: number, isGap: number])[],
  unfinished: readonly (readonly [from: number, to: number])[],
  unlistedCount: number,
  unlistedSince: number,
];

export function decodeDevice(line: string): SavedDevice {
  const [device, isReported, ...boots] = JSON.parse(line) as [string, number, ...BootLine[]];
  return {
    device,
    isReported: isReported === 1,
    boots: boots.map(([boot, first, newest, missing, unfinished, count, since]) => ({
      boot,
      first,
      newest,
      missing: missing.map(([from, to, at, isGap]) => ({ from, to, since: at, isGap: isGap === 1 })),
      unfinished: unfinished.map(([from, to]) => ({ from, to })),
      unlisted: { count, since },
    })),
  };
}
