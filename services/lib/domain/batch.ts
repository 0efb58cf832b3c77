// The batch between services: points as line protocol with millisecond timestamps, one shard per batch.
// Raw messages are many and small, and a hop costs the same for one point as for hundreds. Hot path: a series is recognised
// by its whole key in one map lookup. A line that is not in the exact form that encodePoint writes goes through the general
// decoder, so that any writer of line protocol is understood.

import { decodeLine, encodeField, encodeFloat } from './line-protocol.ts';
import { isMetricName, isName } from './name.ts';
import type { Point, Value } from './point.ts';
import { decodeQuality, encodeQuality, type Quality } from './quality.ts';
import { makeSeries, READING, type Series, type SeriesName } from './series.ts';

/** What a line of a batch was when it is no point: its text and why. */
export type BatchError = { readonly line: string; readonly reason: string };

/**
 * The series that a process has met, each made once. It is a cache and bounded: past `limit` it starts again empty,
 * which costs one makeSeries per live series and loses nothing.
 */
export class SeriesTable {
  readonly #byKey = new Map<string, Series>();
  readonly #byName = new Map<string, Series>();
  readonly #limit: number;

  constructor(limit = 1_000_000) {
    this.#limit = limit;
  }

  /** The series of these names, which must have been checked (name.ts). */
  of(name: SeriesName): Series {
    const id = `${name.site}/${name.area}/${name.device}/${name.metric}`;
    const known = this.#byName.get(id);
    if (known !== undefined) return known;
    if (this.#byName.size >= this.#limit) {
      this.#byName.clear();
      this.#byKey.clear();
    }
    const series = makeSeries(name, this.#byName.size);
    this.#byName.set(id, series);
    this.#byKey.set(series.key, series);
    return series;
  }

  byKey(key: string): Series | undefined {
    return this.#byKey.get(key);
  }
}

function encodeValue(value: Value): string {
  if (typeof value === 'number') return `value=${encodeFloat(value)}`;
  if (typeof value === 'boolean') return value ? 'flag=true' : 'flag=false';
  return `text=${encodeField({ type: 'string', value })}`;
}

/**
 * One line, without its newline. A point without a value carries only its quality.
 * @throws RangeError where a number is not finite
 */
export function encodePoint(point: Point): string {
  const { series, value, quality, measuredAt, late } = point;
  let fields = value === null ? '' : encodeValue(value);
  if (quality !== 'good' || value === null) fields += `${fields === '' ? '' : ','}q=${encodeQuality(quality)}i`;
  if (late) fields += ',late=true';
  return `${series.key} ${fields} ${measuredAt}`;
}

/**
 * Every point of a batch to `onPoint` with its line, in order; a line that is none to `onError`. A bad line never costs a good one, unless
 * it opens a text that a later line closes: both are then one line, as InfluxDB reads them.
 */
export function decodeBatch(
  text: string,
  table: SeriesTable,
  onPoint: (point: Point, line: string) => void,
  onError: (error: BatchError) => void,
): void {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    let end = newline === -1 ? text.length : newline;
    let line = text.slice(start, end);
    let point = decodePlainPoint(line, table);
    if (point === undefined) {
      end = endOfLineWithText(text, start, end);
      line = text.slice(start, end);
      if (line.trim() !== '') {
        const decoded = decodeAnyPoint(line, table);
        if (typeof decoded === 'string') onError({ line, reason: decoded });
        else point = decoded;
      }
    }
    if (point !== undefined) onPoint(point, line);
    start = end + 1;
  }
}

/** The common case, a good number of a known series: `<key> value=<float> <ms>`. Undefined where the line is anything else. */
function decodePlainPoint(line: string, table: SeriesTable): Point | undefined {
  const fieldsAt = line.indexOf(' value=');
  if (fieldsAt === -1) return undefined;
  const timeAt = line.indexOf(' ', fieldsAt + 7);
  // Number('') is 0: a line that lacks its value or its time must not come to have one.
  if (timeAt === -1 || timeAt === fieldsAt + 7 || timeAt + 1 === line.length) return undefined;
  const series = table.byKey(line.slice(0, fieldsAt));
  if (series === undefined) return undefined;
  const value = Number(line.slice(fieldsAt + 7, timeAt));
  const measuredAt = Number(line.slice(timeAt + 1));
  // NaN where other fields follow the value (`1,q=1i`), and `0x10` is no float: the general decoder then judges.
  if (!startsLikeFloat(line, fieldsAt + 7) || !Number.isFinite(value) || !Number.isSafeInteger(measuredAt))
    return undefined;
  return { series, value, quality: 'good', measuredAt, late: false };
}

function startsLikeFloat(line: string, at: number): boolean {
  const first = line.charCodeAt(at);
  return (first === 45 || (first >= 48 && first <= 57)) && line.charCodeAt(at + 1) <= 57;
}

/** A quoted text may hold newlines: the line then ends at the first newline outside its quotes, if they are closed at all. */
function endOfLineWithText(text: string, start: number, plainEnd: number): number {
  const textAt = text.slice(start, plainEnd).indexOf('text="');
  if (textAt === -1) return plainEnd;
  let i = start + textAt + 6;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  if (i >= text.length) return plainEnd;
  const newline = text.indexOf('\n', i);
  return newline === -1 ? text.length : newline;
}

function decodeAnyPoint(text: string, table: SeriesTable): Point | string {
  const line = decodeLine(text);
  if (typeof line === 'string') return line;
  if (line.measurement !== READING) return `measurement is '${line.measurement}', not '${READING}'`;
  const { site, area, device, metric } = Object.fromEntries(line.tags) as Partial<SeriesName>;
  if (site === undefined || area === undefined || device === undefined || metric === undefined) {
    return 'a reading needs the tags site, area, device and metric';
  }
  if (![site, area, device].every(isName) || !isMetricName(metric))
    return 'site, area, device or metric is not a valid name';
  if (line.time === undefined) return 'a reading needs a timestamp';
  const measuredAt = Number(line.time);
  if (!Number.isSafeInteger(measuredAt)) return `timestamp ${line.time} is out of range`;
  let value: Value | null = null;
  let quality: Quality = 'good';
  let late = false;
  for (const [key, field] of line.fields) {
    if (key === 'value' && field.type === 'float') value = field.value;
    else if (key === 'flag' && field.type === 'boolean') value = field.value;
    else if (key === 'text' && field.type === 'string') value = field.value;
    else if (key === 'late' && field.type === 'boolean') late = field.value;
    else if (key === 'q' && field.type === 'integer') {
      const decoded = decodeQuality(Number(field.value));
      if (decoded === undefined) return `quality q is ${field.value}, not 0, 1 or 2`;
      quality = decoded;
    } else return `field '${key}' of type ${field.type} has no meaning in a reading`;
  }
  if (value === null && quality === 'good') return 'a reading needs a value, a flag or a text';
  return { series: table.of({ site, area, device, metric }), value, quality, measuredAt, late };
}
