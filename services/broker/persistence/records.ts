// What the broker's log is made of: every change of sessions, queues, retained messages and wills is one record, and the
// state is what its records make of it, in order. A record says all that is needed to apply it (a message names its
// recipients; nothing is matched again at a restart), and applying one twice changes nothing: so live data can be
// appended again before the segment that held it is dropped. The frequent ones are bytes, the rest JSON.

/** Raised when the records change; a newer log is then refused rather than misread. */
export const RECORDS_VERSION = 2;

export type QoS = 0 | 1 | 2;

export type Subscription = {
  readonly topic: string;
  readonly qos: QoS;
  readonly rh?: number | undefined;
  readonly rap?: boolean | undefined;
  readonly nl?: boolean | undefined;
  readonly subscriptionIdentifier?: number | undefined;
};

/** A place in the queue of a session. `messageId` is 0 until it was sent. */
export type Recipient = { readonly session: number; readonly qos: QoS; readonly messageId: number };

/** What the message means for what is retained under its topic. */
export type Retaining = 'nothing' | 'replaces' | 'clears';

export type MessageRecord = {
  readonly kind: 'message';
  /** Unique and ascending over restarts: the order of queues. */
  readonly seq: number;
  /** Of the broker's own time: see store-time.ts. */
  readonly acceptedAt: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retaining: Retaining;
  /** QoS 2: who sent it and has not released its message id yet. */
  readonly origin?: { readonly session: number; readonly messageId: number } | undefined;
  readonly recipients: readonly Recipient[];
  /** Fields of the packet that MQTT 3.1.1 does not know. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  /** Whose share of the retained messages it is in; undefined for nobody's. Lies among `extra` in the bytes. */
  readonly retainedBy?: string | undefined;
};

/** A QoS 2 message that its recipient has: only its message id is still to be released, in its place of the queue. */
export type Released = { readonly seq: number; readonly messageId: number };

/**
 * One more place in a queue for a message: of who subscribed while it was published, or, shown as retained, of who subscribed
 * to what is retained. `as` is its number in the queue.
 */
export type AddedRecord = {
  readonly kind: 'added';
  readonly seq: number;
  readonly session: number;
  readonly qos: QoS;
  readonly as: number;
  readonly shownAsRetained: boolean;
};

export type SessionRecord = {
  readonly kind: 'session';
  readonly session: number;
  readonly clientId: string;
  /** User; '' for nobody's. */
  readonly owner: string;
  /** When its client was there, of the broker's own time; undefined in logs of before it was kept. */
  readonly seenAt?: number | undefined;
  readonly subscriptions: readonly Subscription[];
  readonly released: readonly Released[];
};

export type WillRecord = {
  readonly kind: 'will';
  readonly clientId: string;
  readonly brokerId: string;
  /** Base64, since the rest is JSON. */
  readonly payload: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type StoredRecord =
  | MessageRecord
  | AddedRecord
  | { readonly kind: 'sent'; readonly session: number; readonly seq: number; readonly messageId: number }
  | { readonly kind: 'released'; readonly session: number; readonly seq: number; readonly messageId: number }
  | { readonly kind: 'done'; readonly session: number; readonly seq: number }
  /** The sender of a QoS 2 message has released its message id. */
  | { readonly kind: 'completed'; readonly session: number; readonly messageId: number }
  | SessionRecord
  | { readonly kind: 'ended'; readonly session: number }
  | WillRecord
  | { readonly kind: 'will ended'; readonly clientId: string }
  /** `boot` counts the starts; `stopped` says that the broker was stopped in order, and cut its clients itself. */
  | {
      readonly kind: 'boot';
      readonly boot: number;
      readonly seq: number;
      readonly session: number;
      /** Of the broker's own time. */
      readonly at: number;
      readonly stopped: boolean;
    };

type Kind = StoredRecord['kind'];

/** The first byte of a record. Never renumbered. */
const CODES: { readonly [kind in Kind]: number } = {
  message: 1,
  added: 2,
  sent: 3,
  released: 4,
  done: 5,
  completed: 6,
  session: 7,
  ended: 8,
  will: 9,
  'will ended': 10,
  boot: 11,
};
const KINDS = new Map(Object.entries(CODES).map(([kind, code]) => [code, kind as Kind]));

const RETAINING = ['nothing', 'replaces', 'clears'] as const satisfies readonly Retaining[];
const EXTRA_BIT = 0x80;
/** code, flags, seq, acceptedAt, origin's session and message id, lengths of topic, recipients and extra. */
const MESSAGE_HEAD_BYTES = 1 + 1 + 6 + 6 + 4 + 2 + 2 + 4 + 4;
const RECIPIENT_BYTES = 4 + 1 + 2;
/** code, session, seq, message id or QoS. */
const STEP_BYTES = 1 + 4 + 6 + 2;
const SHOWN_AS_RETAINED = 4;

/** The parts of the record's bytes; a message's payload is the last and is not copied. */
export function encodeRecord(record: StoredRecord): Uint8Array[] {
  switch (record.kind) {
    case 'message':
      return [encodeMessageHead(record), record.payload];
    case 'added':
      return [
        encodeStep(record, record.qos + (record.shownAsRetained ? SHOWN_AS_RETAINED : 0)),
        encodeNumber(record.as),
      ];
    case 'sent':
    case 'released':
      return [encodeStep(record, record.messageId)];
    case 'done':
      return [encodeStep(record, 0)];
    case 'completed':
      return [encodeStep({ ...record, seq: 0 }, record.messageId)];
    default: {
      const { kind, ...fields } = record;
      const text = Buffer.from(` ${JSON.stringify(fields)}`);
      text[0] = CODES[kind];
      return [text];
    }
  }
}

export function isMessage(bytes: Buffer): boolean {
  return bytes[0] === CODES.message;
}

/** The payload of a message lies in `bytes`. */
export function decodeRecord(bytes: Buffer): StoredRecord {
  const kind = KINDS.get(bytes.readUInt8(0));
  if (kind === undefined) throw new Error(`the broker's log holds a record of no known kind: ${bytes.readUInt8(0)}`);
  if (kind === 'message') return decodeMessage(bytes);
  if (STEP_KINDS.has(kind)) return decodeStep(kind, bytes);
  return { kind, ...JSON.parse(bytes.toString('utf8', 1)) } as StoredRecord;
}

/** The payload alone, of the record of a message. */
export function payloadOfMessage(bytes: Buffer): Buffer {
  return bytes.subarray(payloadAt(bytes));
}

function payloadAt(bytes: Buffer): number {
  return (
    MESSAGE_HEAD_BYTES + bytes.readUInt16LE(20) + bytes.readUInt32LE(22) * RECIPIENT_BYTES + bytes.readUInt32LE(26)
  );
}

function encodeMessageHead(record: MessageRecord): Buffer {
  const topicBytes = Buffer.byteLength(record.topic);
  const { recipients, origin, retainedBy } = record;
  const fields = retainedBy === undefined ? record.extra : { ...record.extra, retainedBy };
  const extra = fields === undefined ? undefined : Buffer.from(JSON.stringify(fields));
  const size = MESSAGE_HEAD_BYTES + topicBytes + recipients.length * RECIPIENT_BYTES + (extra?.length ?? 0);
  const head = Buffer.allocUnsafe(size);
  head[0] = CODES.message;
  head[1] = record.qos + (RETAINING.indexOf(record.retaining) << 2) + (extra === undefined ? 0 : EXTRA_BIT);
  head.writeUIntLE(record.seq, 2, 6);
  head.writeUIntLE(record.acceptedAt, 8, 6);
  head.writeUInt32LE(origin?.session ?? 0, 14);
  head.writeUInt16LE(origin?.messageId ?? 0, 18);
  head.writeUInt16LE(topicBytes, 20);
  head.writeUInt32LE(recipients.length, 22);
  head.writeUInt32LE(extra?.length ?? 0, 26);
  let at = MESSAGE_HEAD_BYTES;
  at += head.write(record.topic, at);
  for (const { session, qos, messageId } of recipients) {
    head.writeUInt32LE(session, at);
    head[at + 4] = qos;
    head.writeUInt16LE(messageId, at + 5);
    at += RECIPIENT_BYTES;
  }
  extra?.copy(head, at);
  return head;
}

function decodeMessage(bytes: Buffer): MessageRecord {
  const flags = bytes.readUInt8(1);
  const topicBytes = bytes.readUInt16LE(20);
  let at = MESSAGE_HEAD_BYTES + topicBytes;
  const recipients: Recipient[] = [];
  for (let left = bytes.readUInt32LE(22); left > 0; left--) {
    recipients.push({
      session: bytes.readUInt32LE(at),
      qos: bytes.readUInt8(at + 4) as QoS,
      messageId: bytes.readUInt16LE(at + 5),
    });
    at += RECIPIENT_BYTES;
  }
  const originSession = bytes.readUInt32LE(14);
  return {
    kind: 'message',
    seq: bytes.readUIntLE(2, 6),
    acceptedAt: bytes.readUIntLE(8, 6),
    topic: bytes.toString('utf8', MESSAGE_HEAD_BYTES, MESSAGE_HEAD_BYTES + topicBytes),
    payload: bytes.subarray(payloadAt(bytes)),
    qos: (flags & 3) as QoS,
    retaining: RETAINING[(flags >> 2) & 3] ?? 'nothing',
    origin: originSession === 0 ? undefined : { session: originSession, messageId: bytes.readUInt16LE(18) },
    recipients,
    ...((flags & EXTRA_BIT) === 0 ? {} : extraOf(bytes.toString('utf8', at, payloadAt(bytes)))),
  };
}

function extraOf(json: string): Pick<MessageRecord, 'extra' | 'retainedBy'> {
  const { retainedBy, ...extra } = JSON.parse(json) as Record<string, unknown> & { retainedBy?: string };
  return Object.keys(extra).length === 0 ? { retainedBy } : { retainedBy, extra };
}

const STEP_KINDS: ReadonlySet<Kind> = new Set(['added', 'sent', 'released', 'done', 'completed']);

function encodeStep(step: { kind: Kind; session: number; seq: number }, last: number): Buffer {
  const bytes = Buffer.allocUnsafe(STEP_BYTES);
  bytes[0] = CODES[step.kind];
  bytes.writeUInt32LE(step.session, 1);
  bytes.writeUIntLE(step.seq, 5, 6);
  bytes.writeUInt16LE(last, 11);
  return bytes;
}

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntLE(value, 0, 6);
  return bytes;
}

function decodeStep(kind: Kind, bytes: Buffer): StoredRecord {
  const session = bytes.readUInt32LE(1);
  const seq = bytes.readUIntLE(5, 6);
  const last = bytes.readUInt16LE(11);
  if (kind === 'added') {
    const shownAsRetained = (last & SHOWN_AS_RETAINED) !== 0;
    return { kind, session, seq, qos: (last & 3) as QoS, as: bytes.readUIntLE(STEP_BYTES, 6), shownAsRetained };
  }
  if (kind === 'done') return { kind, session, seq };
  if (kind === 'completed') return { kind, session, messageId: last };
  return { kind: kind as 'sent' | 'released', session, seq, messageId: last };
}
