// One message in, points or reasons out. The message is acknowledged when the broker has every batch and every rejection
// that it led to: whatever is killed before comes again. Pure but for the two publishing functions it is given.

import { isUtf8 } from 'node:buffer';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { isName } from '#domain/name.ts';
import type { Point } from '#domain/point.ts';
import { REJECTED_PAYLOAD_MAX, type Rejected } from '#domain/rejected.ts';
import { type DeviceChannel, type DeviceName, parseTopic, topics } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import { type Batcher, Receipt } from './batcher.ts';
import { FORMATS, type FormatName } from './formats/formats.ts';
import { isPlainObject, parseJsonText } from './formats/json-text.ts';
import { normaliseRecord } from './normaliser.ts';
import type { Refusal } from './record.ts';
import type { Birth, DeviceRegistry } from './registry.ts';
import { Repeats } from './repeats.ts';
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
    const receipt = new Receipt(delivery.ack);
    const now = this.#parts.now();
    const parsed = parseTopic(delivery.topic);
    if (parsed?.kind === 'device' && parsed.channel !== 'tele' && parsed.channel !== 'event') {
      this.#takeBirth(delivery, parsed, parsed.channel as DeviceChannel, receipt, now);
    } else {
      const origin = parsed?.kind === 'device' ? ownOrigin(parsed) : this.#foreignOrigin(delivery.topic);
      if ('reason' in origin) this.#refuse(delivery, origin, receipt, now);
      else this.#takeValues(delivery, origin, receipt, now);
    }
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

  #takeValues(delivery: Delivery, origin: Origin, receipt: Receipt, now: number): void {
    const { registry, payloadBytesMax } = this.#parts;
    const { device } = origin;
    registry.seen(device, now);
    if (delivery.payload.length > payloadBytesMax) {
      const message = `the payload has ${delivery.payload.length} bytes; at most ${payloadBytesMax} are taken`;
      this.#refuse(delivery, { reason: 'size', message }, receipt, now, device);
      return;
    }
    const decoded = FORMATS[origin.format].decode(delivery.payload, { metric: origin.metric });
    const refusals: Refusal[] = [...decoded.refusals];
    const points: Point[] = [];
    const sender = { ...device, model: registry.modelOf(device) };
    for (const record of decoded.records) {
      if (
        record.sequence !== null &&
        this.#repeats.isRepeat(`${device.site}/${device.area}/${device.device}`, record.sequence)
      ) {
        this.#parts.onRepeat?.();
        continue;
      }
      const renamed = origin.rename === null ? record : { ...record, metrics: rename(record.metrics, origin.rename) };
      normaliseRecord(renamed, sender, { table: this.#table, now, points, refusals });
    }
    for (const point of points) this.#parts.batcher.add(encodePoint(point), point.series.shard, receipt);
    this.#parts.onPoints?.(points.length);
    for (const refusal of refusals) this.#refuse(delivery, refusal, receipt, now, device);
  }

  #takeBirth(delivery: Delivery, device: DeviceName, channel: DeviceChannel, receipt: Receipt, now: number): void {
    if (delivery.payload.length === 0) return; // a retained birth was cleared
    const parsed = parseJsonText(delivery.payload);
    const birth = 'value' in parsed ? readBirth(parsed.value, channel) : parsed;
    if ('reason' in birth) this.#refuse(delivery, birth, receipt, now, device);
    else this.#parts.registry.born(device, birth);
    if (!delivery.retained) this.#parts.registry.seen(device, now);
  }

  #refuse(delivery: Delivery, refusal: Refusal, receipt: Receipt, now: number, device?: DeviceName): void {
    if (device !== undefined) this.#parts.registry.refused(device, refusal, now);
    this.#parts.onRefusal?.(refusal);
    const { payload } = delivery;
    const isText = isUtf8(payload);
    const rejected: Rejected = {
      ...refusal,
      topic: delivery.topic,
      payload: payload.toString(isText ? 'utf8' : 'base64').slice(0, REJECTED_PAYLOAD_MAX),
      payloadEncoding: isText ? 'utf8' : 'base64',
      payloadBytes: payload.length,
      receivedAt: now,
    };
    receipt.hold();
    this.#parts.publish(topics.rejected(refusal.reason), JSON.stringify(rejected)).then(
      () => receipt.release(),
      () => {}, // only a closing bus refuses: the message stays unacknowledged and comes again
    );
  }
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

/** `{"s":"online","fw":"1.4.0"}` of status, `{"model":…,"role":…,"labels":{…}}` of meta. */
function readBirth(value: unknown, channel: DeviceChannel): Birth | Refusal {
  if (!isPlainObject(value)) return { reason: 'shape', message: `${channel} must be a JSON object` };
  const { s, fw, model, role, labels } = value;
  if (channel === 'status') {
    if (s !== 'online' && s !== 'offline')
      return { reason: 'shape', message: `'s' of status must be "online" or "offline"` };
    return { online: s === 'online', ...(typeof fw === 'string' ? { firmware: fw.slice(0, 64) } : {}) };
  }
  for (const [key, name] of [
    ['model', model],
    ['role', role],
  ] as const) {
    if (name !== undefined && (typeof name !== 'string' || !isName(name))) {
      return { reason: 'shape', message: `'${key}' of ${channel} must be a valid name` };
    }
  }
  if (
    labels !== undefined &&
    (!isPlainObject(labels) || !Object.entries(labels).every(([k, v]) => isName(k) && isLabelText(v)))
  ) {
    return { reason: 'shape', message: `'labels' of ${channel} must map names to texts of at most 128 characters` };
  }
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof role === 'string' ? { role } : {}),
    ...(labels === undefined ? {} : { labels: labels as Record<string, string> }),
    ...(typeof fw === 'string' ? { firmware: fw.slice(0, 64) } : {}),
  };
}

function isLabelText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 128;
}
