// A message that somebody still needs: a queue, the retained topics, or the QoS 2 handshake of its sender. However many
// they are, its payload is on disk once and in memory once, or only on disk.

import type { Position } from '#runtime/segment-log/record.ts';
import type { QoS } from './records.ts';

/** What a persistence is handed is a Buffer; one in another form is given back as it came. */
export type Payload = Buffer | string;

/** Packets that bear no counter of the broker are numbered from here, so that the two never meet. */
export const WITHOUT_COUNTER_FROM = 2 ** 47;

export function isOfBroker(seq: number): boolean {
  return seq < WITHOUT_COUNTER_FROM;
}

export type MessageFields = {
  readonly seq: number;
  /** Of the broker's own time. */
  readonly acceptedAt: number;
  readonly topic: string;
  readonly qos: QoS;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  readonly retainedBy?: string | undefined;
};

export class Message {
  readonly seq: number;
  readonly acceptedAt: number;
  readonly topic: string;
  readonly qos: QoS;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  readonly payloadBytes: number;
  /** Where it is retained: whose share it counts in; undefined for nobody's. */
  readonly retainedBy: string | undefined;
  /** undefined: only on disk. */
  payload: Payload | undefined;
  position: Position;
  /** Queues, the retained topic and the sender's handshake. */
  references = 0;
  isRetained = false;
  /** Until then nobody may get it: had the power gone meanwhile, a QoS 2 message would come twice. */
  isOnDisk = false;
  /** Places in queues beside those that its record names. */
  added: readonly { readonly session: number; readonly as: number }[] | undefined;
  /** The sender's handshake, while it lasts. */
  origin: { readonly session: number; readonly messageId: number } | undefined;

  constructor(fields: MessageFields, payload: Payload, position: Position) {
    this.seq = fields.seq;
    this.acceptedAt = fields.acceptedAt;
    this.topic = fields.topic;
    this.qos = fields.qos;
    this.extra = fields.extra;
    this.retainedBy = fields.retainedBy;
    this.payload = payload;
    this.payloadBytes = payload.length;
    this.position = position;
  }
}
