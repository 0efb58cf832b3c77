// The historian's engine: takes writes and changes, and knows what exists. A write is acknowledged when the log has it on
// disk. Reading is somebody else's (read/): they are told of everything that happens here.

import type { SegmentLog } from '#runtime/segment-log/segment-log.ts';
import type { Change } from '../influxql/store.ts';
import { Catalogue, type Database, type Policy, type Removed, type Series } from './catalogue/catalogue.ts';
import type { Given } from './catalogue/catalogue-file.ts';
import { Declare } from './catalogue/declare.ts';
import type { Entity, TrackId } from './catalogue/entry.ts';
import type { Follower } from './follower.ts';
import { Head, type HeadSize } from './head/head.ts';
import { BodyIntake } from './intake/body-intake.ts';
import { KnownSeriesTable } from './intake/known-series.ts';
import { SampleBatch } from './intake/sample-batch.ts';
import { type Deletion, decodeRecord, encodeDeletion, encodeEntries } from './log-records.ts';
import { declareChange, seriesAt } from './schema.ts';
import type { SealerPort, SealLane } from './seal/seal-lane.ts';
import type { SealedTrack } from './seal/sealer.ts';

export type WriteRequest = {
  readonly database: string;
  /** The database's default policy where none is named. */
  readonly policy: string | undefined;
  readonly precision: string;
  /** Line protocol. */
  readonly body: Uint8Array;
  readonly nowUs: number;
};

export type WriteOutcome =
  | { readonly kind: 'no-database'; readonly name: string }
  | { readonly kind: 'no-policy'; readonly name: string }
  | {
      readonly kind: 'taken';
      /** Lines. */
      readonly stored: number;
      readonly dropped: number;
      /** Why the last one of those was dropped. */
      readonly reason: string;
      /** Lines that are none, which `problems` tells. */
      readonly unreadable: number;
      readonly problems: string;
    };

export type EngineParts = {
  readonly log: SegmentLog;
  readonly lane: SealLane;
  readonly follower: Follower;
  readonly stored: { readonly entities: readonly Entity[]; readonly given: Given };
  /** Resolves after everything else that waits has had its turn. */
  readonly turn: () => Promise<void>;
};

export type EngineOptions = {
  /** Of one database. */
  readonly seriesMax: number;
  readonly headSize: HeadSize;
};

/** A line may declare a hundred thousand tracks; as one text and one message they would be held several times over. */
const ENTRIES_PER_RECORD = 1_000;

/** Buffers of writes that run at the same time. */
const SPARE_MAX = 4;

export class Engine {
  readonly #parts: EngineParts;
  readonly #seriesMax: number;
  readonly #catalogue = new Catalogue();
  readonly #declare: Declare;
  readonly #head: Head;
  readonly #tables = new Map<Policy, KnownSeriesTable>();
  readonly #spare: SampleBatch[] = [];

  constructor(parts: EngineParts, { seriesMax, headSize }: EngineOptions) {
    const { stored, follower } = parts;
    this.#parts = parts;
    this.#seriesMax = seriesMax;
    for (const entity of stored.entities) this.#catalogue.apply(entity);
    this.#declare = new Declare(this.#catalogue, stored.given);
    follower.entries(stored.entities);
    const describe = (tracks: Iterable<TrackId>) => ({
      tracks: this.#sealedTracks(tracks),
      changes: this.#declare.takeChanges(),
    });
    this.#head = new Head({ ...parts, tracksEnd: () => this.#declare.tracksEnd, describe }, headSize);
  }

  /** Reads what the log has beyond the chunks. Before anything else is asked. */
  async recover(): Promise<void> {
    const { log, follower } = this.#parts;
    for await (const { payload, position } of log.records()) {
      const record = decodeRecord(payload);
      if (record?.kind === 'samples') await this.#head.recall(record.batch, position.segment);
      else if (record?.kind === 'entries') {
        this.#forget(record.entries.flatMap((entry) => this.#declare.repeat(entry)));
        follower.entries(record.entries);
      } else if (record?.kind === 'deletion') {
        void this.#head.freeze(position.segment);
        await this.#delete(record.deletion);
      }
    }
  }

  /**
   * Resolves when everything of it that can be stored is on the disk. A sample of the same series, field and moment replaces
   * the one before.
   */
  async write({ database: name, policy: wanted, precision, body, nowUs }: WriteRequest): Promise<WriteOutcome> {
    const database = this.#catalogue.databases.get(name);
    if (database === undefined) return { kind: 'no-database', name };
    const policy = policyOf(database, wanted);
    if (policy === undefined) return { kind: 'no-policy', name: wanted ?? 'default' };
    const { durationUs } = policy.entry;
    const oldestUs = durationUs === 0 ? Number.NEGATIVE_INFINITY : nowUs - durationUs;
    const intake = new BodyIntake(body, this.#tableOf(policy), { precision, nowUs, oldestUs });
    const batch = this.#spare.pop() ?? new SampleBatch();
    while (!intake.isDone) {
      batch.cut({ length: 0, textBytes: 0 });
      intake.read(batch);
      await this.#head.append(batch, () => this.#logFresh());
      if (!intake.isDone) await this.#parts.turn();
    }
    if (this.#spare.length < SPARE_MAX && !batch.isLarge) this.#spare.push(batch);
    await this.#parts.log.commit();
    const { stored, dropped, reason, problems } = intake;
    return { kind: 'taken', stored, dropped, reason, unreadable: problems.count, problems: problems.text() };
  }

  #tableOf(policy: Policy): KnownSeriesTable {
    let table = this.#tables.get(policy);
    if (table === undefined) {
      table = new KnownSeriesTable(policy, this.#declare, this.#seriesMax);
      this.#tables.set(policy, table);
    }
    return table;
  }

  /** What was declared, to the log and to whoever follows, before anything that refers to it. */
  #logFresh(): void {
    const fresh = this.#declare.takeFresh();
    for (let at = 0; at < fresh.length; at += ENTRIES_PER_RECORD) {
      const some = fresh.slice(at, at + ENTRIES_PER_RECORD);
      this.#parts.log.append(encodeEntries(some));
      this.#parts.follower.entries(some);
    }
  }

  /** Resolves when it is on the disk; what names nothing changes nothing. */
  async change(change: Change): Promise<void> {
    if (change.kind === 'delete-samples') return this.#deleteSamples(change);
    this.#forget(declareChange(change, this.#catalogue, this.#declare));
    this.#logFresh();
    await this.#parts.log.commit();
  }

  /** Chunks of what is no longer in the catalogue go in their turn; nobody waits for them. */
  #forget(removed: readonly Removed[]): void {
    if (removed.length === 0) return;
    // Any of them may know a series that is no more.
    this.#tables.clear();
    const { lane } = this.#parts;
    for (const { kind, id } of removed) if (kind === 'policy') void lane.run((sealer) => sealer.dropPolicy(id));
    const tracks = removed.flatMap(({ kind, id, policy = 0 }) =>
      kind === 'track' && this.#catalogue.policy(policy) !== undefined ? [{ id, policy }] : [],
    );
    if (tracks.length > 0) void lane.run((sealer) => sealer.dropTracks(tracks));
  }

  /** What was written before is sealed first: what is written from now on is not touched. */
  async #deleteSamples({
    database: name,
    series,
    from,
    to,
  }: Extract<Change, { kind: 'delete-samples' }>): Promise<void> {
    const database = this.#catalogue.databases.get(name);
    if (database === undefined) return;
    const tracks = seriesAt(database, series).flatMap((one) => [...one.tracks.values()].map(({ id }) => id));
    await this.#parts.lane.idle();
    void this.#head.cut();
    this.#parts.log.append(encodeDeletion({ tracks, from, to }));
    await this.#parts.log.commit();
    await this.#delete({ tracks, from, to });
    await this.#parts.log.commit();
  }

  async #delete({ tracks, from, to }: Deletion): Promise<void> {
    const job = { tracks: this.#sealedTracks(tracks), from, to };
    this.#dropEmpty(await this.#parts.lane.run((sealer) => sealer.delete(job)));
  }

  /** Series that hold nothing any more, neither on the disk nor in memory. */
  #dropEmpty(tracks: readonly TrackId[]): void {
    const empty = new Set(tracks.filter((id) => this.#head.isWithout(id)));
    const series = new Set<Series>();
    for (const id of empty) {
      const track = this.#catalogue.track(id);
      if (track !== undefined) series.add(track.series);
    }
    for (const one of series) {
      if ([...one.tracks.values()].every(({ id }) => empty.has(id))) this.#forget(this.#declare.drop('series', one.id));
    }
    this.#logFresh();
  }

  /** Deletes the spans that have ended before their policy's duration. */
  async expire(nowUs: number): Promise<void> {
    for (const { entry } of [...this.#catalogue.policies()]) {
      if (entry.durationUs === 0) continue;
      const job = { policy: entry.id, fileUs: entry.fileUs, beforeUs: nowUs - entry.durationUs };
      const { lane, follower } = this.#parts;
      const expired = async (sealer: SealerPort) => {
        const empty = await sealer.expire(job);
        follower.expired(entry.id);
        return empty;
      };
      this.#dropEmpty(await lane.run(expired));
    }
    await this.#parts.log.commit();
  }

  /** Whether this policy was ever made, as far as catalogue and log know. */
  hasKnown(policy: number): boolean {
    return this.#declare.hasGiven(policy);
  }

  /** Removes what a crash in the middle of a drop has left on the disk. */
  sweep(): Promise<void> {
    const policies = new Set([...this.#catalogue.policies()].map(({ entry }) => entry.id));
    const tracks = new Set(this.#catalogue.trackIds());
    return this.#parts.lane.run((sealer) => sealer.sweep({ policies, tracks }));
  }

  /** Nobody reads this generation any more, which was sealed. */
  release(generation: number): void {
    this.#head.release(generation);
  }

  /** Resolves when everything that was written before is in chunks. */
  async seal(): Promise<void> {
    await this.#parts.lane.idle();
    await this.#head.cut();
  }

  get databases(): string[] {
    return [...this.#catalogue.databases.keys()];
  }

  /** Samples that are not in chunks yet. */
  get headSamples(): number {
    return this.#head.samples;
  }

  get logBytes(): number {
    return this.#parts.log.bytes;
  }

  problem(): string | undefined {
    return this.#parts.log.problem() ?? this.#parts.lane.problem();
  }

  #sealedTracks(tracks: Iterable<TrackId>): SealedTrack[] {
    const known: SealedTrack[] = [];
    for (const id of tracks) {
      const track = this.#catalogue.track(id);
      if (track === undefined) continue;
      const { entry } = track.series.measurement.policy;
      known.push({ id, type: track.field.type, policy: entry.id, fileUs: entry.fileUs });
    }
    return known;
  }
}

function policyOf(database: Database, name: string | undefined): Policy | undefined {
  if (name !== undefined) return database.policies.get(name);
  for (const policy of database.policies.values()) if (policy.entry.isDefault) return policy;
  return undefined;
}
