// A small binary payload by the layout of its device's model: bytes at fixed places, without any names. The first layout that
// fits the payload is the one.

import type { Refusal } from '#domain/rejected.ts';
import { FIELD_TYPES, type Layout, type LayoutField } from '#runtime/binary-layout.ts';
import { type Format, type RawMetric, type RawValue, refused } from '../record.ts';
import { scaled } from '../scaled.ts';

const DUMP_BYTES = 16;

export const binaryFormat: Format = {
  decode(payload, { layouts }) {
    if (payload.length === 0) return refused('shape', 'the payload is empty');
    if (layouts.length === 0) {
      return refused(
        'shape',
        'the payload is binary, and the model of the device has no layouts; describe its bytes there',
      );
    }
    const layout = layouts.find((each) => fits(each, payload));
    if (layout === undefined)
      return refused(
        'shape',
        `no layout of the model fits the ${payload.length} bytes ${dump(payload)}; describe such a payload in the model`,
      );
    const metrics: RawMetric[] = [];
    const refusals: Refusal[] = [];
    for (const field of layout.fields) {
      const value = readField(payload, field, layout.endian);
      if (typeof value === 'object' && value !== null) refusals.push(value);
      else metrics.push({ metric: field.metric, value, quality: value === null ? 'bad' : 'good' });
    }
    const isWhole = refusals.length === 0;
    const measuredAt = readTime(payload, layout);
    return { records: [{ measuredAt, sequence: null, isHistory: false, isWhole, metrics }], refusals };
  },
};

function fits({ bytes, first, fields, time }: Layout, payload: Buffer): boolean {
  if (bytes !== undefined && payload.length !== bytes) return false;
  if (Object.entries(first ?? {}).some(([at, byte]) => payload[Number(at)] !== byte)) return false;
  // A layout that is told by nothing else must at least be filled.
  return [...fields, ...(time === undefined ? [] : [time])].every(
    ({ at, type }) => at + Math.max(FIELD_TYPES[type], 1) <= payload.length,
  );
}

function readField(payload: Buffer, field: LayoutField, order: Layout['endian']): RawValue | Refusal {
  const { type, at } = field;
  if (type === 'flag') return (((payload[at] ?? 0) >> (field.bit ?? 0)) & 1) === 1;
  if (type === 'text') return readText(payload, field);
  const whole = readNumber(payload, { at, type, endian: field.endian ?? order });
  const raw = field.width === undefined ? whole : bitsOf(whole, field);
  if (raw === field.none || !Number.isFinite(raw)) return null;
  if (field.values === undefined) return scaled(raw, field);
  const named = field.values[String(raw)];
  if (named !== undefined) return named;
  return {
    reason: 'type',
    message: `'${field.metric}' is ${raw} at byte ${at}; the layout names ${Object.keys(field.values).join(', ')}`,
    place: `byte ${at}`,
  };
}

function readText(payload: Buffer, { at, bytes = 0 }: LayoutField): string {
  const whole = payload.subarray(at, at + bytes);
  const zero = whole.indexOf(0);
  return (zero === -1 ? whole : whole.subarray(0, zero)).toString('utf8').trimEnd();
}

/** Some bits of a number of up to 32: shifted to the top, and back down with their sign or without. */
function bitsOf(whole: number, { type, bit = 0, width = 32 }: LayoutField): number {
  const atTop = whole << (32 - width - bit);
  return type.startsWith('i') ? atTop >> (32 - width) : atTop >>> (32 - width);
}

type NumberAt = {
  readonly at: number;
  readonly type: Exclude<LayoutField['type'], 'flag' | 'text'>;
  readonly endian: Layout['endian'];
};

function readNumber(payload: Buffer, { at, type, endian }: NumberAt): number {
  const bytes = FIELD_TYPES[type];
  const isBig = endian === 'big';
  switch (type) {
    case 'f32':
      return isBig ? payload.readFloatBE(at) : payload.readFloatLE(at);
    case 'f64':
      return isBig ? payload.readDoubleBE(at) : payload.readDoubleLE(at);
    case 'u64':
      return Number(isBig ? payload.readBigUInt64BE(at) : payload.readBigUInt64LE(at));
    case 'i64':
      return Number(isBig ? payload.readBigInt64BE(at) : payload.readBigInt64LE(at));
    case 'u8':
    case 'u16':
    case 'u24':
    case 'u32':
      return isBig ? payload.readUIntBE(at, bytes) : payload.readUIntLE(at, bytes);
    case 'i8':
    case 'i16':
    case 'i24':
    case 'i32':
      return isBig ? payload.readIntBE(at, bytes) : payload.readIntLE(at, bytes);
  }
}

function readTime(payload: Buffer, { time, endian }: Layout): number | null {
  if (time === undefined) return null;
  const raw = readNumber(payload, { at: time.at, type: time.type, endian: time.endian ?? endian });
  return time.unit === 's' ? raw * 1_000 : raw;
}

function dump(payload: Buffer): string {
  const shown = payload.subarray(0, DUMP_BYTES).toString('hex');
  return `'${shown}${payload.length > DUMP_BYTES ? '…' : ''}'`;
}
