// Keeps the log from growing for ever: what is still needed of the oldest segment is appended again as it stands now, a
// little at a time, and then the segment goes. Oldest first, always: an end of something is never dropped before the
// beginning that it ends.

import type { Ledger } from './ledger.ts';
import type { Message } from './message.ts';
import { bytesOf } from './packets.ts';
import { decodeRecord, isMessage, type MessageRecord, type Recipient } from './records.ts';
import type { Entry } from './session.ts';

/** Bytes copied, and records looked at, before others have a turn. */
const SLICE_BYTES = 256 * 1024;
const SLICE_RECORDS = 2_000;

export type CompactionOptions = {
  /** Garbage that is let lie: some segments, or a small log would be copied round and round. */
  readonly spareBytes: number;
  /** Whether something in a segment could not be read. */
  readonly isDamaged: (segment: number) => boolean;
};

export class Compaction implements AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #options: CompactionOptions;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #segmentsDropped = 0;

  constructor(ledger: Ledger, options: CompactionOptions) {
    this.#ledger = ledger;
    this.#options = options;
  }

  get segmentsDropped(): number {
    return this.#segmentsDropped;
  }

  /** Begins where there is more garbage than live data and the spare; does nothing while it is at it. */
  poke(): Promise<void> {
    if (this.#running === undefined && !this.#isClosed && this.#isWorthIt())
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
      });
    return this.#running ?? Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  #isWorthIt(): boolean {
    const { log, state } = this.#ledger;
    const garbage = log.bytes - state.liveBytes;
    // On a full disk nothing can be copied; what was copied would only wait in memory.
    if (log.problem() !== undefined) return false;
    return log.segments.length > 1 && garbage > Math.max(state.liveBytes, this.#options.spareBytes);
  }

  async #run(): Promise<void> {
    while (!this.#isClosed && this.#isWorthIt()) {
      const oldest = this.#ledger.log.segments[0]?.number;
      if (oldest === undefined || !(await this.#copyLive(oldest))) return;
      await this.#ledger.log.drop(oldest);
      this.#segmentsDropped++;
    }
  }

  /** false where it was closed before the end. */
  async #copyLive(segment: number): Promise<boolean> {
    const { log, state } = this.#ledger;
    let copiedBytes = 0;
    let records = 0;
    for await (const { payload, position } of log.records(segment)) {
      if (position.segment !== segment) break;
      if (++records % SLICE_RECORDS === 0) await turn();
      if (!isMessage(payload)) continue;
      const record = decodeRecord(payload) as MessageRecord;
      const message = state.messages.get(record.seq);
      if (message?.position.segment !== segment || message.position.offset !== position.offset) continue;
      this.#copy(
        message,
        record.payload,
        record.recipients.map((each) => each.session),
      );
      copiedBytes += position.bytes;
      if (copiedBytes < SLICE_BYTES) continue;
      copiedBytes = 0;
      await this.#ledger.commit();
      if (this.#isClosed) return false;
    }
    this.#copyUnreadable(segment);
    this.#copyRest(segment);
    await this.#ledger.commit();
    return !this.#isClosed;
  }

  /**
   * Messages whose record was damaged since it was written: what of them is in memory is saved. The payloads of the others
   * are lost, which is said when they are asked for.
   */
  #copyUnreadable(segment: number): void {
    if (!this.#options.isDamaged(segment)) return;
    const { messages, sessions } = this.#ledger.state;
    const everybody = [...sessions.values()].map(({ number }) => number);
    for (const message of messages.values())
      if (message.position.segment === segment && message.payload !== undefined)
        this.#copy(message, bytesOf(message.payload), everybody);
  }

  #copyRest(segment: number): void {
    const { state } = this.#ledger;
    for (const session of state.sessions.values()) if (session.segment === segment) this.#ledger.writeSession(session);
    for (const { record, position } of [...state.wills.values()])
      if (position.segment === segment) this.#ledger.write(record);
    if (state.boot !== undefined && state.bootPosition?.segment === segment)
      this.#ledger.write({ ...state.boot, seq: state.lastSeq, session: state.lastSession, at: state.lastAt });
  }

  /** The message as it stands: who still waits for it, and whether it is still what is retained. */
  #copy(message: Message, payload: Uint8Array, named: readonly number[]): void {
    const { seq, acceptedAt, topic, qos, origin, extra, retainedBy } = message;
    const recipients = named.flatMap((session): Recipient[] => {
      const entry = this.#entryOf(message, session, seq);
      return entry === undefined ? [] : [{ session, qos: entry.qos, messageId: entry.messageId }];
    });
    const retaining = message.isRetained ? 'replaces' : 'nothing';
    const kept = { seq, acceptedAt, topic, payload, qos, retaining, origin, recipients, extra, retainedBy } as const;
    this.#ledger.write({ kind: 'message', ...kept });
    for (const { session, as } of message.added ?? []) {
      const entry = this.#entryOf(message, session, as);
      if (entry === undefined) continue;
      const { qos, messageId, shownAsRetained } = entry;
      this.#ledger.write({ kind: 'added', seq, session, qos, as, shownAsRetained });
      if (messageId !== 0) this.#ledger.write({ kind: 'sent', session, seq: as, messageId });
    }
  }

  #entryOf(message: Message, session: number, as: number): Entry | undefined {
    const entry = this.#ledger.state.byNumber(session)?.queue.get(as);
    return entry?.message === message ? entry : undefined;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
