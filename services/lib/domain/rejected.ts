// What ingest, rules and the writer could not take, published on `rejected/v1/{reason}` with the reason in words.

/** Reason codes; each is a topic level and a metric label. */
export const REJECT_REASONS = {
  topic: 'the topic names no device',
  size: 'the payload is too large',
  encoding: 'the payload is not UTF-8 text',
  json: 'the payload is not valid JSON',
  cbor: 'the payload is not valid CBOR',
  line: 'a line is not valid line protocol',
  protobuf: 'the payload is not valid Sparkplug B',
  shape: 'the payload has another shape than its format',
  metric: 'a metric is unknown or has no valid name',
  type: 'a value has another type than its metric',
  birth: 'the birth by which a metric would be known has not come',
  unit: 'a unit cannot be converted to the one of its metric',
  time: 'a timestamp cannot be used',
  cardinality: 'there are too many devices or metrics already',
  store: 'the store refused the line',
  operation: 'an operation on an alarm, or an order to a device, cannot be read, or names none that there is',
  state: 'a plant state cannot be read',
} as const;
export type RejectReason = keyof typeof REJECT_REASONS;

/** Why something was not taken: a code, and one sentence that says what and where and what would be right. */
export type Refusal = {
  readonly reason: RejectReason;
  readonly message: string;
  /** Where in the payload, where that is known: `r[0].m.temp`, `line 3`, `byte 12`, `character 8`, `record 2`. */
  readonly place?: string;
};

/** Payload (JSON) of `rejected/v1/{reason}`. */
export type Rejected = Refusal & {
  /** Under which it is kept on disk, and shown whole; absent of what is kept nowhere: operations and states that rules refused. */
  readonly id?: string;
  readonly topic: string;
  /** The payload as text where it is text, else base64; cut to `REJECTED_PAYLOAD_MAX` characters. */
  readonly payload: string;
  readonly payloadEncoding: 'utf8' | 'base64';
  readonly payloadBytes: number;
  readonly receivedAt: number;
};

export const REJECTED_PAYLOAD_MAX = 4_096;
/** Names of a sender stand in places. */
export const PLACE_CHARS_MAX = 128;
