// One message in, points or reasons out. The message is acknowledged when the broker has every batch and every rejection
// that it led to: whatever is killed before comes again. Pure but for the two publishing functions it is given.

import { isUtf8 } from 'node:buffer';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { REJECTED_PAYLOAD_MAX, type Refusal, type Rejected } from '#domain/rejected.ts';
import { type DeviceChannel, type DeviceName, deviceKey, parseTopic, topics } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import { type Batcher, Receipt } from './batcher.ts';
import { readBirth } from './birth.ts';
import { FORMATS, type FormatName } from './formats/formats.ts';
import { parseJsonText } from './formats/json-text.ts';
import { normaliseRecord } from './normaliser.ts';
import type { DeviceRegistry } from './registry.ts';
import { Repeats, type Sequence } from './repeats.ts';
import type { Source } from './sources.ts';

export type IngestParts = {
  readonly registry: DeviceRegistry;
  readonly sources: readonly Source[];
  readonly batcher: Batcher;
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly now: () => number;
  readonly payloadBytesMax: number;
  readonly onPoints?: (count: number) => void;
  readonly onRepeat?: () => void;
  readonly onRefusal?: (refusal: Refusal) => void;
};

/** A record on its way, to be remembered when the broker has it. */
type Accepted = { readonly device: string; readonly sequence: Sequence };

/** Rejections published for one message; a payload of thousands of bad metrics must not become thousands of messages. */
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
  readonly #repeats = new Repeats();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** Takes one message; acknowledges it by itself when it is safe. */
  take(delivery: Delivery): void {
    const accepted: Accepted[] = [];
    const receipt = new Receipt(() => {
      for (const { device, sequence } of accepted) this.#repeats.remember(device, sequence);
      delivery.ack();
    });
    const now = this.#parts.now();
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
    const { registry } = this.#parts;
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
      if (record.sequence !== null && this.#repeats.has(id, record.sequence)) {
        this.#parts.onRepeat?.();
        continue;
      }
      if (record.sequence !== null) accepted.push({ device: id, sequence: record.sequence });
      const metrics = origin.rename === null ? record.metrics : rename(record.metrics, origin.rename);
      // The broker sends a retained message again at every subscription: without a time of its own it may be years old, and
      // the time of its arrival would make it news, raise an alarm or hide that the device is silent.
      const isHistory = record.isHistory || (delivery.retained && record.measuredAt === null);
      // Records without a usable time get that of their arrival, a millisecond apart: at one moment the store would keep one.
      const arrivedAt = now - (decoded.records.length - 1 - i);
      normaliseRecord({ ...record, metrics, isHistory }, sender, {
        table: this.#table,
        now: arrivedAt,
        points,
        refusals,
      });
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
    for (const refusal of refusals) this.#parts.onRefusal?.(refusal);
    for (const refusal of fewer(refusals)) {
      if (device !== undefined) this.#parts.registry.refused(device, refusal, now);
      receipt.hold();
      this.#parts.publish(topics.rejected(refusal.reason), JSON.stringify(toRejected(delivery, refusal, now))).then(
        () => receipt.release(),
        () => {}, // only a closing bus refuses: the message stays unacknowledged and comes again
      );
    }
  }
}

/** At most REFUSALS_MAX of them; the last then says how many it stands for. */
function fewer(refusals: readonly Refusal[]): readonly Refusal[] {
  const last = refusals[REFUSALS_MAX - 1];
  if (last === undefined || refusals.length === REFUSALS_MAX) return refusals;
  const message = `${last.message}; and ${refusals.length - REFUSALS_MAX} more in this message`;
  return [...refusals.slice(0, REFUSALS_MAX - 1), { ...last, message }];
}

function toRejected({ topic, payload }: Delivery, refusal: Refusal, now: number): Rejected {
  const encoding = isUtf8(payload) ? 'utf8' : 'base64';
  // A character takes at most three bytes per UTF-16 unit, so the cut of the bytes lies beyond the cut of the text.
  const start = payload.subarray(0, REJECTED_PAYLOAD_MAX * 4);
  return {
    ...refusal,
    topic,
    payload: start.toString(encoding).slice(0, REJECTED_PAYLOAD_MAX),
    payloadEncoding: encoding,
    payloadBytes: payload.length,
    receivedAt: now,
  };
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
