// Packets as aedes hands them in and wants them back, and the messages that are kept of them.

import type { Message, Payload } from './message.ts';
import type { QoS, Retaining, WillRecord } from './records.ts';
import type { Entry } from './session.ts';

/** What a publisher hands in; aedes copies broker id and counter to whatever it makes of the packet. */
export type PublishedPacket = {
  readonly topic: string;
  readonly payload: Payload;
  readonly qos: QoS;
  readonly retain: boolean;
  messageId?: number | undefined;
  brokerId?: string;
  brokerCounter?: number;
  /** Whose share of the retained messages it will be in. */
  retainedBy?: string | undefined;
};

/** Read from the packet when it is given back, or never meant for the disk. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...['cmd', 'topic', 'payload', 'qos', 'retain', 'dup', 'length', 'messageId', 'brokerId', 'brokerCounter'],
  ...['clientId', 'owner', 'nl', 'retainedBy'],
]);

export function retainingOf({ retain, payload }: PublishedPacket): Retaining {
  if (!retain) return 'nothing';
  return payload.length === 0 ? 'clears' : 'replaces';
}

export function bytesOf(payload: Payload): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

/** What MQTT 5 and callers add to a packet. */
export function extraOf(packet: object): Record<string, unknown> | undefined {
  const fields = Object.entries(packet).filter(([name, value]) => !KNOWN_FIELDS.has(name) && value !== undefined);
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

export function retainedPacket({ topic, qos, extra }: Message, payload: Payload): object {
  return { cmd: 'publish', topic, payload, qos, retain: true, ...extra };
}

/**
 * A message from a queue. It is marked as retained only where it is sent because of a new subscription [MQTT-3.3.1-9], and as
 * a duplicate where it was sent on an earlier connection [MQTT-3.3.1-1].
 */
export function queuedPacket(
  { seq, qos, messageId, shownAsRetained }: Entry,
  content: { readonly message: Message; readonly payload: Payload; readonly brokerId: string; readonly dup: boolean },
): QueuedPacket {
  const { message, payload, brokerId, dup } = content;
  return {
    cmd: 'publish',
    brokerId,
    brokerCounter: seq,
    topic: message.topic,
    payload,
    qos,
    retain: shownAsRetained,
    dup,
    messageId: messageId === 0 ? undefined : messageId,
    ...message.extra,
  };
}

export type QueuedPacket = {
  readonly cmd: 'publish';
  readonly brokerId: string;
  readonly brokerCounter: number;
  readonly topic: string;
  readonly payload: Payload;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly messageId: number | undefined;
};

/** A will is a packet that nobody has published yet: all its fields are kept. */
export function willRecord(clientId: string, packet: WillPacket): WillRecord {
  const { payload, brokerId = '', clientId: _, ...fields } = packet;
  return { kind: 'will', clientId, brokerId, payload: bytesOf(payload).toString('base64'), fields };
}

export function willPacket({ clientId, brokerId, payload, fields }: WillRecord): WillPacket {
  return { ...(fields as WillPacket), payload: Buffer.from(payload, 'base64'), brokerId, clientId };
}

export type WillPacket = PublishedPacket & { clientId?: string };
