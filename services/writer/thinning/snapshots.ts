// From where on a next life can go on: a place that the store has reached, and how the thinning stood there. What is held at a
// place stands before it in the journal and is not in the store, so the place alone would lose it. The thinning is ahead of the
// store: a snapshot is taken where it is, and counts from when the store has reached that place.

import type { Place } from '#runtime/segment-log/record.ts';
import { isBefore } from '../journal.ts';

type Snapshot<State> = {
  readonly from: Place;
  readonly state: State;
  /** It stands so up to here: the first entry since then that may have changed it. */
  until: Place | undefined;
};

export type SnapshotsOptions<State> = {
  readonly first: Pick<Snapshot<State>, 'from' | 'state'>;
  /** How it stands now. */
  readonly take: () => State;
  /** The store has everything before this place. */
  readonly sent: () => Place;
  readonly now: () => number;
};

/** So much is sent again at the most, besides what the store is behind. */
const EVERY_MS = 10_000;

export class Snapshots<State> {
  readonly #options: SnapshotsOptions<State>;
  #reached: Snapshot<State>;
  #ahead: Snapshot<State> | undefined;
  #takenAt: number;

  constructor(options: SnapshotsOptions<State>) {
    this.#options = options;
    this.#reached = { ...options.first, until: undefined };
    this.#takenAt = options.now();
  }

  /** What is thinned next stands here, and may change how it stands. */
  changing(place: Place): void {
    const newest = this.#ahead ?? this.#reached;
    newest.until ??= place;
  }

  /** Called now and then, with the place up to which all is thinned. */
  tick(from: Place): void {
    const { now, take } = this.#options;
    const { state } = this.current;
    if (this.#ahead !== undefined || this.#reached.until === undefined) return;
    // A state that is nothing costs nothing.
    if (state !== undefined && Math.abs(now() - this.#takenAt) < EVERY_MS) return;
    this.#ahead = { from, state: take(), until: undefined };
    this.#takenAt = now();
  }

  /** The newest place that the store has reached, and how it stood there. */
  get current(): { readonly place: Place; readonly state: State } {
    const sent = this.#options.sent();
    if (this.#ahead !== undefined && !isBefore(sent, this.#ahead.from)) {
      this.#reached = this.#ahead;
      this.#ahead = undefined;
    }
    const { until, state } = this.#reached;
    return { place: until !== undefined && isBefore(until, sent) ? until : sent, state };
  }
}
