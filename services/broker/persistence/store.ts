// Opens what the broker remembers: its log is read into the state, this start is counted, and the parts that work on both are
// put together.

import type { Log } from '#runtime/log.ts';
import type { Files } from '#runtime/segment-log/files.ts';
import type { Damage } from '#runtime/segment-log/segment-folder.ts';
import { openSegmentLog } from '#runtime/segment-log/segment-log.ts';
import { Compaction } from './compaction.ts';
import { Intake } from './intake.ts';
import { Ledger } from './ledger.ts';
import { PayloadMemory } from './payload-memory.ts';
import { Persistence } from './persistence.ts';
import { type DropReason, type QueueCaps, QueueLimits } from './queue-limits.ts';
import { decodeRecord, RECORDS_VERSION } from './records.ts';
import { State } from './state.ts';
import { continueTime } from './store-time.ts';

export type StoreOptions = {
  readonly folder: string;
  /** The file system; the real one where left out. */
  readonly files?: Files;
  readonly clients: QueueCaps & { readonly ageMs: number };
  readonly services: QueueCaps;
  readonly payloadBytesMax: number;
  readonly segmentBytesMax?: number;
  readonly log: Log;
  /** A clock that only goes forward, ms. */
  readonly elapsedMs: () => number;
  readonly onDropped: (reason: DropReason) => void;
  readonly onDamage: (damage: Damage) => void;
  readonly onFatal: (error: Error) => void;
};

/** Small enough that compaction reads one at once without anybody noticing. */
const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
/**
 * Garbage that is let lie, in segments. A start reads it too, at 20 ms of processor per megabyte: with 64 MB of it the first
 * acknowledgement after a kill came a second later (measured). Less saves little, and is copied round more often.
 */
const SPARE_SEGMENTS = 1;

export type Store = AsyncDisposable & {
  /** Unique for each start, and ascending. */
  readonly brokerId: string;
  /** The start before ended in order: its clients were cut by it, and their wills are not due yet. */
  readonly wasStopped: boolean;
  /** The broker's own time. */
  readonly now: () => number;
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly limits: QueueLimits;
  readonly compaction: Compaction;
  readonly persistence: Persistence;
};

/** @throws StartError where the folder holds something else, or was written by a newer release */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, files, segmentBytesMax = SEGMENT_BYTES_MAX, onDamage, onFatal, log, onDropped } = options;
  const damaged = new Set<number>();
  const segments = await openSegmentLog(folder, {
    kind: 'broker',
    version: RECORDS_VERSION,
    segmentBytesMax,
    onDamage: (damage) => {
      damaged.add(damage.segment);
      onDamage(damage);
    },
    onFatal,
    ...(files === undefined ? {} : { files }),
  });
  const state = new State(new PayloadMemory(options.payloadBytesMax));
  for await (const { payload, position } of segments.records()) {
    const record = decodeRecord(payload);
    state.apply(record, position);
    if (record.kind !== 'message') continue;
    const message = state.messages.get(record.seq);
    if (message === undefined) continue;
    message.isOnDisk = true;
    state.payloads.settle(message);
  }
  state.finishReading();
  const ledger = new Ledger(segments, state);
  const now = continueTime(state.lastAt, options.elapsedMs);
  const wasStopped = state.boot?.stopped === true;
  const boot = (state.boot?.boot ?? 0) + 1;
  const writeBoot = (stopped: boolean) => {
    ledger.write({ kind: 'boot', boot, seq: state.lastSeq, session: state.lastSession, at: now(), stopped });
    return ledger.commit();
  };
  // Nobody waits for it: whatever else is written comes after it. On a full disk the broker starts, and says why it takes nothing.
  void writeBoot(false);
  const limits = new QueueLimits(ledger, { ordinary: options.clients, services: options.services, log, onDropped });
  const intake = new Intake(ledger, { limits, now });
  const compaction = new Compaction(ledger, {
    spareBytes: SPARE_SEGMENTS * segmentBytesMax,
    isDamaged: (segment) => damaged.has(segment),
  });
  return {
    brokerId: `penstock-${String(boot).padStart(10, '0')}`,
    wasStopped,
    now,
    ledger,
    intake,
    limits,
    compaction,
    persistence: new Persistence({ ledger, intake, limits, now }),
    async [Symbol.asyncDispose]() {
      await compaction[Symbol.asyncDispose]();
      void writeBoot(true);
      await segments[Symbol.asyncDispose]();
    },
  };
}
