// When an edge node is asked to be born again (NCMD `Node Control/Rebirth`): once for whatever went wrong, however often it
// shows, until its birth comes. A node that does not answer is asked again, a node that always has another reason not too
// often, and one whose birth does not help is left alone for a while.

/** Two requests to one node are so far apart at least. A rebirth says everything at once. */
const APART_MS = 10_000;
/** Not answered for so long, it is asked again. */
const UNANSWERED_MS = 60_000;
/** Births lack what messages name: asking does not mend that, but somebody may have by now. */
const FUTILE_MS = 600_000;

/** Asked so often without an answer, nobody is there, where nothing else comes from there either. */
const TRIES_MAX = 3;

/** missing: messages are, or may be. unknown: a message speaks of what the birth does not say. */
export type RebirthReason = 'missing' | 'unknown';

export type Patience = { readonly since: number; readonly ms: number };
const NONE: Patience = { since: 0, ms: 0 };

export class RebirthRequests {
  /** What it is to be asked for; null while nothing is wrong. */
  #wanted: RebirthReason | null = null;
  #askedAt: number | null = null;
  #askedFor: RebirthReason | null = null;
  #patience: Patience = NONE;
  /** How often it was asked since it last answered. */
  #tries = 0;

  get isWanted(): boolean {
    return this.#wanted !== null;
  }

  /** @param patience until nothing that is under way can make it needless */
  want(reason: RebirthReason, patience = NONE): void {
    if (this.#wanted === null) this.#patience = patience;
    if (this.#wanted !== 'missing') this.#wanted = reason;
  }

  /** It was asked often enough, and has had its time for the last of them too. */
  isInVain(now: number): boolean {
    return this.#tries >= TRIES_MAX && this.#askedAt !== null && Math.abs(now - this.#askedAt) >= UNANSWERED_MS;
  }

  /** It is born; or it is dead, and nothing is to be asked any more. */
  settle(): void {
    this.#wanted = null;
    this.#tries = 0;
  }

  /** Whether to ask now, which is then noted as done. */
  take(now: number): boolean {
    if (this.#wanted === null || Math.abs(now - this.#patience.since) < this.#patience.ms) return false;
    // The distance, not the difference: a clock that stepped back must not silence us.
    if (this.#askedAt !== null && Math.abs(now - this.#askedAt) < this.#waitMs) return false;
    this.#askedAt = now;
    this.#askedFor = this.#wanted;
    this.#tries++;
    return true;
  }

  get #waitMs(): number {
    if (this.#tries > 0) return UNANSWERED_MS;
    return this.#wanted === 'unknown' && this.#askedFor === 'unknown' ? FUTILE_MS : APART_MS;
  }
}
