// A Sparkplug B payload to bytes: commands to edge nodes, and whatever a test says as one.

import type { Metric, PayloadParts, Properties, WireValue } from './payload.ts';
import { WireWriter } from './wire.ts';

const METRIC_VALUE = 10;
const PROPERTY_VALUE = 3;
const QUALITY_CODES = { bad: 0, uncertain: 64, good: 192 } as const;
/** Datatypes of properties. */
const [INT_32, DOUBLE, STRING] = [3, 10, 12];

export function encodePayload({ timestamp, seq, uuid, body, metrics }: PayloadParts): Buffer {
  const writer = new WireWriter();
  if (isThere(timestamp)) writer.unsigned(1, timestamp);
  for (const metric of metrics ?? []) writer.block(2, encodeMetric(metric));
  if (isThere(seq)) writer.unsigned(3, seq);
  if (isThere(uuid)) writer.text(4, uuid);
  if (isThere(body)) writer.block(5, body);
  return writer.bytes;
}

function encodeMetric(metric: Partial<Metric>): Buffer {
  const { name, alias, timestamp, datatype, properties, value } = metric;
  const writer = new WireWriter();
  if (isThere(name)) writer.text(1, name);
  if (isThere(alias)) writer.unsigned(2, alias);
  if (isThere(timestamp)) writer.unsigned(3, timestamp);
  if (datatype !== undefined && datatype !== 0) writer.unsigned(4, datatype);
  if (metric.isHistorical === true) writer.flag(5, true);
  if (metric.isTransient === true) writer.flag(6, true);
  if (metric.isNull === true) writer.flag(7, true);
  if (isThere(properties)) writer.block(9, encodeProperties(properties));
  if (isThere(value)) writeValue(writer, METRIC_VALUE, value);
  return writer.bytes;
}

function encodeProperties({ quality, unit, low, high }: Properties): Buffer {
  const properties: [key: string, type: number, value: WireValue][] = [];
  if (quality !== null) properties.push(['Quality', INT_32, { field: 'int', low: QUALITY_CODES[quality], high: 0 }]);
  if (unit !== null) properties.push(['engUnit', STRING, { field: 'string', text: unit }]);
  if (low !== null) properties.push(['engLow', DOUBLE, { field: 'double', number: low }]);
  if (high !== null) properties.push(['engHigh', DOUBLE, { field: 'double', number: high }]);
  const writer = new WireWriter();
  for (const [key] of properties) writer.text(1, key);
  for (const [, type, value] of properties) {
    const property = new WireWriter().unsigned(1, type);
    writeValue(property, PROPERTY_VALUE, value);
    writer.block(2, property.bytes);
  }
  return writer.bytes;
}

/** @param first the field of a whole number of 32 bits; the others follow it */
function writeValue(writer: WireWriter, first: number, value: WireValue): void {
  switch (value.field) {
    case 'int':
      writer.halves(first, value.low, value.high);
      break;
    case 'long':
      writer.halves(first + 1, value.low, value.high);
      break;
    case 'float':
      writer.float(first + 2, value.number);
      break;
    case 'double':
      writer.double(first + 3, value.number);
      break;
    case 'boolean':
      writer.flag(first + 4, value.flag);
      break;
    case 'string':
      writer.text(first + 5, value.text);
      break;
    case 'other':
      writer.block(first + 6, Buffer.alloc(0));
  }
}

function isThere<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
