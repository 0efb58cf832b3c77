// One who watches a device: a bounded queue, a bounded rate, and a count of what was left out. A viewer that cannot keep up misses
// lines and is told how many; the others, and the plant, notice nothing.

import type { TailLine, TailPart } from '../api/devices.ts';

/** How a part reaches its reader. */
export type TailReader = {
  /** Settles when the next may be sent. */
  send(part: TailPart): Promise<void>;
  /** Ends the connection at once. */
  close(): void;
  /** Whether the login that the connection was opened with has ended. */
  isOver(): boolean;
  /** Who has logged in. */
  readonly user: string;
};

/** Faster nobody reads; the rest is counted. */
export const LINES_PER_SECOND = 50;
/** A device that sends faster than that for a second or two is told whole: its retained messages, a burst after a gap. */
export const QUEUE_MAX = 100;
/** A proxy takes a stream for dead that says nothing; a page too. */
const PULSE_MS = 4_000;

export type TailViewerParts = {
  readonly reader: TailReader;
  readonly now: () => number;
  readonly problem: () => string | null;
};

export class TailViewer {
  readonly #parts: TailViewerParts;
  readonly #waiting: TailLine[] = [];
  #dropped = 0;
  #isSending = false;
  #isOver = false;
  /** Lines that may be sent now, and when that was reckoned. */
  #allowed = LINES_PER_SECOND;
  #allowedAt: number;
  #told: { readonly at: number; readonly dropped: number; readonly problem: string | null } | undefined;

  constructor(parts: TailViewerParts) {
    this.#parts = parts;
    this.#allowedAt = parts.now();
  }

  get isOver(): boolean {
    return this.#isOver || this.#parts.reader.isOver();
  }

  /** Where there is no room, the oldest goes: who watches wants to see the present. */
  offer(line: TailLine): void {
    this.#waiting.push(line);
    if (this.#waiting.length > QUEUE_MAX) {
      this.#waiting.shift();
      this.#dropped++;
    }
    void this.pump();
  }

  close(): void {
    this.#isOver = true;
    this.#parts.reader.close();
  }

  /** Tells what may be told now. */
  async pump(): Promise<void> {
    if (this.#isSending || this.#isOver) return;
    this.#isSending = true;
    try {
      for (let part = this.#next(); part !== undefined && !this.#isOver; part = this.#next())
        await this.#parts.reader.send(part);
    } catch {
      this.close(); // it went away while it was being sent to
    }
    this.#isSending = false;
  }

  #next(): TailPart | undefined {
    const at = this.#parts.now();
    // A clock that steps back gives nothing, and takes nothing.
    const gained = (Math.max(0, at - this.#allowedAt) * LINES_PER_SECOND) / 1_000;
    this.#allowed = Math.min(LINES_PER_SECOND, this.#allowed + gained);
    this.#allowedAt = at;
    const lines = this.#waiting.splice(0, Math.floor(this.#allowed));
    this.#allowed -= lines.length;
    const problem = this.#parts.problem();
    const { dropped } = { dropped: this.#dropped };
    const isNews = problem !== this.#told?.problem || Math.abs(at - (this.#told?.at ?? 0)) >= PULSE_MS;
    if (lines.length === 0 && !isNews) return undefined;
    this.#told = { at, dropped, problem };
    return { now: at, lines, dropped, problem };
  }
}
