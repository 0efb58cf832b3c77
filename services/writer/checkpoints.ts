// Says in the journal up to where the store has it, and lets go of the segments before that. First the one, then the other:
// a segment is deleted only when what else must be known of it is on disk.

import type { Place } from '#runtime/segment-log/record.ts';
import { type Entry, isBefore, type Journal } from './journal.ts';
import { holdsAny, type SavedThinning } from './thinning/thinner.ts';

export type CheckpointsOptions<State> = {
  readonly journal: Journal<State>;
  /** The store has everything before this place, but what the thinning held there. */
  readonly reached: () => { readonly place: Place; readonly state: SavedThinning | undefined };
  /** What else must be known of what was before it; may cost something. */
  readonly state: () => State;
  readonly now: () => number;
  /** Segments are gone: there is room. */
  readonly onDropped: () => void;
};

/** What a restart sends again at the most, where no segment came to be deleted earlier. Sending twice is harmless. */
const EVERY_MS = 10_000;

export class Checkpoints<State> {
  readonly #options: CheckpointsOptions<State>;
  #savedAt: number;
  #saved: Place | undefined;
  /** The segment that the last checkpoint was written to, and its length. */
  #segment = 0;
  #bytes = 0;
  /** Appended since then. */
  #bytesSince = 0;
  #saving: Promise<void> | undefined;

  constructor(options: CheckpointsOptions<State>) {
    this.#options = options;
    this.#savedAt = options.now();
  }

  /** An entry was appended. One in every segment, but never more of them than of what they are about. */
  appended({ position }: Entry): void {
    this.#bytesSince += position.bytes;
    if (position.segment !== this.#segment && this.#bytesSince >= this.#bytes) this.#append();
  }

  /** Called now and then. */
  tick(): void {
    const { journal, now } = this.#options;
    const { place: sent, state } = this.#options.reached();
    const canDrop = journal.start.segment < sent.segment;
    if (this.#saving !== undefined) {
      // A full disk may lack the room for the very checkpoint that a deletion waits for; the deletion then makes it. Until that
      // is written, a second later, a crash would cost what the state says of the segment, and none of its messages: those
      // that the thinning held would be among them.
      if (canDrop && journal.problem() !== undefined && !holdsAny(state)) void this.#drop(sent, 1);
      return;
    }
    const isDue = now() - this.#savedAt >= EVERY_MS && (this.#saved === undefined || isBefore(this.#saved, sent));
    if (canDrop || isDue) void this.save();
  }

  /** Resolves when the store's place is on disk and everything before it has been let go of. */
  save(): Promise<void> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #save(): Promise<void> {
    const sent = this.#append();
    await this.#options.journal.commit();
    await this.#drop(sent, Number.POSITIVE_INFINITY);
  }

  #append(): Place {
    const { journal, state, now } = this.#options;
    const { place: sent, state: thinning } = this.#options.reached();
    const { segment, bytes } = journal.appendCheckpoint({ sent, state: state(), thinning });
    this.#segment = segment;
    this.#bytes = bytes;
    this.#bytesSince = 0;
    this.#saved = sent;
    this.#savedAt = now();
    return sent;
  }

  async #drop(before: Place, most: number): Promise<void> {
    let dropped = 0;
    while (dropped < most && (await this.#options.journal.dropOldest(before))) dropped++;
    if (dropped > 0) this.#options.onDropped();
  }
}
