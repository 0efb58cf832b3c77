// The writer's journal: every message as it came, on disk before the broker is told that we have it, until the store has all
// of it. Among the messages stands what else the thinning goes by (thinning/thinner.ts), and between them checkpoints, which say up to where the store has them; since they lie in the same log,
// none survives without what it speaks of. At least one stands near the start of every segment.

import { topics } from '#domain/topic.ts';
import type { Place, Position } from '#runtime/segment-log/record.ts';
import { openSegmentLog, type SegmentLog, type SegmentLogOptions } from '#runtime/segment-log/segment-log.ts';
import type { SavedThinning } from './thinning/thinner.ts';

/** A message, or a note of our own: a plan of what is thinned, or that time has passed. */
export type EntryKind = 'points' | 'journal' | 'plan' | 'tick';

/** A message or a note in the journal. */
export type Entry = {
  readonly kind: EntryKind;
  readonly shard: number;
  /** What comes to the store of it came on this. */
  readonly topic: string;
  /** ms since the epoch. */
  readonly receivedAt: number;
  readonly payload: Buffer;
  readonly position: Position;
  /** The store has all of it, or what it refused of it is kept elsewhere. */
  isDone: boolean;
};

export type NewEntry = Pick<Entry, 'kind' | 'shard' | 'receivedAt' | 'payload'>;

export type Checkpoint<State> = {
  /** The store has everything before this place. */
  readonly sent: Place;
  /** What else the writer must know of what was before it. */
  readonly state: State;
  /** How the thinning stood there; nothing was thinned where it is not said. */
  readonly thinning?: SavedThinning | undefined;
};

export type JournalOptions = Omit<SegmentLogOptions, 'kind' | 'version' | 'segmentBytesMax'> & {
  readonly segmentBytesMax?: number;
};

/** Read back a segment at a time, so it is also what a catch-up costs in memory. */
const SEGMENT_BYTES_MAX = 4 * 1024 * 1024;
/** Raised when the records change. */
const VERSION = 2;

/** The first byte of a record; then the shard (u8) and the time of arrival (f64, little-endian), and the payload. */
const KIND = { points: 1, journal: 2, checkpoint: 3, plan: 4, tick: 5 } as const;
const ENTRY_KINDS = ['points', 'journal', 'plan', 'tick'] as const satisfies readonly EntryKind[];
const HEAD_BYTES = 10;

export function isBefore(a: Place, b: Place): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

export function endOf({ segment, offset, bytes }: Position): Place {
  return { segment, offset: offset + bytes };
}

/** Opens the journal and finds its last checkpoint, if it has one. @throws StartError where the folder is not ours */
export async function openJournal<State>(
  folder: string,
  options: JournalOptions,
): Promise<{ readonly journal: Journal<State>; readonly checkpoint: Checkpoint<State> | undefined }> {
  const log = await openSegmentLog(folder, {
    segmentBytesMax: SEGMENT_BYTES_MAX,
    ...options,
    kind: 'writer-journal',
    version: VERSION,
  });
  return { journal: new Journal(log), checkpoint: await lastCheckpoint<State>(log) };
}

function topicOf(kind: EntryKind, shard: number): string {
  return kind === 'journal' ? topics.journal(shard) : topics.points(shard);
}

async function lastCheckpoint<State>(log: SegmentLog): Promise<Checkpoint<State> | undefined> {
  for (const { number } of log.segments.toReversed()) {
    let found: Checkpoint<State> | undefined;
    for await (const { payload, position } of log.records(number)) {
      if (position.segment !== number) break;
      if (payload[0] === KIND.checkpoint) found = JSON.parse(payload.toString('utf8', 1)) as Checkpoint<State>;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

export class Journal<State> implements AsyncDisposable {
  readonly #log: SegmentLog;
  #bytes: number;

  constructor(log: SegmentLog) {
    this.#log = log;
    this.#bytes = log.bytes;
  }

  /** Joins the open group; on disk when commit() resolves. */
  append({ kind, shard, receivedAt, payload }: NewEntry): Entry {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    head[0] = KIND[kind];
    head[1] = shard;
    head.writeDoubleLE(receivedAt, 2);
    const position = this.#append([head, payload]);
    return { kind, shard, topic: topicOf(kind, shard), receivedAt, payload, position, isDone: false };
  }

  appendCheckpoint(checkpoint: Checkpoint<State>): Position {
    return this.#append([Buffer.of(KIND.checkpoint), Buffer.from(JSON.stringify(checkpoint))]);
  }

  #append(parts: readonly Uint8Array[]): Position {
    const position = this.#log.append(parts);
    this.#bytes += position.bytes;
    return position;
  }

  /** Resolves when all that was appended before is on disk. */
  commit(): Promise<void> {
    return this.#log.commit();
  }

  /** Messages and notes on disk from a place on, in order. */
  async *entries(from: Place): AsyncIterable<Entry> {
    for await (const { payload, position } of this.#log.records(from.segment)) {
      const kind = ENTRY_KINDS.find((each) => KIND[each] === payload[0]);
      if (kind === undefined || isBefore(position, from)) continue;
      const shard = payload[1] ?? 0;
      yield {
        ...{ kind, shard, topic: topicOf(kind, shard) },
        receivedAt: payload.readDoubleLE(2),
        payload: Buffer.from(payload.subarray(HEAD_BYTES)), // a copy: it would keep its whole segment in memory
        position,
        isDone: false,
      };
    }
  }

  /** Deletes the oldest segment where it ends before this place; whether it did. */
  async dropOldest(before: Place): Promise<boolean> {
    const [oldest, next] = this.#log.segments;
    if (oldest === undefined || next === undefined || oldest.number >= before.segment) return false;
    await this.#log.drop(oldest.number);
    this.#bytes = this.#log.bytes + this.#log.backlogBytes;
    return true;
  }

  /** Nothing is kept before this place. */
  get start(): Place {
    return { segment: this.#log.segments[0]?.number ?? 0, offset: 0 };
  }

  /** Nothing is on disk behind this place. */
  get end(): Place {
    const newest = this.#log.segments.at(-1);
    return { segment: newest?.number ?? 0, offset: newest?.bytes ?? 0 };
  }

  /** On disk, and about to be. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Why nothing can be written just now, in words. */
  problem(): string | undefined {
    return this.#log.problem();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#log[Symbol.asyncDispose]();
  }
}
