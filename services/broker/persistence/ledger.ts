// The log and the state that its records make, kept in step: nothing changes the one without the other.

import type { SegmentLog } from '#runtime/segment-log/segment-log.ts';
import type { Message, Payload } from './message.ts';
import { encodeRecord, payloadOfMessage, type SessionRecord, type StoredRecord } from './records.ts';
import type { Session } from './session.ts';
import type { State } from './state.ts';

export class Ledger {
  readonly log: SegmentLog;
  readonly state: State;
  #lostMessages = 0;

  constructor(log: SegmentLog, state: State) {
    this.log = log;
    this.state = state;
  }

  /** Messages whose payload could not be read back. */
  get lostMessages(): number {
    return this.#lostMessages;
  }

  /** Applied at once, on disk with the next commit. */
  write(record: StoredRecord, payload?: Payload): void {
    this.state.apply(record, this.log.append(encodeRecord(record)), payload);
  }

  commit(): Promise<void> {
    return this.log.commit();
  }

  /** The client's session; a new one is on disk with the next commit. */
  sessionOf(clientId: string): Session {
    const known = this.state.session(clientId);
    if (known !== undefined) return known;
    const session = this.state.numbered(++this.state.lastSession);
    session.clientId = clientId;
    session.seenAt = this.state.lastAt;
    this.writeSession(session);
    return session;
  }

  /**
   * The client's session is this user's, '' for nobody's, and keeps what the user may still read; on disk with the next commit.
   */
  own(clientId: string, owner: string, mayKeep: (filter: string) => boolean): void {
    const session = this.sessionOf(clientId);
    const kept = [...session.subscriptions.values()].filter(({ topic }) => mayKeep(topic));
    if (session.owner === owner && kept.length === session.subscriptions.size) return;
    this.writeSession(session, { owner, subscriptions: kept });
  }

  /** The session as it stands: what was logged of its subscriptions before is not needed any more. */
  writeSession(session: Session, changed: Partial<Pick<SessionRecord, 'owner' | 'subscriptions'>> = {}): void {
    const released = [...session.queue.values()]
      .filter(({ message }) => message === undefined)
      .map(({ seq, messageId }) => ({ seq, messageId }));
    const { number, clientId, owner, seenAt } = session;
    const subscriptions = [...session.subscriptions.values()];
    const before = { clientId, owner, seenAt, subscriptions, released };
    this.write({ kind: 'session', session: number, ...before, ...changed });
  }

  /** undefined where the disk has lost it; its log says so. */
  async payloadOf(message: Message): Promise<Payload | undefined> {
    for (;;) {
      if (message.payload !== undefined) return message.payload;
      const { position } = message;
      const bytes = await this.log.read(position).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== undefined) throw error;
        return undefined; // its segment was dropped
      });
      // Moved to the end of the log while it was read.
      if (message.position !== position) continue;
      if (bytes !== undefined) return payloadOfMessage(bytes);
      this.#lostMessages++;
      return undefined;
    }
  }
}
