// Bytes to a Sparkplug B payload, straight from the buffer: what nobody asks for is gone over without decoding it. A field that
// is written in another way than the schema says is one we do not know, as every reader of Protocol Buffers takes it.

import type { Quality } from '#domain/quality.ts';
import type { Metric, Payload, Properties, Unreadable, WireValue } from './payload.ts';
import { FIXED_32, FIXED_64, LENGTH, VARINT, WireReader } from './wire.ts';

/** Metrics of one payload: an edge node of tens of thousands of tags says all of them in its birth. */
const METRICS_MAX = 50_000;
/** Properties of one metric; a tag of a large system has some ten. */
const PROPERTIES_MAX = 256;

/** A metric's value: its fields 10 to 19, in the order of `readValue`. A property's: 3 to 11. */
const METRIC_VALUE = 10;
const PROPERTY_VALUE = 3;

const PROPERTY_KEYS: readonly string[] = ['Quality', 'engUnit', 'engLow', 'engHigh'];
/** [tck-id-payloads-propertyset-quality-value-value]; others are OPC's, whose upper bits of eight say it. */
const STALE = 500;

export function decodePayload(bytes: Buffer): Payload | Unreadable {
  const reader = new WireReader(bytes);
  const metrics: Metric[] = [];
  let timestamp: number | null = null;
  let seq: number | null = null;
  let uuid: string | null = null;
  let body: Buffer | null = null;
  while (reader.next()) {
    const { field, type } = reader;
    if (field === 2 && type === LENGTH) {
      if (metrics.length === METRICS_MAX) reader.fail(reader.at, `more than ${METRICS_MAX} metrics`);
      else metrics.push(within(reader, decodeMetric));
    } else if (field === 1 && type === VARINT) timestamp = reader.unsigned();
    else if (field === 3 && type === VARINT) seq = reader.unsigned();
    else if (field === 4 && type === LENGTH) uuid = reader.text() ?? null;
    else if (field === 5 && type === LENGTH) {
      const length = reader.length();
      body = bytes.subarray(reader.at, reader.at + length);
      reader.at += length;
    } else reader.skip();
  }
  if (reader.problem !== undefined) return { kind: 'broken', problem: reader.problem };
  return { timestamp, seq, uuid, body, metrics };
}

/** Reads a message within the message. */
function within<T>(reader: WireReader, read: (reader: WireReader) => T): T {
  const { limit } = reader;
  const length = reader.length();
  reader.limit = reader.at + length;
  const made = read(reader);
  reader.limit = limit;
  return made;
}

function decodeMetric(reader: WireReader): Metric {
  let name: string | null = null;
  let alias: number | null = null;
  let timestamp: number | null = null;
  let datatype = 0;
  let isHistorical = false;
  let isTransient = false;
  let isNull = false;
  let properties: Properties | null = null;
  let value: WireValue | null = null;
  let problem: string | null = null;
  while (reader.next()) {
    const { field, type } = reader;
    if (field >= METRIC_VALUE && field <= METRIC_VALUE + 9) {
      const { at } = reader;
      const read = readValue(reader, field - METRIC_VALUE);
      if (typeof read === 'string') problem = `the text at byte ${at} is not UTF-8`;
      else value = read ?? value;
    } else if (type === VARINT) {
      if (field === 2) {
        alias = reader.unsigned();
        if (alias > Number.MAX_SAFE_INTEGER) problem = `the alias before byte ${reader.at} is larger than 2^53`;
      } else if (field === 3) timestamp = reader.unsigned();
      else if (field === 4) datatype = reader.unsigned();
      else if (field === 5) isHistorical = reader.flag();
      else if (field === 6) isTransient = reader.flag();
      else if (field === 7) isNull = reader.flag();
      else reader.skip();
    } else if (field === 1 && type === LENGTH) {
      const { at } = reader;
      name = reader.text() ?? null;
      if (name === null) problem = `the name at byte ${at} is not UTF-8`;
    } else if (field === 9 && type === LENGTH) properties = within(reader, decodeProperties);
    else reader.skip();
  }
  return { name, alias, timestamp, datatype, isHistorical, isTransient, isNull, properties, value, problem };
}

const OTHER: WireValue = { field: 'other' };

/**
 * The member of a value's `oneof`, by its place in the schema. null where it is written in another way than it should be, and
 * a text where it is a text that is no UTF-8.
 */
function readValue(reader: WireReader, place: number): WireValue | null | 'broken' {
  const { type } = reader;
  if (place <= 1 && type === VARINT) {
    reader.varint();
    return { field: place === 0 ? 'int' : 'long', low: reader.low, high: reader.high };
  }
  if (place === 2 && type === FIXED_32) return { field: 'float', number: reader.float() };
  if (place === 3 && type === FIXED_64) return { field: 'double', number: reader.double() };
  if (place === 4 && type === VARINT) return { field: 'boolean', flag: reader.flag() };
  if (place === 5 && type === LENGTH) {
    const text = reader.text();
    return text === undefined ? 'broken' : { field: 'string', text };
  }
  reader.skip();
  return place > 5 && type === LENGTH ? OTHER : null;
}

/** Keys and values stand in two lists, and a list may come after the other or in pieces: values are read once both are known. */
function decodeProperties(reader: WireReader): Properties {
  const keys: number[] = [];
  const places: number[] = [];
  while (reader.next()) {
    const { field, type } = reader;
    if (field === 1 && type === LENGTH) keys.push(PROPERTY_KEYS.indexOf(reader.text() ?? ''));
    else if (field === 2 && type === LENGTH) {
      places.push(reader.at);
      reader.skip();
    } else reader.skip();
    if (keys.length > PROPERTIES_MAX || places.length > PROPERTIES_MAX) {
      reader.fail(reader.at, `more than ${PROPERTIES_MAX} properties of one metric`);
    }
  }
  const end = reader.at;
  const values: (WireValue | null)[] = [null, null, null, null];
  for (const [i, key] of keys.entries()) {
    const place = places[i];
    if (key === -1 || place === undefined || reader.problem !== undefined) continue;
    reader.at = place;
    values[key] = within(reader, decodeProperty);
  }
  if (reader.problem === undefined) reader.at = end;
  const [quality, unit, low, high] = values;
  return {
    quality: qualityOf(numberOf(quality)),
    unit: unit?.field === 'string' ? unit.text : null,
    low: numberOf(low),
    high: numberOf(high),
  };
}

function decodeProperty(reader: WireReader): WireValue | null {
  let value: WireValue | null = null;
  let isNull = false;
  while (reader.next()) {
    const { field, type } = reader;
    if (field >= PROPERTY_VALUE && field <= PROPERTY_VALUE + 5) {
      const read = readValue(reader, field - PROPERTY_VALUE);
      if (typeof read !== 'string') value = read ?? value;
    } else if (field === 2 && type === VARINT) isNull = reader.flag();
    else reader.skip();
  }
  return isNull ? null : value;
}

/** Properties have a type of their own, and are small: a negative one is a sign that went through. */
function numberOf(value: WireValue | null | undefined): number | null {
  switch (value?.field) {
    case 'int':
      return value.low | 0;
    case 'long':
      return (value.high | 0) * 2 ** 32 + value.low;
    case 'float':
    case 'double':
      return Number.isFinite(value.number) ? value.number : null;
    default:
      return null;
  }
}

function qualityOf(code: number | null): Quality | null {
  if (code === null) return null;
  if (code === STALE || (code >= 0 && code < 64)) return 'bad';
  return code >= 192 && code < 256 ? 'good' : 'uncertain';
}
