// The order of one edge node's messages by their seq, 0 to 255 and round again [3.0, 6.4.6, and 5.9 for what a host does about
// it]. What comes too early waits for what is missing, for as long as the reorder timeout; then there is a gap, and everything that
// waited goes on. From there on the order is broken until a birth of the node: one that never came may have given its aliases
// to other metrics.

/** Messages of one node that wait for an earlier one; more are a gap at once. A quarter of the ring, to tell before from behind. */
const WAITING_MAX = 64;
/** Messages in a row that seem to be of an earlier life; more than that, and it is the clock of the node that was set back. */
const STRAYS_MAX = 8;
const SEQS = 256;

export type Ordered<T> = {
  /** null where the message has none. */
  readonly seq: number | null;
  /** A checksum of the message: the same seq with the same mark is the same message. */
  readonly mark: number;
  /** By the sender's clock, ms since the epoch. */
  readonly sentAt: number | null;
  readonly item: T;
};

export type OrderOptions<T> = {
  readonly reorderMs: number;
  /**
   * Called for each message once, in order. `count` is its place among all; of one that comes again that of the first time;
   * -1 where it has none.
   */
  readonly release: (item: T, count: number) => void;
  /** Called when messages are found missing for good, before what waited for them is released. */
  readonly onGap: (missing: number) => void;
};

type Waiting<T> = Ordered<T> & { readonly seq: number };

export class MessageOrder<T> {
  readonly #options: OrderOptions<T>;
  /** Of the last message of each seq: its mark, and its place. */
  readonly #marks = new Uint32Array(SEQS);
  readonly #counts = new Float64Array(SEQS);
  readonly #waiting = new Map<number, Waiting<T>>();
  #waitingSince = 0;
  /** null: whatever comes is next, since nothing is known of what was. */
  #expected: number | null = null;
  /** The node numbers its messages; one whose birth has no seq does not. */
  #isNumbered = true;
  #isBroken = false;
  #strays = 0;
  #bornAt: number | null = null;
  #sentAt: number | null = null;
  #count = 0;

  constructor(options: OrderOptions<T>) {
    this.#options = options;
  }

  /** There was a gap, and no birth of the node since. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** The node is born: numbers begin with the birth's own. @returns the place of the birth */
  begin({ seq, mark, sentAt }: Omit<Ordered<T>, 'item'>): number {
    this.#isBroken = false;
    this.#isNumbered = seq !== null;
    this.#marks.fill(0);
    this.#strays = 0;
    this.#bornAt = sentAt;
    this.#sentAt = sentAt;
    this.#count++;
    if (seq === null) this.#expected = null;
    else this.#pass(seq, mark, sentAt);
    return this.#count;
  }

  /** After a birth was taken: messages that waited may have been waiting for it. */
  offerAgain(now: number): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const message of waiting) {
      const isOfBefore = message.sentAt !== null && this.#bornAt !== null && message.sentAt < this.#bornAt;
      if (isOfBefore) this.#options.release(message.item, -1);
      else this.take(message, now);
    }
  }

  /** The node is dead: nothing is awaited any more. */
  end(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { item } of waiting) this.#options.release(item, -1);
    this.#expected = null;
    this.#isNumbered = true;
  }

  take(message: Ordered<T>, now: number): void {
    const { seq, mark, sentAt, item } = message;
    if (seq === null || !this.#isNumbered) {
      this.#options.release(item, this.#isNumbered ? -1 : ++this.#count);
    } else if (this.#isOfBefore(sentAt)) this.#options.release(item, -1);
    else if (this.#expected === null || seq === this.#expected) {
      this.#count++;
      this.#pass(seq, mark, sentAt);
      this.#options.release(item, this.#count);
      this.#releaseNext(now);
    } else if (this.#marks[seq] === nonZero(mark)) this.#options.release(item, this.#counts[seq] ?? -1);
    else if (this.#isLate(sentAt, seq)) this.#options.release(item, -1);
    else if (this.#isBroken) this.#skipTo({ ...message, seq });
    else if (this.#isBehind(seq)) this.#breakOff({ ...message, seq });
    else this.#wait({ ...message, seq }, now);
  }

  /** What has waited for too long is waited for no more. */
  expire(now: number): void {
    // The distance, not the difference: a clock that stepped back must not keep it waiting until it has caught up.
    if (this.#waiting.size > 0 && Math.abs(now - this.#waitingSince) >= this.#options.reorderMs) this.#giveUp();
  }

  #pass(seq: number, mark: number, sentAt: number | null): void {
    this.#marks[seq] = nonZero(mark);
    this.#counts[seq] = this.#count;
    this.#expected = (seq + 1) % SEQS;
    this.#sentAt = sentAt ?? this.#sentAt;
    this.#strays = 0;
  }

  #releaseNext(now: number): void {
    while (this.#waiting.size > 0) {
      const next = this.#waiting.get(this.#expected ?? -1);
      if (next === undefined) {
        this.#waitingSince = now; // another is missing, and gets a time of its own
        return;
      }
      if (this.#isOlder(next)) {
        this.#giveUp(1);
        return;
      }
      this.#waiting.delete(next.seq);
      this.#count++;
      this.#pass(next.seq, next.mark, next.sentAt);
      this.#options.release(next.item, this.#count);
    }
  }

  /**
   * Sent before the node was born: in an earlier life of it, by other aliases. It may have the very number that is next. Where
   * all that comes seems to be so, it is the clock that was set back since.
   */
  #isOfBefore(sentAt: number | null): boolean {
    if (sentAt === null || this.#bornAt === null || this.#sentAt === null) return false;
    return sentAt < this.#bornAt && sentAt < this.#sentAt && this.#strays++ < STRAYS_MAX;
  }

  /** Sent before what came last, and with a number that was passed: it was missing, and nobody waits for it any more. */
  #isLate(sentAt: number | null, seq: number): boolean {
    if (sentAt === null || this.#sentAt === null || sentAt >= this.#sentAt) return false;
    return this.#isBehind(seq) && this.#strays++ < STRAYS_MAX;
  }

  /** Half of the ring is ahead, half behind. */
  #isBehind(seq: number): boolean {
    return this.#ahead(seq) >= SEQS / 2;
  }

  /** Newer, and with a number that was passed: the node has begun to count anew, by a birth that did not come. */
  #breakOff(message: Waiting<T>): void {
    this.#giveUp(1);
    this.#skipTo(message);
  }

  #wait(message: Waiting<T>, now: number): void {
    const other = this.#waiting.get(message.seq);
    if (other?.mark === message.mark) {
      this.#options.release(message.item, -1); // the same once more
      return;
    }
    if (this.#waiting.size === 0) this.#waitingSince = now;
    // Two with one seq are a whole round apart.
    if (other !== undefined || this.#waiting.size >= WAITING_MAX) {
      this.#giveUp();
      this.#skipTo(message);
    } else this.#waiting.set(message.seq, message);
  }

  /** @param more missing besides those before what waits */
  #giveUp(more = 0): void {
    const seqs = [...this.#waiting.keys()].map((seq) => this.#ahead(seq)).sort((a, b) => a - b);
    const missing = (seqs.at(-1) ?? -1) + 1 - seqs.length;
    this.#isBroken = true;
    this.#options.onGap(missing + more);
    const waiting = [...this.#waiting.values()].sort((a, b) => this.#ahead(a.seq) - this.#ahead(b.seq));
    this.#waiting.clear();
    for (const message of waiting) this.#skipTo(message);
  }

  /** Goes on with this one, whatever is missing before it. */
  #skipTo({ seq, mark, sentAt, item }: Waiting<T>): void {
    this.#count++;
    this.#pass(seq, mark, sentAt);
    this.#options.release(item, this.#count);
  }

  /** What waited was sent before what it has waited for: it is of another life, though its number fits. */
  #isOlder({ sentAt }: Waiting<T>): boolean {
    return sentAt !== null && this.#sentAt !== null && sentAt < this.#sentAt;
  }

  /** How many come before it, from the one that is expected. */
  #ahead(seq: number): number {
    return (seq - (this.#expected ?? 0) + SEQS) % SEQS;
  }
}

/** 0 stands for none. */
function nonZero(mark: number): number {
  return mark === 0 ? 1 : mark;
}
