// Brings what stands in the journal to the lanes, in order and never more of it than memory may hold. While the lanes keep
// up, a message goes to them straight from memory; when they do not, it stays on disk and is read back when there is room.

import type { Place } from '#runtime/segment-log/record.ts';
import { type Entry, endOf, isBefore } from './journal.ts';

export type FeedOptions = {
  /** Messages on disk from a place on. */
  readonly read: (from: Place) => AsyncIterable<Entry>;
  /** What the store does not have yet begins here. */
  readonly from: Place;
  /** All that an earlier life has written ends here. */
  readonly end: Place;
  /** Payload that the lanes may hold at once, with what each message costs beside it. */
  readonly bytesMax: number;
  readonly dispatch: (entry: Entry) => void;
};

/** What a message in memory costs beyond its payload: a few small objects. */
const ENTRY_BYTES = 300;
/** Newest messages that are also kept in memory while we read the newest segment, so that reading can overtake writing. */
const RECENT_BYTES_MAX = 4 * 1024 * 1024;

export class Feed {
  readonly #options: FeedOptions;
  /** What was not yet dispatched begins here. */
  #next: Place;
  #laneBytes = 0;
  #running: Promise<void> | undefined;
  /** Newest messages, while we read from disk; from `#recentFrom` on none is missing, and all before it is on disk. */
  #recent: Entry[] = [];
  #recentBytes = 0;
  #recentFrom: Place;
  #committedTo: Place;
  #onRoom: (() => void) | undefined;
  #isStopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#next = options.from;
    this.#recentFrom = options.end;
    this.#committedTo = options.end;
  }

  /** Begins with what an earlier life has left. */
  open(): void {
    this.#running ??= this.#run();
  }

  /** A message that has just been appended. */
  offer(entry: Entry): void {
    if (this.#running === undefined && this.#hasRoom) {
      this.#dispatch(entry);
      return;
    }
    if (this.#running === undefined) this.#recentFrom = this.#next;
    this.#recent.push(entry);
    this.#recentBytes += costOf(entry);
    this.#forgetOld();
    this.open();
  }

  /** Everything up to the end of this message is on disk. */
  committed({ position }: Entry): void {
    const end = endOf(position);
    if (isBefore(this.#committedTo, end)) this.#committedTo = end;
    if (this.#running !== undefined) this.#forgetOld();
  }

  /** The lanes are done with these. */
  done(entries: readonly Entry[]): void {
    for (const entry of entries) this.#laneBytes -= costOf(entry);
    if (this.#laneBytes > this.#options.bytesMax / 2) return;
    this.#onRoom?.();
    this.#onRoom = undefined;
  }

  /** Whether something waits on disk because memory is full. */
  get isBehind(): boolean {
    return this.#running !== undefined;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#onRoom?.();
    await this.#running;
  }

  get #hasRoom(): boolean {
    return this.#laneBytes < this.#options.bytesMax;
  }

  async #run(): Promise<void> {
    await undefined; // so that `#running` is set before the end may unset it
    while (!this.#isStopped) {
      while (this.#recent.length > 0 && this.#joinsRecent && this.#hasRoom) this.#dispatchRecent();
      if (this.#recent.length === 0 && this.#joinsRecent) break;
      await this.#room();
      if (!this.#joinsRecent) await this.#readDisk();
    }
    this.#running = undefined;
  }

  async #readDisk(): Promise<void> {
    const allBefore = this.#recentFrom;
    for await (const entry of this.#options.read(this.#next)) {
      await this.#room();
      if (this.#isStopped) return;
      this.#dispatch(entry);
    }
    if (isBefore(this.#next, allBefore)) this.#next = allBefore; // what lies between is no message
  }

  /** Whether memory holds everything from `#next` on. */
  get #joinsRecent(): boolean {
    return !isBefore(this.#next, this.#recentFrom);
  }

  #dispatchRecent(): void {
    const entry = this.#recent.shift();
    if (entry === undefined) return;
    this.#recentBytes -= costOf(entry);
    if (!isBefore(entry.position, this.#next)) this.#dispatch(entry);
  }

  #dispatch(entry: Entry): void {
    this.#next = endOf(entry.position);
    this.#laneBytes += costOf(entry);
    this.#options.dispatch(entry);
  }

  /** Only what can be read from disk again is let go of; far behind, all of that: it would only live long enough to be costly. */
  #forgetOld(): void {
    const newest = this.#recent.at(-1)?.position.segment ?? 0;
    const bytesMax = this.#next.segment < newest ? 0 : RECENT_BYTES_MAX;
    let count = 0;
    while (this.#recentBytes > bytesMax) {
      const entry = this.#recent[count];
      if (entry === undefined || !isBefore(entry.position, this.#committedTo)) break;
      this.#recentBytes -= costOf(entry);
      this.#recentFrom = endOf(entry.position);
      count++;
    }
    if (count > 0) this.#recent.splice(0, count);
  }

  async #room(): Promise<void> {
    if (this.#hasRoom || this.#isStopped) return;
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve;
    });
  }
}

function costOf({ payload }: Entry): number {
  return payload.length + ENTRY_BYTES;
}
