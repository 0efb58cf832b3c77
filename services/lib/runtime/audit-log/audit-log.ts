// The audit journal on disk: a log to which is only added, each record with the hash of the one before. Past its bytes the
// oldest segment goes; the record that says so, and from where on the chain is kept, is on disk before it does. It begins with
// `start` and ends with `stop`, so that an end without one shows.

import type { Problem } from '#domain/service.ts';
import { type Files, realFiles } from '../segment-log/files.ts';
import type { Damage } from '../segment-log/segment-folder.ts';
import { openSegmentLog, type SegmentLog } from '../segment-log/segment-log.ts';
import type { Audit, AuditEvent } from './audit.ts';
import { type AuditEntry, type ChainHead, chain, decodeRecord, entryOf, formatHead } from './audit-record.ts';
import { findEnd } from './find-end.ts';
import { FloodGate } from './flood-gate.ts';
import { readHead, writeHead } from './head-file.ts';
import { AUDIT_OWNERSHIP, logFolder } from './layout.ts';

export type AuditLogOptions = {
  /** On disk; past it the oldest go. */
  readonly bytesMax: number;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly onDamage: (damage: Damage) => void;
  /** The disk failed: the owner exits, and nothing that waits for its record happens any more. */
  readonly onFatal: (error: Error) => void;
  /** The real ones where left out. */
  readonly files?: Files;
};

/** A ring of so many segments gives way by a sixteenth at a time. */
const SEGMENTS = 16;
const SEGMENT_BYTES_MIN = 65_536;
const SEGMENT_BYTES_MAX = 16 * 1_048_576;

/**
 * Opens the journal of a folder, which is made where it is not there, and goes on where it ended.
 * @throws StartError where the folder holds something else, or was written by a newer release
 */
export async function openAuditLog(folder: string, options: AuditLogOptions): Promise<AuditLog> {
  const { bytesMax, onDamage, onFatal, files = realFiles } = options;
  const log = await openSegmentLog(logFolder(folder), {
    ...{ ...AUDIT_OWNERSHIP, files, onDamage, onFatal },
    segmentBytesMax: Math.max(SEGMENT_BYTES_MIN, Math.min(SEGMENT_BYTES_MAX, bytesMax / SEGMENTS)),
  });
  const { head, broken } = await findEnd(log, await readHead(files, folder));
  const audit = new AuditLog({ log, folder, head, broken, options: { ...options, files } });
  await audit.begin();
  return audit;
}

type Parts = {
  readonly log: SegmentLog;
  readonly folder: string;
  readonly head: ChainHead;
  readonly broken: string | undefined;
  readonly options: AuditLogOptions & { readonly files: Files };
};

export class AuditLog implements Audit, AsyncDisposable {
  readonly #log: SegmentLog;
  readonly #folder: string;
  readonly #options: Parts['options'];
  readonly #gate = new FloodGate();
  readonly #broken: string | undefined;
  /** Of what was appended, and of that what is on disk, and what the head's file says. */
  #head: ChainHead;
  #onDisk: ChainHead;
  #saved: ChainHead | undefined;
  #headProblem: string | undefined;
  #saving: Promise<void> = Promise.resolve();
  #dropping: Promise<void> = Promise.resolve();
  #isDropping = false;

  constructor({ log, folder, head, broken, options }: Parts) {
    this.#log = log;
    this.#folder = folder;
    this.#head = head;
    this.#onDisk = head;
    this.#broken = broken;
    this.#options = options;
  }

  async begin(): Promise<void> {
    if (this.#broken !== undefined) void this.#write({ ...this.#own('broken'), outcome: this.#broken });
    await this.#write({ ...this.#own('start'), outcome: 'the journal is open' });
    await this.#save();
  }

  async append(event: AuditEvent): Promise<void> {
    if (this.#gate.admits(event)) await this.#write(entryOf(event, this.#options.now()));
  }

  /** To be called about every second: what was counted is written, and the head's file brought up to date. */
  tick(): void {
    for (const { event, count } of this.#gate.tick())
      void this.#write({ ...entryOf(event, this.#options.now()), count });
    void this.#save();
  }

  /** The end of the chain on disk. */
  get head(): ChainHead {
    return this.#onDisk;
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  /** What keeps append() from resolving, in words. */
  problem(): string | undefined {
    return this.#log.problem() ?? this.#headProblem;
  }

  /** What a person has to look at. */
  problems(): Problem[] {
    if (this.#broken === undefined) return [];
    const text = `the audit journal in ${this.#folder} was not as it had been left: ${this.#broken}; run penstock audit verify`;
    return [{ id: 'audit-broken', text, priority: 'high' }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { event, count } of this.#gate.end())
      void this.#write({ ...entryOf(event, this.#options.now()), count });
    void this.#write({ ...this.#own('stop'), outcome: 'the journal is closed' });
    // On a full disk it would wait for ever; the log gives what it holds one more try.
    if (this.#log.problem() === undefined) await this.#dropping;
    await this.#log[Symbol.asyncDispose]();
    await this.#save();
  }

  #own<W extends AuditEntry['what']>(what: W) {
    return { at: this.#options.now(), what, who: {} };
  }

  async #write(entry: AuditEntry): Promise<void> {
    const { bytes, head } = chain(this.#head, entry);
    this.#head = head;
    this.#log.append(bytes);
    await this.#log.commit();
    if (head.n > this.#onDisk.n) this.#onDisk = head;
    if (this.#log.bytes > this.#options.bytesMax && !this.#isDropping) {
      this.#isDropping = true;
      this.#dropping = this.#makeRoom().finally(() => {
        this.#isDropping = false;
      });
    }
  }

  async #makeRoom(): Promise<void> {
    while (this.#log.bytes > this.#options.bytesMax) {
      const [oldest, ...others] = this.#log.segments;
      const begins = await this.#firstOf(others.map(({ number }) => number));
      if (oldest === undefined || begins === undefined) return;
      const outcome = `the records before ${begins.n} were dropped for room`;
      await this.#write({ ...this.#own('anchor'), outcome, begins });
      // The head must be one of the records that are kept; where it cannot be written, the disk is full and nothing grows.
      await this.#save();
      if (this.#headProblem !== undefined) return;
      await this.#log.drop(oldest.number);
    }
  }

  /** The first record in these segments; one whose records are all damaged is passed over. */
  async #firstOf([segment, ...others]: readonly number[]): Promise<AuditEntry['begins']> {
    if (segment === undefined) return undefined;
    for await (const { payload, position } of this.#log.records(segment)) {
      if (position.segment !== segment) break;
      const record = decodeRecord(payload);
      if (record !== undefined) return { n: record.n, prev: record.prev };
    }
    return await this.#firstOf(others);
  }

  /** One at a time; of several that wait, the first takes what the others would have. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const head = this.#onDisk;
      if (head.n === this.#saved?.n) return;
      try {
        await writeHead(this.#options.files, this.#folder, head);
        this.#saved = head;
        this.#headProblem = undefined;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        this.#headProblem = `the head of the audit journal (${formatHead(head)}) cannot be written to ${this.#folder} (${code})`;
      }
    });
    return this.#saving;
  }
}
