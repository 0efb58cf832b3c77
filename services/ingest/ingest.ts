// One message in, points or reasons out. The message is acknowledged when the broker has every batch that it led to, what was
// refused of it is kept, and its records are written down: whatever is killed before comes again. Pure but for what it is
// given to publish, to keep and to write down with.

import { SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { Rejection } from '#runtime/rejected-log/rejection.ts';
import { readBirth } from './devices/birth.ts';
import type { KnownDevice } from './devices/known-device.ts';
import type { DeviceRegistry } from './devices/registry.ts';
import { inflate } from './formats/compression.ts';
import { parseJsonText } from './formats/json-text.ts';
import { type Batcher, Receipt } from './lines/batcher.ts';
import { writePoint } from './lines/point-line.ts';
import { type Accepted, fewer, type Message, type MessageReader, ourMistake } from './message.ts';
import { type Normalised, normaliseRecord, noteSure, type Seated } from './normaliser.ts';
import { type OneDevice, type Origin, Origins } from './origins.ts';
import { type Reading, readingOf, readPayload, sizeProblem } from './reading.ts';
import type { RawRecord } from './record.ts';
import type { Sequences } from './sequences/sequences.ts';
import type { Source } from './sources/source.ts';
import type { PlaceOf } from './sparkplug/place.ts';

export type IngestParts = {
  readonly registry: DeviceRegistry;
  readonly sources: readonly Source[];
  readonly batcher: Batcher;
  readonly sequences: Pick<Sequences, 'has' | 'take'>;
  /** Runs a function when everything that the sequences hold by then is on disk. */
  readonly afterWrite: (done: () => void) => void;
  /** Resolves when the rejection is on disk; never rejects. */
  readonly reject: (rejection: Rejection) => Promise<void>;
  readonly now: () => number;
  readonly payloadBytesMax: number;
  readonly onPoints?: (count: number) => void;
  /** Records and points that had come before and were dropped. */
  readonly onRepeats?: (count: number) => void;
  /** Points that came later than is allowed for an alarm. */
  readonly onLate?: (count: number) => void;
  readonly onRefusal?: (refusal: Refusal) => void;
  /** Reading a message failed for a reason of ours. */
  readonly onMistake?: (error: unknown) => void;
  /** The broker has these points, which came at that moment. */
  readonly onSure?: (points: readonly Point[], now: number) => void;
  /** Whether what is said on a foreign topic may be what we have said ourselves, come back. */
  readonly isEcho?: (topic: string) => boolean;
  readonly sparkplug?: (ingest: Ingest) => MessageReader;
  readonly placeOf?: PlaceOf;
};

export class Ingest {
  readonly #parts: IngestParts;
  readonly #table = new SeriesTable();
  readonly #origins: Origins;
  readonly #sparkplug: MessageReader | undefined;

  constructor(parts: IngestParts) {
    this.#parts = parts;
    this.#origins = new Origins(parts.sources, parts.placeOf);
    this.#sparkplug = parts.sparkplug?.(this);
  }

  /** Takes one message; acknowledges it by itself when it is safe. */
  take(delivery: Delivery): void {
    const origin = this.#origins.of(delivery.topic);
    const message = this.begin(delivery);
    try {
      if (this.#sparkplug !== undefined && origin.kind === 'sparkplug') this.#sparkplug.read(message, origin);
      else if (this.#sparkplug !== undefined && origin.kind === 'command') this.#sparkplug.readCommand(message, origin);
      else {
        this.#read(origin, message);
        this.end(message);
      }
    } catch (error) {
      this.#dropMistaken(message, error);
    }
  }

  /** Thrown on, a mistake of ours would end ingest, and the message would come again to its next life, for ever. It is kept instead. */
  #dropMistaken(message: Message, error: unknown): void {
    this.#parts.onMistake?.(error);
    // Sent again when it is mended, nothing of it may count as having come before.
    message.sent.length = 0;
    message.accepted.length = 0;
    this.refuse([ourMistake(error)], message);
    this.end(message);
  }

  /** What is to be ended in its time. */
  begin(delivery: Delivery, clock: Message['clock'] = delivery.retained ? 'ours' : 'device'): Message {
    const now = this.#parts.now();
    const accepted: Accepted[] = [];
    const sent: Seated[] = [];
    const receipt = new Receipt(() => this.#onSafe(delivery, { accepted, sent, now }), delivery.traceparent);
    return { delivery, receipt, now, accepted, sent, refusals: [], clock };
  }

  /** Nothing more comes of the message: what is wrong with it is kept, and when all is safe it is acknowledged. */
  end(message: Message): void {
    if (message.refusals.length > 0) this.#keepRejected(message);
    message.receipt.release();
  }

  #onSafe({ ack }: Delivery, { accepted, sent, now }: Pick<Message, 'accepted' | 'sent' | 'now'>): void {
    const { sequences, afterWrite } = this.#parts;
    for (const point of sent) noteSure(point);
    this.#parts.onSure?.(sent, now);
    for (const { device, sequence, kind } of accepted) sequences.take(device, sequence, now, kind);
    if (accepted.length > 0) afterWrite(ack);
    else ack();
  }

  #read(origin: Origin, message: Message): void {
    switch (origin.kind) {
      case 'own': {
        const device = this.#heard(origin, message);
        if (device !== undefined) this.#takeValues(device, { metric: null, reading: readingOf(device.model) }, message);
        return;
      }
      case 'birth': {
        const device = this.#heard(origin, message);
        if (device !== undefined) this.#takeBirth(device, origin.channel, message);
        return;
      }
      case 'source':
        this.#takeForeign(origin, message);
        return;
      case 'gateway':
        this.#takeGateway(origin, message);
        return;
      case 'nobody':
        this.refuse([origin.refusal], message);
        return;
      case 'sparkplug':
      case 'command':
      case 'not-ours-to-take':
        return;
    }
  }

  /** The device, noted as heard; undefined where there is no room for it, which is then said. */
  #heard(one: OneDevice, message: Message): KnownDevice | undefined {
    const { registry } = this.#parts;
    if (one.known === null || one.known.isForgotten) {
      const device = registry.device(one.device, message.now);
      if ('reason' in device) {
        this.refuse([device], message);
        return undefined;
      }
      one.known = device;
    }
    if (!message.delivery.retained) registry.seen(one.known, message.now);
    return one.known;
  }

  #takeForeign(origin: Extract<Origin, { kind: 'source' }>, message: Message): void {
    const device = this.#heard(origin, message);
    const { source, metric } = origin;
    if (device === undefined) return;
    this.#introduce(device, source, message);
    if (source.telling.kind === 'values') {
      this.#takeValues(device, { reading: source.telling.reading, metric }, message);
      return;
    }
    if (message.delivery.payload.length === 0) return; // what was retained was cleared
    const online = source.telling.read(message.delivery.payload);
    if (typeof online === 'boolean') this.#parts.registry.born(device, { online });
    else this.refuse([online], message, device);
  }

  /** What a source says of its devices. */
  #introduce(device: KnownDevice, { model, isAnnounced }: Source, { delivery }: Message): void {
    if (model !== null) this.#parts.registry.suppose(device, model);
    if (!isAnnounced || this.#parts.isEcho?.(delivery.topic) === true) device.isAnnounced = false;
  }

  /** Each record tells whose it is. */
  #takeGateway({ source, metric, deviceOf }: Extract<Origin, { kind: 'gateway' }>, message: Message): void {
    if (source.telling.kind !== 'values') return;
    const { payloadBytesMax: bytesMax } = this.#parts;
    const { now, delivery } = message;
    const decoded = readPayload(delivery.payload, source.telling.reading, { metric, now, bytesMax, layouts: [] });
    const refusals = [...decoded.refusals];
    for (const record of decoded.records) {
      const name = deviceOf(record.sender ?? NOTHING_SAID);
      const device = 'reason' in name ? undefined : this.#heard({ device: name, known: null }, message);
      if ('reason' in name) refusals.push(name);
      if (device === undefined) continue;
      this.#introduce(device, source, message);
      this.takeRecords([record], device, message);
    }
    this.refuse(refusals, message);
  }

  #takeValues(
    device: KnownDevice,
    { reading, metric }: { readonly reading: Reading; readonly metric: string | null },
    message: Message,
  ): void {
    const { payloadBytesMax: bytesMax } = this.#parts;
    const layouts = device.model?.layouts ?? NO_LAYOUTS;
    const { now, delivery } = message;
    const decoded = readPayload(delivery.payload, reading, { metric, now, bytesMax, layouts });
    this.takeRecords(decoded.records, device, message);
    this.refuse(decoded.refusals, message, device);
  }

  takeRecords(records: readonly RawRecord[], device: KnownDevice, message: Message): void {
    const { registry, sequences, batcher } = this.#parts;
    const { now, delivery, receipt, accepted, sent } = message;
    const id = device.key;
    const into: Normalised = { points: sent, refusals: [], repeats: 0, late: 0 };
    const sentBefore = sent.length;
    for (const [i, record] of records.entries()) {
      if (record.sequence !== null && sequences.has(id, record.sequence)) {
        into.repeats++;
        continue;
      }
      // The broker sends a retained message again at every subscription: without a time of its own it may be years old, and
      // the time of its arrival would make it news, raise an alarm or hide that the device is silent.
      const isHistory = record.isHistory || (delivery.retained && record.measuredAt === null);
      // Records without a usable time get that of their arrival, a millisecond apart: at one moment the store would keep one.
      const arrivedAt = now - (records.length - 1 - i);
      const refusedBefore = into.refusals.length;
      normaliseRecord(record, device, { table: this.#table, registry, now: arrivedAt, isHistory, into });
      if (record.sequence === null) continue;
      // A record of which a part was refused is taken again when it comes again: replayed, once its model knows the metric.
      const kind = record.isWhole && into.refusals.length === refusedBefore ? 'whole' : 'unfinished';
      accepted.push({ device: id, sequence: record.sequence, kind });
    }
    for (let i = sentBefore; i < sent.length; i++) {
      const point = sent[i] as Seated;
      writePoint(point, point.seat.linePrefix, batcher.lineOf(point.series.shard, receipt));
    }
    this.#measureClock(records.at(-1), device, message);
    this.#parts.onPoints?.(sent.length - sentBefore);
    if (into.repeats > 0) this.#parts.onRepeats?.(into.repeats);
    if (into.late > 0) this.#parts.onLate?.(into.late);
    this.refuse(into.refusals, message, device);
  }

  /** The newest record of a message that has just been sent tells the device's clock. */
  #measureClock(newest: RawRecord | undefined, device: KnownDevice, { now, clock }: Message): void {
    if (newest?.measuredAt == null || newest.isHistory || clock === 'ours') return;
    device.skew.take(newest.measuredAt, now);
  }

  #takeBirth(device: KnownDevice, channel: 'status' | 'meta', message: Message): void {
    const { payload } = message.delivery;
    if (payload.length === 0) return; // a retained birth was cleared
    const birth = this.#readBirth(payload, channel);
    if ('reason' in birth) this.refuse([birth], message, device);
    else this.#parts.registry.born(device, birth);
  }

  #readBirth(payload: Buffer, channel: 'status' | 'meta'): ReturnType<typeof readBirth> {
    const { payloadBytesMax } = this.#parts;
    const plain = sizeProblem(payload, payloadBytesMax) ?? inflate(payload, payloadBytesMax);
    if ('reason' in plain) return plain;
    const parsed = parseJsonText(plain);
    return 'value' in parsed ? readBirth(parsed.value, channel) : parsed;
  }

  refuse(refusals: readonly Refusal[], message: Message, device?: KnownDevice): void {
    for (const refusal of refusals) {
      this.#parts.onRefusal?.(refusal);
      message.refusals.push(refusal);
    }
    const last = refusals.at(-1);
    if (device !== undefined && last !== undefined) this.#parts.registry.refused(device, last, message.now);
  }

  #keepRejected({ delivery, receipt, now, refusals }: Message): void {
    const { topic, payload, retained } = delivery;
    receipt.hold();
    void this.#parts
      .reject({ topic, payload, payloadBytes: payload.length, retained, receivedAt: now, refusals: fewer(refusals) })
      .then(() => receipt.release());
  }
}

const NO_LAYOUTS = [] as const;
const NOTHING_SAID: ReadonlyMap<string, string> = new Map();
