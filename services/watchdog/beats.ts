// Which beat is due, which was missed, and whether the pipeline answers. Pure. A miss counts one up and an answer one down:
// three raise, zero returns. So a single lost answer is no alarm, and a pipeline that answers every other beat does not
// chatter: it stays what it was held to be. While anything is missed, beats come three times as often: an outage shorter
// than one interval never raises (two thirds, where it loses beats and does not only hold them up), and one longer than two
// always does: 20 s at the usual 10 s, where three beats at the slow rate would take 40 s.
// Nothing here reads the time of day: `elapsedMs` runs on, whatever is done to the clock.

/** The three misses of the promise, and of the ladder between them. */
export const MISSES_MAX = 3;
/** A whole system that is starting has this long to answer for the first time. */
const GRACE_MS = 60_000;
/** Beats of which a late answer is still recognised; at the fast rate an outage of some minutes. */
const REMEMBERED_MAX = 256;

export type BeatsOptions = {
  readonly intervalMs: number;
  /** Beats count on from here; no number of an earlier life may come again. */
  readonly firstBeat: number;
  readonly startedMs: number;
};

export type Answer = { readonly kind: 'in-time' | 'late'; readonly roundTripMs: number };

type Current = { readonly beat: number; readonly sentMs: number; fate: 'open' | 'answered' | 'missed' };

export class Beats {
  readonly #options: BeatsOptions;
  readonly #answerMs: number;
  /** Moments of sending of beats that are not answered, oldest first. */
  readonly #open = new Map<number, number>();
  #nextBeat: number;
  #current: Current | undefined;
  #hasAnswered = false;
  #misses = 0;
  #isFailing = false;

  constructor(options: BeatsOptions) {
    this.#options = options;
    this.#answerMs = options.intervalMs / MISSES_MAX;
    this.#nextBeat = options.firstBeat;
  }

  /** Whether the pipeline is held not to answer. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Goes on with what an earlier life had found. */
  assume(isFailing: boolean): void {
    this.#isFailing = isFailing;
    this.#misses = isFailing ? MISSES_MAX : 0;
  }

  /** The beat whose time for an answer is up; undefined where there is none. At most one, however long nobody asked. */
  takeMissed(elapsedMs: number): number | undefined {
    const current = this.#current;
    if (current?.fate !== 'open' || elapsedMs < current.sentMs + this.#answerMs) return undefined;
    current.fate = 'missed';
    const isGrace = !this.#hasAnswered && elapsedMs < this.#options.startedMs + GRACE_MS;
    if (!isGrace) this.#count(1);
    return current.beat;
  }

  /** The number of the beat to send now; undefined where none is due. Ask for the missed one first. */
  takeDue(elapsedMs: number): number | undefined {
    if (this.#current !== undefined && elapsedMs < this.#current.sentMs + this.#pauseMs()) return undefined;
    const beat = this.#nextBeat++;
    this.#current = { beat, sentMs: elapsedMs, fate: 'open' };
    this.#open.set(beat, elapsedMs);
    const [oldest] = this.#open.keys();
    if (this.#open.size > REMEMBERED_MAX && oldest !== undefined) this.#open.delete(oldest);
    return beat;
  }

  /** What an answer is worth; undefined where it answers nothing that is open, such as the second answer to one beat. */
  answer(beat: number, elapsedMs: number): Answer | undefined {
    const sentMs = this.#open.get(beat);
    if (sentMs === undefined) return undefined;
    this.#open.delete(beat);
    const roundTripMs = elapsedMs - sentMs;
    const current = this.#current;
    if (current?.beat !== beat || current.fate !== 'open' || roundTripMs >= this.#answerMs)
      return { kind: 'late', roundTripMs };
    current.fate = 'answered';
    this.#hasAnswered = true;
    this.#count(-1);
    return { kind: 'in-time', roundTripMs };
  }

  #pauseMs(): number {
    const isCalm = this.#hasAnswered && this.#misses === 0 && this.#current?.fate !== 'missed';
    return isCalm ? this.#options.intervalMs : this.#answerMs;
  }

  #count(by: 1 | -1): void {
    this.#misses = Math.min(MISSES_MAX, Math.max(0, this.#misses + by));
    if (this.#misses === MISSES_MAX) this.#isFailing = true;
    if (this.#misses === 0) this.#isFailing = false;
  }
}
