// What could not be taken, kept on disk (`<data>/<service>/rejected`) until somebody looks at it, sends it again, or it is
// too old. Whoever could not take something acknowledges it when put() resolves. The store of it is a ring: past its bytes
// or its age the oldest goes first, a segment at a time, and is counted. Each service has a folder of its own.

import { topics } from '#domain/topic.ts';
import type { Files } from '../segment-log/files.ts';
import type { Damage } from '../segment-log/segment-folder.ts';
import { openSegmentLog, type SegmentLog } from '../segment-log/segment-log.ts';
import { LOG_OWNERSHIP, logFolder, type RejectingService } from './layout.ts';
import { beginningOf, encodeRejection, type Rejection, receivedAtOf, toldOf } from './rejection.ts';
import { rejectionId } from './rejection-id.ts';
import { forgetReplays } from './replay-marks.ts';

export type RejectedLogOptions = {
  /** Whose it is. */
  readonly service: RejectingService;
  /** On disk; past it the oldest goes. */
  readonly bytesMax: number;
  /** How long a rejection is kept. */
  readonly keepMs: number;
  /** Kept of one payload. */
  readonly payloadBytesMax: number;
  /** Publishes what is told of a rejection; rejects only when the bus is closed. */
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly onDamage: (damage: Damage) => void;
  /** The disk failed: the owner exits, and nothing is acknowledged after it. */
  readonly onFatal: (error: Error) => void;
  /** The real ones where left out. */
  readonly files?: Files;
};

/** A ring of so many segments gives way by a sixteenth at a time. */
const SEGMENTS = 16;
const SEGMENT_BYTES_MIN = 65_536;
const SEGMENT_BYTES_MAX = 16 * 1_048_576;
/** No MQTT message of ours is larger; a record must fit into memory a few times over. */
const PAYLOAD_BYTES_MAX = 16 * 1_048_576;
/**
 * Tellings a second, and under way at one time. Whoever watches `rejected/v1` wants to see what goes wrong, not every one of a
 * flood, and each costs the broker as much as a batch of points: without the bound a second thousand of messages that were
 * all poison held the good thousand up.
 */
const TELLINGS_MAX = 64;

/** How many rejections a segment holds, and when the newest of them came. */
type Tally = { count: number; newestAt: number };

/** @throws StartError where the folder holds something else, or was written by a newer release */
export async function openRejectedLog(folder: string, options: RejectedLogOptions): Promise<RejectedLog> {
  const { bytesMax, files, onDamage, onFatal } = options;
  const log = await openSegmentLog(logFolder(folder), {
    ...LOG_OWNERSHIP,
    segmentBytesMax: Math.max(SEGMENT_BYTES_MIN, Math.min(SEGMENT_BYTES_MAX, bytesMax / SEGMENTS)),
    onDamage,
    onFatal,
    ...(files === undefined ? {} : { files }),
  });
  const rejected = new RejectedLog(log, folder, options);
  await rejected.open();
  return rejected;
}

export class RejectedLog implements AsyncDisposable {
  /** Rejections that were dropped for room or age. */
  dropped = 0;
  /** What was kept and not told, because too much came at once. */
  untold = 0;
  readonly #log: SegmentLog;
  readonly #folder: string;
  readonly #options: RejectedLogOptions;
  /** Of segments written in this life; the others are counted when it is their turn to go. */
  readonly #tallies = new Map<number, Tally>();
  #tellings = 0;
  /** How many more may be told by now; grows by TELLINGS_MAX a second. */
  #tellable = TELLINGS_MAX;
  #toldAt = 0;
  #dropping: Promise<void> = Promise.resolve();

  constructor(log: SegmentLog, folder: string, options: RejectedLogOptions) {
    this.#log = log;
    this.#folder = folder;
    this.#options = options;
  }

  async open(): Promise<void> {
    const newest = this.#log.segments.at(-1);
    // Counted before it grows, or what an earlier life wrote into it would be missing.
    if (newest !== undefined) await this.#tallyOf(newest.number);
    await forgetReplays(this.#folder, (segment) => !this.#log.segments.some(({ number }) => number === segment));
  }

  /**
   * Resolves when it is on disk; never rejects. A full disk makes it wait, and nothing may be acknowledged meanwhile.
   * Afterwards it is told on `rejected/v1/{reason}`, which nobody waits for.
   */
  async put(rejection: Rejection): Promise<void> {
    const { payloadBytesMax, bytesMax } = this.#options;
    const payload = beginningOf(rejection.payload, Math.min(payloadBytesMax, PAYLOAD_BYTES_MAX));
    const kept = { ...rejection, payload };
    const place = this.#log.append(encodeRejection(kept));
    this.#tally(place.segment, rejection.receivedAt);
    await this.#log.commit();
    this.#tell(kept, rejectionId({ service: this.#options.service, place }));
    if (this.#log.bytes > bytesMax) void this.#queueDropping(() => this.#makeRoom());
  }

  /** Lets go of what is too old by now. */
  dropOld(now: number): Promise<void> {
    return this.#queueDropping(() => this.#dropOlderThan(now - this.#options.keepMs));
  }

  /** What keeps put() from resolving, in words. */
  problem(): string | undefined {
    return this.#log.problem();
  }

  /** On disk. */
  get bytes(): number {
    return this.#log.bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dropping;
    await this.#log[Symbol.asyncDispose]();
  }

  #tally(segment: number, receivedAt: number): void {
    const tally = this.#tallies.get(segment) ?? { count: 0, newestAt: 0 };
    this.#tallies.set(segment, tally);
    tally.count++;
    tally.newestAt = Math.max(tally.newestAt, receivedAt);
  }

  #tell(rejection: Rejection, id: string): void {
    // The distance: a clock that steps back must not silence us until it caught up.
    const seconds = Math.abs(rejection.receivedAt - this.#toldAt) / 1_000;
    this.#tellable = Math.min(TELLINGS_MAX, this.#tellable + seconds * TELLINGS_MAX);
    this.#toldAt = rejection.receivedAt;
    for (const refusal of rejection.refusals) {
      if (this.#tellable < 1 || this.#tellings >= TELLINGS_MAX) {
        this.untold++;
        continue;
      }
      this.#tellable--;
      this.#tellings++;
      this.#options.publish(topics.rejected(refusal.reason), JSON.stringify(toldOf(rejection, refusal, id))).then(
        () => this.#tellings--,
        () => {}, // only a closing bus refuses
      );
    }
  }

  /** One at a time: two that look at the same oldest segment would count it twice. */
  #queueDropping(drop: () => Promise<void>): Promise<void> {
    this.#dropping = this.#dropping.then(drop);
    return this.#dropping;
  }

  async #makeRoom(): Promise<void> {
    while (this.#log.bytes > this.#options.bytesMax) {
      const [oldest, next] = this.#log.segments;
      if (oldest === undefined || next === undefined) return;
      await this.#drop(oldest.number);
    }
  }

  async #dropOlderThan(moment: number): Promise<void> {
    for (;;) {
      const [oldest, next] = this.#log.segments;
      if (oldest === undefined || (await this.#tallyOf(oldest.number)).newestAt >= moment) return;
      if (next === undefined) this.#log.roll(); // a quiet plant may never fill a segment
      await this.#drop(oldest.number);
    }
  }

  async #drop(segment: number): Promise<void> {
    const { count } = await this.#tallyOf(segment);
    await this.#log.drop(segment);
    await forgetReplays(this.#folder, (each) => each === segment);
    this.#tallies.delete(segment);
    this.dropped += count;
  }

  async #tallyOf(segment: number): Promise<Tally> {
    if (!this.#tallies.has(segment)) {
      const tally: Tally = { count: 0, newestAt: 0 };
      for await (const { payload, position } of this.#log.records(segment)) {
        if (position.segment !== segment) break;
        tally.count++;
        tally.newestAt = Math.max(tally.newestAt, receivedAtOf(payload));
      }
      this.#tallies.set(segment, tally);
    }
    return this.#tallies.get(segment) ?? { count: 0, newestAt: 0 };
  }
}
