// One append-only log on disk for everything that must be durable: records in order, in segments that are dropped whole.
// Records that are appended while a group is being written form the next one; each group is one write and one fdatasync,
// and only then does a commit resolve. It holds no lock: one process owns a folder. What waits to be written is as much as
// the owner has appended (`backlogBytes`): the owner bounds it, since it alone knows whom to hold back.

import { setTimeout as delay } from 'node:timers/promises';
import { type Files, realFiles } from './files.ts';
import { Group } from './group.ts';
import { HEADER_BYTES, KIND_LENGTH_MAX } from './header.ts';
import { FRAME_BYTES, PAYLOAD_BYTES_MAX, type Position, payloadOf, scan } from './record.ts';
import { recover } from './recover.ts';
import { SegmentFiles } from './segment-files.ts';
import { type Damage, type Ownership, readSegment, type Segment, segmentFile } from './segment-folder.ts';

export type SegmentLogOptions = Ownership & {
  /** The real ones where left out. */
  readonly files?: Files;
  /** A segment takes no more records beyond this; one record may be larger. */
  readonly segmentBytesMax?: number;
  /** How long to wait for room on a full disk before the next try. */
  readonly fullRetryMs?: number;
  /** Told once of every stretch that a checksum condemns; its records are skipped. */
  readonly onDamage: (damage: Damage) => void;
  /** The disk failed. No commit resolves any more: the owner exits, and its next start reads what is really there. */
  readonly onFatal: (error: Error) => void;
};

/** `payload` lies in a segment's bytes: copy what is to be kept longer than the loop. */
export type LogRecord = { readonly payload: Buffer; readonly position: Position };

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
const FULL_RETRY_MS = 1_000;
/** Records that nobody waits for are written when they are this many bytes, or with the next commit. */
const UNASKED_BYTES_MAX = 1024 * 1024;
/** Two groups exist at a time, one written and one gathering; more spare buffers would never be used. */
const SPARE_BUFFERS_MAX = 2;
/** No space, no quota, no larger file allowed: room may come back. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const COMMITTED = Promise.resolve();

/**
 * Opens the log of a folder, which is made where it is not there.
 * @throws StartError (exit 78) where the folder holds a log of another kind or of a newer release; it is left untouched
 */
export async function openSegmentLog(folder: string, options: SegmentLogOptions): Promise<SegmentLog> {
  const { kind } = options;
  if (!/^[\x21-\x7e]+$/.test(kind) || kind.length > KIND_LENGTH_MAX) throw new Error(`'${kind}' is no kind of log`);
  const files = options.files ?? realFiles;
  const recovered = await recover(folder, { ...options, files });
  return new SegmentLog({ ...options, files }, { folder, ...recovered });
}

export class SegmentLog implements AsyncDisposable {
  readonly #options: SegmentLogOptions & { readonly files: Files };
  readonly #folder: string;
  readonly #segments: Map<number, Segment>;
  readonly #files: SegmentFiles;
  /** Not on disk yet, in order; the last one may still be joined. */
  readonly #groups: Group[] = [];
  readonly #spare: Buffer[] = [];
  readonly #told = new Set<string>();
  readonly #closing = new AbortController();
  readonly #counted = { groups: 0, records: 0 };
  #end: { readonly segment: number; readonly offset: number };
  #backlogBytes = 0;
  #writing: Promise<void> | undefined;
  #problem: string | undefined;
  #isDead = false;

  constructor(
    options: SegmentLogOptions & { readonly files: Files },
    found: {
      readonly folder: string;
      readonly segments: readonly Segment[];
      readonly end: { readonly segment: number; readonly offset: number };
    },
  ) {
    this.#options = options;
    this.#folder = found.folder;
    this.#files = new SegmentFiles(found.folder, options);
    this.#segments = new Map(found.segments.map((segment) => [segment.number, segment]));
    this.#end = found.end;
  }

  /** Joins the open group; no I/O. The parts are one payload, and are copied. */
  append(payload: Uint8Array | readonly Uint8Array[]): Position {
    const parts = payload instanceof Uint8Array ? [payload] : payload;
    let length = 0;
    for (const part of parts) length += part.length;
    if (length > PAYLOAD_BYTES_MAX) throw new Error(`a record has at most ${PAYLOAD_BYTES_MAX} bytes, not ${length}`);
    const group = this.#groupFor(FRAME_BYTES + length);
    const position = group.append(parts, length);
    this.#end = { segment: group.segment, offset: group.end };
    this.#backlogBytes += position.bytes;
    if (this.#backlogBytes > UNASKED_BYTES_MAX) this.#start();
    return position;
  }

  /**
   * Resolves when all that was appended before is on disk. Waits while the disk is full, for ever where it fails: nothing is
   * acknowledged on a promise. Never rejects.
   */
  commit(): Promise<void> {
    const last = this.#groups.at(-1);
    if (last === undefined) return COMMITTED;
    this.#start();
    return last.committed;
  }

  /** Why nothing can be written just now, in words. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** The records on disk, segment by segment, in order. What is appended meanwhile may be among them. */
  async *records(fromSegment = 0): AsyncIterable<LogRecord> {
    for (const { number } of this.segments) {
      const segment = this.#segments.get(number);
      if (segment === undefined || number < fromSegment) continue; // dropped since we began
      const bytes = await readSegment(this.#options.files, this.#folder, segment);
      if (bytes === undefined) continue;
      if (segment.version === undefined) this.#tell({ segment: number, offset: 0, bytes: HEADER_BYTES });
      for (const found of scan(bytes, number, HEADER_BYTES)) {
        if (found.kind === 'damage') this.#tell(found.position);
        else yield found;
      }
    }
  }

  /** One payload, a copy; undefined where it is damaged, which `onDamage` is told. */
  async read(position: Position): Promise<Buffer | undefined> {
    const pending = this.#groups.find((group) => group.holds(position));
    if (pending === undefined && !this.#segments.has(position.segment))
      throw new Error(`segment ${position.segment} has been dropped`);
    const bytes = pending?.copyOf(position) ?? (await this.#files.read(position));
    const payload = payloadOf(bytes, position);
    if (payload === undefined) this.#tell(position);
    return payload;
  }

  /** Those on disk, oldest first. */
  get segments(): Segment[] {
    return [...this.#segments.values()];
  }

  /** The next record begins a new segment, so that all before it can be dropped. */
  roll(): void {
    if (this.#end.offset > HEADER_BYTES) this.#end = { segment: this.#end.segment + 1, offset: HEADER_BYTES };
  }

  /** Deletes a segment with everything in it; it is gone for good when this resolves. Never the one that is written to. */
  async drop(segment: number): Promise<void> {
    if (segment >= this.#end.segment) throw new Error(`segment ${segment} is still written to and cannot be dropped`);
    if (this.#groups.some((group) => group.segment === segment)) await this.commit();
    if (!this.#segments.has(segment)) return;
    try {
      await this.#files.remove(segment);
      this.#segments.delete(segment);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Appended and not yet on disk. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /** On disk. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Since it was opened. */
  get counted(): {
    readonly groups: number;
    readonly records: number;
    readonly syncs: number;
    readonly syncSeconds: number;
  } {
    return { ...this.#counted, ...this.#files.counted };
  }

  /** Writes what was appended. A full disk is given one more try, and no commit that it fails resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    if (this.#groups.length > 0) this.#start();
    await this.#writing;
    await this.#files.close();
  }

  #groupFor(bytes: number): Group {
    const last = this.#groups.at(-1);
    const isFull = this.#end.offset > HEADER_BYTES && this.#end.offset + bytes > this.#segmentBytesMax;
    if (isFull) this.roll();
    if (last !== undefined && !last.isSealed && last.segment === this.#end.segment) return last;
    if (last !== undefined) last.isSealed = true;
    const group = new Group(this.#end, this.#spare.pop());
    this.#groups.push(group);
    return group;
  }

  get #segmentBytesMax(): number {
    return this.#options.segmentBytesMax ?? SEGMENT_BYTES_MAX;
  }

  #start(): void {
    if (this.#writing !== undefined || this.#isDead) return;
    // After the sockets that are ready have been read: their messages then share the first sync too.
    const begun = new Promise<void>((resolve) => setImmediate(resolve));
    this.#writing = begun.then(() => this.#writeGroups());
  }

  async #writeGroups(): Promise<void> {
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      group.isSealed = true;
      if (!(await this.#writeUntilRoom(group))) break;
      this.#groups.shift();
      this.#backlogBytes -= group.bytes.length;
      this.#counted.groups++;
      this.#counted.records += group.records;
      const spare = group.finish();
      if (spare !== undefined && this.#spare.length < SPARE_BUFFERS_MAX) this.#spare.push(spare);
    }
    this.#writing = undefined;
  }

  /** false: it is not on disk and will not be. */
  async #writeUntilRoom(group: Group): Promise<boolean> {
    for (;;) {
      try {
        await this.#write(group);
        this.#problem = undefined;
        return true;
      } catch (error) {
        if (!(await this.#isWorthWaiting(group, error as NodeJS.ErrnoException))) return false;
      }
      await delay(this.#options.fullRetryMs ?? FULL_RETRY_MS, undefined, { signal: this.#closing.signal }).catch(
        () => {},
      );
    }
  }

  async #write(group: Group): Promise<void> {
    const { segment } = group;
    const { version } = this.#options;
    if (!this.#segments.has(segment)) {
      await this.#files.create(segment);
      this.#segments.set(segment, { number: segment, bytes: HEADER_BYTES, version });
    }
    await this.#files.write(group.bytes, group);
    this.#segments.set(segment, { number: segment, bytes: group.end, version });
  }

  /**
   * A full disk, also one that says so only when syncing (thin volumes, NFS): what of the group is there is cut off and written
   * anew from memory, so nothing rests on pages of which the kernel knows no more. Any other failure is the end.
   */
  async #isWorthWaiting(group: Group, error: NodeJS.ErrnoException): Promise<boolean> {
    const wasClosing = this.#closing.signal.aborted;
    try {
      if (!FULL.includes(error.code)) throw error;
      this.#problem = `the disk is full (${error.code}): ${this.#backlogBytes} bytes wait to be written to ${this.#folder}`;
      if (this.#segments.has(group.segment)) await this.#files.cutOff(group);
      return !wasClosing;
    } catch (failure) {
      if (FULL.includes((failure as NodeJS.ErrnoException).code)) return !wasClosing;
      this.#fail(failure as Error);
      return false;
    }
  }

  #tell({ segment, offset, bytes }: Position): void {
    const place = `${segment}:${offset}`;
    if (this.#told.has(place)) return;
    this.#told.add(place);
    this.#options.onDamage({ kind: 'damaged', file: segmentFile(this.#folder, segment), segment, offset, bytes });
  }

  #fail(error: Error): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#options.onFatal(error);
  }
}
