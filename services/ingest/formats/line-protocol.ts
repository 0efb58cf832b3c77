// InfluxDB line protocol, as Telegraf and many loggers send it over MQTT: `weather,station=roof temp=21.4,hum=47i 1795355425172000000`.
// A field is the metric `measurement.field`, and `measurement` where the field is called `value`. Tags that the source names
// tell the device; any other tag becomes part of the name, `cpu.cpu0.usage`, or values of several would fall together.
// The time is told apart by its size (timestamp.ts), so that any precision is understood.

import { decodeLines, type FieldValue, type Line } from '#domain/line-protocol.ts';
import type { Refusal } from '#domain/rejected.ts';
import {
  type Format,
  METRICS_MAX,
  type RawMetric,
  type RawRecord,
  type RawValue,
  RECORDS_MAX,
  refused,
  TEXT_CHARS_MAX,
} from '../record.ts';
import { payloadText } from './text.ts';
import { readTimestamp } from './timestamp.ts';

const LINE_HINT = `a line is such as pump,line=a temp=21.4,rpm=1480i,on=true,mode="auto" 1795355425000000000`;

export const lineProtocolFormat: Format = {
  decode(payload, { options }) {
    const read = payloadText(payload);
    if ('reason' in read) return { records: [], refusals: [read] };
    const records: RawRecord[] = [];
    const refusals: Refusal[] = [];
    let left = 0;
    decodeLines(
      read.text,
      (line, lineNumber) => {
        if (records.length === RECORDS_MAX) left++;
        else records.push(recordOf(line, { lineNumber, refusals, senderFields: options.senderFields }));
      },
      ({ lineNumber, reason }) => {
        refusals.push({
          reason: 'line',
          message: `line ${lineNumber}: ${reason}; ${LINE_HINT}`,
          place: `line ${lineNumber}`,
        });
      },
    );
    if (left > 0)
      refusals.push({
        reason: 'size',
        message: `the payload holds ${left} lines more than the ${RECORDS_MAX} that fit`,
      });
    if (records.length === 0 && refusals.length === 0) return refused('shape', 'the payload holds no line');
    return { records, refusals };
  },
};

type Into = { readonly lineNumber: number; readonly refusals: Refusal[]; readonly senderFields: readonly string[] };

function recordOf(line: Line, { lineNumber, refusals, senderFields }: Into): RawRecord {
  const metrics: RawMetric[] = [];
  const refusedBefore = refusals.length;
  const where = `line ${lineNumber}`;
  const inName = line.tags.filter(([key]) => !senderFields.includes(key)).map(([, value]) => value);
  const root = [line.measurement, ...inName].join('.');
  for (const [key, field] of line.fields.slice(0, METRICS_MAX)) {
    const value = fieldValue(field);
    const metric = key === 'value' ? root : `${root}.${key}`;
    if (typeof value === 'string' && value.length > TEXT_CHARS_MAX) {
      const message = `line ${lineNumber}: '${key.slice(0, 64)}' is a text of ${value.length} characters; at most ${TEXT_CHARS_MAX} are kept`;
      refusals.push({ reason: 'type', message, place: where });
    } else metrics.push({ metric, value, quality: 'good' });
  }
  if (line.fields.length > METRICS_MAX) {
    refusals.push({
      reason: 'size',
      message: `line ${lineNumber}: a record holds at most ${METRICS_MAX} metrics; the others are left`,
      place: where,
    });
  }
  // A time that cannot be one (0, or before 1970) is none: the point gets that of its arrival, as InfluxDB does without one.
  const measuredAt = line.time === undefined ? null : (readTimestamp(Number(line.time)) ?? 0);
  const isWhole = refusals.length === refusedBefore;
  const sender =
    senderFields.length === 0 ? {} : { sender: new Map(line.tags.filter(([key]) => senderFields.includes(key))) };
  return { measuredAt, sequence: null, isHistory: false, isWhole, metrics, where, ...sender };
}

function fieldValue(field: FieldValue): RawValue {
  return field.type === 'integer' ? Number(field.value) : field.value;
}
