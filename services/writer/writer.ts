// Batches and journal entries from the broker to the store: into our journal on disk, acknowledged, and from there to the store
// in order per series, unchanged but for the points that their device's model asks to be left out. Killed at any moment, nothing is lost: what the store does not have is in the journal or
// still at the broker, and what it is given twice is there once.

import { shardOf } from '#domain/shard.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { Place } from '#runtime/segment-log/record.ts';
import { Checkpoints } from './checkpoints.ts';
import type { RefusedLine } from './deliver.ts';
import { Feed } from './feed.ts';
import type { Store } from './influx.ts';
import { Intake } from './intake.ts';
import { type Checkpoint, type Entry, endOf, isBefore, type Journal } from './journal.ts';
import { Lane, type Parcel, type SafeParcels } from './lane.ts';
import { untilAnswered } from './patient-request.ts';
import { Progress } from './progress.ts';
import { Snapshots } from './thinning/snapshots.ts';
import type { Plan, SavedThinning, Thinner } from './thinning/thinner.ts';

export type WriterOptions<State> = {
  readonly store: Store;
  readonly journal: Journal<State>;
  /** What an earlier life has left. */
  readonly checkpoint: Checkpoint<State> | undefined;
  /** As the checkpoint has it. */
  readonly thinner: Thinner;
  readonly lanes: number;
  readonly requestBytesMax: number;
  readonly memoryBytesMax: number;
  readonly journalBytesMax: number;
  readonly retryMsMax: number;
  /** Kept with every checkpoint: what must be known of the messages before it. */
  readonly state: () => State;
  /** Keeps lines that the store refuses; resolves when they are on disk. */
  readonly refuse: (lines: readonly RefusedLine[]) => Promise<void>;
  /** Texts of messages of which every line is in the store or refused; before they count as done. */
  readonly onSafe: (texts: readonly string[], seconds: number) => void;
  /** The store lets us write but not make this and that, in its words. */
  readonly onNotCreated: (words: readonly string[]) => void;
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
};

/** What is left of an entry for the store. */
type EntryParcel = Parcel & { readonly entry: Entry };

const NOTHING = Buffer.alloc(0);

export class Writer<State> implements AsyncDisposable {
  readonly #options: WriterOptions<State>;
  readonly #lanes: Lane<EntryParcel>[];
  /** Of each lane: one that gets through must not hide that another does not. */
  readonly #problems: (string | undefined)[];
  readonly #stop = new AbortController();
  readonly #progress: Progress;
  readonly #feed: Feed;
  readonly #intake: Intake;
  readonly #snapshots: Snapshots<SavedThinning | undefined>;
  readonly #checkpoints: Checkpoints<State>;
  /** All before it has been thinned. */
  #thinnedTo: Place;

  constructor(options: WriterOptions<State>) {
    const { journal, checkpoint, thinner, memoryBytesMax, journalBytesMax, now } = options;
    this.#options = options;
    const known = checkpoint?.sent ?? journal.start;
    const from = isBefore(known, journal.start) ? journal.start : known;
    this.#progress = new Progress(from);
    this.#thinnedTo = from;
    this.#problems = Array.from({ length: options.lanes }, () => undefined);
    this.#lanes = this.#problems.map((_, i) => this.#openLane(i));
    this.#feed = new Feed({
      read: (place) => journal.entries(place),
      from,
      end: journal.end,
      bytesMax: memoryBytesMax,
      dispatch: (entry) => this.#dispatch(entry),
    });
    this.#snapshots = new Snapshots({
      first: { from, state: thinner.saved() },
      take: () => thinner.saved(),
      sent: () => this.#progress.sent,
      now,
    });
    this.#checkpoints = new Checkpoints({
      journal,
      reached: () => this.#snapshots.current,
      state: options.state,
      now,
      onDropped: () => this.#intake.resume(),
    });
    this.#intake = new Intake({
      journal,
      journalBytesMax,
      now,
      onAppended: (entry) => {
        this.#feed.offer(entry);
        this.#checkpoints.appended(entry);
      },
      onCommitted: (entry) => this.#feed.committed(entry),
    });
    this.#feed.open();
    void this.#create();
  }

  /** Takes one message; acknowledges it by itself when it is safe. */
  take(delivery: Delivery): void {
    this.#intake.take(delivery);
  }

  /** From here on a device is thinned by this plan. */
  plan(plan: Plan): void {
    const payload = Buffer.from(JSON.stringify(plan));
    const receivedAt = this.#options.now();
    this.#intake.note({ kind: 'plan', shard: shardOf(plan.site, plan.area), receivedAt, payload });
  }

  /** Called about every second. */
  tick(): void {
    this.#passTime();
    this.#snapshots.tick(this.#thinnedTo);
    this.#checkpoints.tick();
  }

  /** undefined while the store takes what it is given; else its own words. */
  storeProblem(): string | undefined {
    return this.#problems.find((problem) => problem !== undefined);
  }

  /** undefined while messages can be acknowledged; else why not, in words. */
  journalProblem(): string | undefined {
    return this.#options.journal.problem() ?? this.#intake.problem();
  }

  /** When the oldest message came that the store does not have, ms since the epoch; undefined where it has all. */
  get oldestReceivedAt(): number | undefined {
    return this.#progress.oldest?.receivedAt;
  }

  /** Messages wait on disk for room in memory, and are read back from there. */
  get isBehind(): boolean {
    return this.#feed.isBehind;
  }

  /** Ends the pauses and the tries; what the store has not taken stays in the journal. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#feed.stop(), ...this.#lanes.map((lane) => lane.settled())]);
    // Where the disk is full there is no room for it; the next life then sends more of it again.
    if (this.#options.journal.problem() === undefined) await this.#checkpoints.save();
  }

  /** Before the first message needs them; a store that is away is asked until it is there. */
  async #create(): Promise<void> {
    const { store, retryMsMax, onNotCreated } = this.#options;
    let refused: string[] = [];
    const ask = async () => {
      refused = await store.create();
    };
    const patience = { create: () => store.create(), retryMsMax, signal: this.#stop.signal, onTry: () => {} };
    try {
      const refusal = await untilAnswered(ask, patience);
      if (refusal !== undefined) refused = [refusal.message];
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
    if (refused.length > 0) onNotCreated(refused);
  }

  /**
   * What has been held for long is kept. On a full disk that is everything, since room is made there of what nothing else knows
   * of; and while we are behind nothing is, since it may be decided by what is next.
   */
  #passTime(): void {
    const { journal, thinner, now } = this.#options;
    if (this.#feed.isBehind) return;
    const receivedAt = journal.problem() === undefined ? now() : Number.POSITIVE_INFINITY;
    for (const shard of thinner.dueShards(receivedAt))
      this.#intake.note({ kind: 'tick', shard, receivedAt, payload: NOTHING });
  }

  #openLane(index: number): Lane<EntryParcel> {
    const { store, requestBytesMax, retryMsMax, clock, refuse } = this.#options;
    return new Lane({
      write: (lines) => store.write(lines, 'raw'),
      create: () => store.create(),
      requestBytesMax,
      retryMsMax,
      clock,
      signal: this.#stop.signal,
      onRefused: refuse,
      onTry: (problem) => {
        this.#problems[index] = problem;
      },
      onSafe: (safe) => this.#safe(safe),
    });
  }

  #dispatch(entry: Entry): void {
    const { topic, shard, position } = entry;
    const { thinner } = this.#options;
    this.#progress.add(entry);
    if (thinner.concerns(entry)) this.#snapshots.changing(position);
    const payload = thinner.pass(entry);
    this.#thinnedTo = endOf(position);
    this.#lanes[shard % this.#lanes.length]?.add({ topic, payload, entry });
  }

  #safe({ parcels, texts, seconds }: SafeParcels<EntryParcel>): void {
    if (texts.length > 0) this.#options.onSafe(texts, seconds);
    const entries = parcels.map(({ entry }) => entry);
    this.#progress.done(entries);
    this.#feed.done(entries);
  }
}
