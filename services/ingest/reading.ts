// How a payload is read: inflated, taken out of what it is wrapped in, decoded, and its metrics called by our names.

import type { Refusal } from '#domain/rejected.ts';
import type { Layout } from '#runtime/binary-layout.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { inflate } from './formats/compression.ts';
import { FORMATS, type FormatName } from './formats/formats.ts';
import { type Decoded, type FormatOptions, NO_OPTIONS, placed, type RawMetric } from './record.ts';
import { type Inside, insideOut, payloadInside } from './sources/inside.ts';
import type { MetricMap } from './sources/metric-map.ts';

export type Reading = {
  readonly format: FormatName;
  readonly options: FormatOptions;
  readonly inside: Inside | null;
  /** null: the sender's names are ours. */
  readonly map: MetricMap | null;
};

const PLAIN: Reading = { format: 'json', options: NO_OPTIONS, inside: null, map: null };
const readings = new WeakMap<DeviceModel, Reading>();

/** How the payloads on a device's own topics are read: as its model says, else as JSON. */
export function readingOf(model: DeviceModel | null): Reading {
  if (model === null) return PLAIN;
  const known = readings.get(model);
  if (known !== undefined) return known;
  const reading: Reading = { ...PLAIN, format: model.format ?? 'json', options: optionsOf(model) };
  readings.set(model, reading);
  return reading;
}

type Members = Pick<DeviceModel, 'csv' | 'time'>;

export function optionsOf({ csv, time }: Members, senderFields: readonly string[] = []): FormatOptions {
  if (csv === undefined && time === undefined && senderFields.length === 0) return NO_OPTIONS;
  const columns = csv?.columns ?? null;
  const separator = csv?.separator ?? NO_OPTIONS.separator;
  return { columns, separator, timeMember: time, senderFields };
}

export type ReadContext = {
  readonly metric: string | null;
  readonly now: number;
  readonly bytesMax: number;
  readonly layouts: readonly Layout[];
};

export function readPayload(payload: Buffer, reading: Reading, context: ReadContext): Decoded {
  const tooLarge = sizeProblem(payload, context.bytesMax);
  if (tooLarge !== undefined) return { records: [], refusals: [tooLarge] };
  const decoded = readUnmapped(payload, reading, context);
  return reading.map === null ? decoded : mapped(decoded, reading.map);
}

export function sizeProblem({ length }: Buffer, bytesMax: number): Refusal | undefined {
  if (length <= bytesMax) return undefined;
  return { reason: 'size', message: `the payload has ${length} bytes; at most ${bytesMax} are taken` };
}

function readUnmapped(payload: Buffer, reading: Reading, context: ReadContext): Decoded {
  const { inside, format } = reading;
  // Bytes of a layout may begin with anything, so only what is no layout's is looked at for compression.
  const plain = inside === null && format === 'binary' ? payload : inflate(payload, context.bytesMax);
  if ('reason' in plain) return { records: [], refusals: [plain] };
  if (inside === null) return decode(plain, reading, context);
  const inner = payloadInside(plain, inside);
  if ('reason' in inner) return { records: [], refusals: [inner] };
  return insideOut(decode(inner.payload, reading, context), inner, inside);
}

function decode(payload: Buffer, { format, options }: Reading, { metric, now, layouts }: ReadContext): Decoded {
  return FORMATS[format].decode(payload, { metric, now, layouts, options });
}

function mapped(decoded: Decoded, map: MetricMap): Decoded {
  const refusals = [...decoded.refusals];
  const records = decoded.records.map((record) => {
    const metrics: RawMetric[] = [];
    const before = refusals.length;
    for (const raw of record.metrics) {
      const ours = map(raw);
      if (ours === null) continue;
      if ('reason' in ours) refusals.push(placed(ours, record, raw));
      else metrics.push(ours);
    }
    return { ...record, metrics, isWhole: record.isWhole && refusals.length === before };
  });
  return { records, refusals };
}
