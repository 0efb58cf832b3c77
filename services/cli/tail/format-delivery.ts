// A message as `penstock tail` shows it. Pure. A batch of points becomes one line per point; everything else stays the
// one line it is. What a device sent is not trusted to be text: control characters would reach the reader's terminal.

import { isUtf8 } from 'node:buffer';
import { decodeBatch, type SeriesTable } from '#domain/batch.ts';
import type { Point } from '#domain/point.ts';
import { parseTopic } from '#domain/topic.ts';
import type { Paint } from '../cli.ts';
import { printable } from '../printable.ts';

export type Tailed = {
  readonly receivedAt: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly retained: boolean;
};

const SHOWN_MAX = 2_000;

/** For a person. */
export function formatTailed(message: Tailed, table: SeriesTable, paint: Paint): string[] {
  const time = paint('dim', timeText(message.receivedAt));
  const topic = paint('cyan', printable(message.topic));
  const head = `${time} ${topic}${message.retained ? paint('dim', ' (retained)') : ''}`;
  const points = pointsOf(message, table);
  return points === undefined
    ? [`${head} ${payloadText(message.payload)}`]
    : points.map((point) => `${head} ${pointText(point)}`);
}

/** For a program: one JSON object per message, or per point of a batch. */
export function tailedJson(message: Tailed, table: SeriesTable): object[] {
  const { receivedAt, topic, retained } = message;
  const points = pointsOf(message, table);
  if (points === undefined) return [tailedRecord(message)];
  return points.map(({ series: { site, area, device, metric }, value, quality, measuredAt, late }) => {
    return { receivedAt, topic, retained, site, area, device, metric, value, quality, measuredAt, late };
  });
}

/** The message as it came, for a file that can be played back. */
export function tailedRecord({ receivedAt, topic, payload, retained }: Tailed): object {
  const body = isUtf8(payload) ? { payload: payload.toString() } : { payloadBase64: payload.toString('base64') };
  return { receivedAt, topic, retained, ...body };
}

/** The points of a batch; undefined where the message is no batch, or holds a line that is no point. */
function pointsOf(message: Tailed, table: SeriesTable): Point[] | undefined {
  if (parseTopic(message.topic)?.kind !== 'points') return undefined;
  const points: Point[] = [];
  let isWhole = true;
  decodeBatch(
    message.payload.toString(),
    table,
    (point) => points.push(point),
    () => {
      isWhole = false;
    },
  );
  return isWhole && points.length > 0 ? points : undefined;
}

function pointText({ series, value, quality, measuredAt, late }: Point): string {
  const name = `${series.site}/${series.area}/${series.device} ${series.metric}`;
  const shown = typeof value === 'string' ? JSON.stringify(printable(value)) : String(value ?? 'no value');
  const marks = [quality === 'good' ? '' : ` ${quality}`, late ? ' late' : ''].join('');
  return `${name} = ${shown}${marks} @ ${timeText(measuredAt)}`;
}

function payloadText(payload: Buffer): string {
  if (payload.length === 0) return '(empty)';
  if (!isUtf8(payload)) return `(${payload.length} bytes) ${payload.toString('base64').slice(0, SHOWN_MAX)}`;
  const text = printable(payload.toString());
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}… (${text.length} characters)` : text;
}

/** UTC, to the millisecond. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11);
}
