// One message in, points or reasons out. The message is acknowledged when the broker has every batch that it led to, what was
// refused of it is kept, and its records are written down: whatever is killed before comes again. Pure but for what it is
// given to publish, to keep and to write down with.

import { encodePoint, SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import type { Refusal } from '#domain/rejected.ts';
import { type DeviceChannel, type DeviceName, deviceKey, parseTopic } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { Rejection } from '#runtime/rejected-log/rejection.ts';
import { type Batcher, Receipt } from './batcher.ts';
import { readBirth } from './birth.ts';
import { FORMATS, type FormatName } from './formats/formats.ts';
import { parseJsonText } from './formats/json-text.ts';
import { normaliseRecord } from './normaliser.ts';
import type { DeviceRegistry } from './registry.ts';
import type { Sequence } from './sequences/boot-sequence.ts';
import type { Sequences } from './sequences/sequences.ts';
import type { Source } from './sources.ts';

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
  readonly onRepeat?: () => void;
  readonly onRefusal?: (refusal: Refusal) => void;
};

/** A record on its way, to be taken down when the broker has it. */
type Accepted = { readonly device: string; readonly sequence: Sequence; readonly kind: 'whole' | 'unfinished' };

/** Refusals kept of one message; a payload of thousands of bad metrics must not become thousands of sentences. */
const REFUSALS_MAX = 16;

/** Where a message comes from and how to read it. */
type Origin = {
  readonly device: DeviceName;
  readonly format: FormatName;
  readonly metric: string | null;
  readonly rename: ((metric: string) => string | null) | null;
};

export class Ingest {
  readonly #parts: IngestParts;
  readonly #table = new SeriesTable();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** Takes one message; acknowledges it by itself when it is safe. */
  take(delivery: Delivery): void {
    const { sequences, afterWrite } = this.#parts;
    const now = this.#parts.now();
    const accepted: Accepted[] = [];
    const receipt = new Receipt(() => {
      for (const { device, sequence, kind } of accepted) sequences.take(device, sequence, now, kind);
      if (accepted.length > 0) afterWrite(delivery.ack);
      else delivery.ack();
    }, delivery.traceparent);
    const parsed = parseTopic(delivery.topic);
    if (parsed === undefined) {
      const origin = this.#foreignOrigin(delivery.topic);
      if ('reason' in origin) this.#refuse(delivery, [origin], receipt, now);
      else this.#takeValues(delivery, origin, receipt, { now, accepted });
    } else if (parsed.kind === 'device') {
      const { channel } = parsed;
      if (channel === 'tele' || channel === 'event') {
        this.#takeValues(delivery, ownOrigin(parsed), receipt, { now, accepted });
      } else if (channel === 'status' || channel === 'meta') this.#takeBirth(delivery, parsed, channel, receipt, now);
    }
    // Any other topic of ours is nothing to take: a source's pattern may be wide enough to match it, and reading our own
    // output would go round for ever.
    receipt.release();
  }

  #foreignOrigin(topic: string): Origin | Refusal {
    for (const source of this.#parts.sources) {
      const match = source.match(topic);
      if (match === undefined) continue;
      return 'reason' in match ? match : { ...match, format: source.format, rename: source.rename };
    }
    return {
      reason: 'topic',
      message: `the topic names no device: site, area and device must be valid names, or a source must map it`,
    };
  }

  #takeValues(
    delivery: Delivery,
    origin: Origin,
    receipt: Receipt,
    { now, accepted }: { readonly now: number; readonly accepted: Accepted[] },
  ): void {
    const { registry, sequences } = this.#parts;
    const { device } = origin;
    if (!delivery.retained) registry.seen(device, now);
    const tooLarge = this.#sizeProblem(delivery.payload);
    if (tooLarge !== undefined) {
      this.#refuse(delivery, [tooLarge], receipt, now, device);
      return;
    }
    const decoded = FORMATS[origin.format].decode(delivery.payload, { metric: origin.metric });
    const refusals: Refusal[] = [...decoded.refusals];
    const points: Point[] = [];
    const sender = { ...device, model: registry.modelOf(device) };
    const id = deviceKey(device);
    for (const [i, record] of decoded.records.entries()) {
      if (record.sequence !== null && sequences.has(id, record.sequence)) {
        this.#parts.onRepeat?.();
        continue;
      }
      const metrics = origin.rename === null ? record.metrics : rename(record.metrics, origin.rename);
      // The broker sends a retained message again at every subscription: without a time of its own it may be years old, and
      // the time of its arrival would make it news, raise an alarm or hide that the device is silent.
      const isHistory = record.isHistory || (delivery.retained && record.measuredAt === null);
      // Records without a usable time get that of their arrival, a millisecond apart: at one moment the store would keep one.
      const arrivedAt = now - (decoded.records.length - 1 - i);
      const refusedBefore = refusals.length;
      normaliseRecord({ ...record, metrics, isHistory }, sender, {
        table: this.#table,
        now: arrivedAt,
        points,
        refusals,
      });
      if (record.sequence === null) continue;
      // A record of which a part was refused is taken again when it comes again: replayed, once its model knows the metric.
      const kind = record.isWhole && refusals.length === refusedBefore ? 'whole' : 'unfinished';
      accepted.push({ device: id, sequence: record.sequence, kind });
    }
    for (const point of points) this.#parts.batcher.add(encodePoint(point), point.series.shard, receipt);
    this.#parts.onPoints?.(points.length);
    this.#refuse(delivery, refusals, receipt, now, device);
  }

  #sizeProblem({ length }: Buffer): Refusal | undefined {
    const { payloadBytesMax } = this.#parts;
    if (length <= payloadBytesMax) return undefined;
    return { reason: 'size', message: `the payload has ${length} bytes; at most ${payloadBytesMax} are taken` };
  }

  #takeBirth(delivery: Delivery, device: DeviceName, channel: DeviceChannel, receipt: Receipt, now: number): void {
    if (delivery.payload.length === 0) return; // a retained birth was cleared
    const parsed = this.#sizeProblem(delivery.payload) ?? parseJsonText(delivery.payload);
    const birth = 'value' in parsed ? readBirth(parsed.value, channel) : parsed;
    if ('reason' in birth) this.#refuse(delivery, [birth], receipt, now, device);
    else this.#parts.registry.born(device, birth);
    if (!delivery.retained) this.#parts.registry.seen(device, now);
  }

  #refuse(delivery: Delivery, refusals: readonly Refusal[], receipt: Receipt, now: number, device?: DeviceName): void {
    if (refusals.length === 0) return;
    for (const refusal of refusals) this.#parts.onRefusal?.(refusal);
    const kept = fewer(refusals);
    if (device !== undefined) for (const refusal of kept) this.#parts.registry.refused(device, refusal, now);
    const { topic, payload, retained } = delivery;
    receipt.hold();
    void this.#parts
      .reject({ topic, payload, payloadBytes: payload.length, retained, receivedAt: now, refusals: kept })
      .then(() => receipt.release());
  }
}

/** At most REFUSALS_MAX of them; the last then says how many it stands for. */
function fewer(refusals: readonly Refusal[]): readonly Refusal[] {
  const last = refusals[REFUSALS_MAX - 1];
  if (last === undefined || refusals.length === REFUSALS_MAX) return refusals;
  const message = `${last.message}; and ${refusals.length - REFUSALS_MAX} more in this message`;
  return [...refusals.slice(0, REFUSALS_MAX - 1), { ...last, message }];
}

function ownOrigin({ site, area, device }: DeviceName): Origin {
  return { device: { site, area, device }, format: 'json', metric: null, rename: null };
}

function rename<T extends { readonly metric: string }>(
  metrics: readonly T[],
  to: (metric: string) => string | null,
): T[] {
  return metrics.flatMap((each) => {
    const metric = to(each.metric);
    return metric === null ? [] : [{ ...each, metric }];
  });
}
