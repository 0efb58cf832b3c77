// A series as JSON text. Written by hand for two reasons: integers beyond 2^53 keep all digits, and columns come before
// values, which Grafana relies on.

import type { Cell, ResultSeries } from '../influxql/result.ts';
import { formatTime, UTC, zoneOffset } from '../influxql/time-text.ts';
import { type Epoch, encodeTime } from './epoch.ts';

export type TimeText = (us: number) => string;

/** `epoch` undefined: RFC 3339, in the zone's local time. */
export function timeText(epoch: Epoch | undefined, zone: string | undefined): TimeText {
  if (epoch !== undefined) return (us) => encodeTime(us, epoch);
  const offset = zone === undefined ? UTC : zoneOffset(zone);
  return (us) => `"${formatTime(us, offset)}"`;
}

/** What stands before the values, without the opening bracket. */
export function headJson({ name, tags, columns }: ResultSeries): string {
  let text = name === undefined ? '' : `"name":${JSON.stringify(name)},`;
  if (tags !== undefined) text += `"tags":${JSON.stringify(tags)},`;
  return `${text}"columns":${JSON.stringify(columns)}`;
}

/** Of one piece of text: rows may be long, and whoever reads slowly should not make many wait in memory. */
const CHARS_PER_PIECE = 65_536;

/** The rows, joined by commas, in pieces to be joined by commas; nothing where there are none. */
export function* rowsJson({ columns, values }: ResultSeries, time: TimeText): Generator<string> {
  const isTimed = columns[0] === 'time';
  let text = '';
  for (const row of values) {
    if (text !== '') text += ',';
    text += '[';
    for (let i = 0; i < row.length; i++) {
      const cell = row[i] ?? null;
      if (i > 0) text += ',';
      text += i === 0 && isTimed ? time(Number(cell)) : cellJson(cell);
    }
    text += ']';
    if (text.length >= CHARS_PER_PIECE) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

function cellJson(cell: Cell): string {
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : 'null';
  return typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell);
}
