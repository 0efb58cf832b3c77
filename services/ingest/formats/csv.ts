// Lines of CSV (RFC 4180): each line a record, each column a metric. The columns stand in the source, or in the first line.
// A column called ts, time or timestamp (or what the source says) tells when; an empty cell says nothing about its metric.

import type { Refusal } from '#domain/rejected.ts';
import {
  type Decoded,
  type Format,
  type FormatOptions,
  METRICS_MAX,
  type RawMetric,
  type RawRecord,
  RECORDS_MAX,
  refused,
} from '../record.ts';
import { readBareValue } from './bare-value.ts';
import { type CsvLine, splitCsv } from './csv-lines.ts';
import { payloadText } from './text.ts';
import { readTimestamp, TIMESTAMP_HINT } from './timestamp.ts';

const TIME_COLUMNS = ['ts', 'time', 'timestamp'];

export const csvFormat: Format = {
  decode(payload, { options }) {
    const read = payloadText(payload);
    if ('reason' in read) return { records: [], refusals: [read] };
    // One more than is taken: the heading.
    const lines = splitCsv(read.text, options.separator, RECORDS_MAX + 2);
    if ('reason' in lines) return { records: [], refusals: [lines] };
    const [heading] = lines;
    if (heading === undefined) return refused('shape', 'the payload holds no line');
    const separator = otherSeparator(heading, options);
    if (separator !== undefined) {
      const wayOut = `say "csv": {"separator": ${JSON.stringify(separator)}} beside the format`;
      return refused('shape', `the cells are not parted by '${options.separator}'; ${wayOut}`, `line ${heading.line}`);
    }
    const columns = options.columns ?? heading.cells.map((cell) => cell.trim() || null);
    const rows = options.columns === null ? lines.slice(1) : lines;
    if (rows.length === 0)
      return refused('shape', 'the payload has a first line, which names the columns, and no other');
    if (columns.length > METRICS_MAX)
      return refused('size', `a line has ${columns.length} cells; at most ${METRICS_MAX} fit`, `line ${heading.line}`);
    const wrong = columnsProblem(columns, options);
    return wrong === undefined ? decodeRows(rows, columns, options) : refused('shape', wrong);
  },
};

/** What stands between the cells where it is not what was said: a line that should have several has one. */
function otherSeparator({ cells }: CsvLine, { columns, separator }: FormatOptions): string | undefined {
  if (cells.length > 1 || columns?.length === 1) return undefined;
  return [';', '\t', ','].find((each) => each !== separator && cells[0]?.includes(each));
}

/** Of columns from which nothing could come, or of which one would hide another. */
function columnsProblem(columns: readonly (string | null)[], options: FormatOptions): string | undefined {
  const names = columns.filter((name) => name !== null);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    return `the column '${twice.slice(0, 64)}' stands there twice; give one of them another name`;
  const timeAt = timeColumn(columns, options);
  const isMetric = (name: string | null, i: number) =>
    name !== null && i !== timeAt && !options.senderFields.includes(name);
  return columns.some(isMetric) ? undefined : 'no column is a metric';
}

function timeColumn(columns: readonly (string | null)[], { timeMember }: FormatOptions): number {
  if (typeof timeMember === 'string') return columns.indexOf(timeMember);
  return columns.findIndex((name) => name !== null && TIME_COLUMNS.includes(name));
}

function decodeRows(rows: readonly CsvLine[], columns: readonly (string | null)[], options: FormatOptions): Decoded {
  const { senderFields } = options;
  const timeAt = timeColumn(columns, options);
  const records: RawRecord[] = [];
  const refusals: Refusal[] = [];
  for (const { cells, line } of rows.slice(0, RECORDS_MAX)) {
    const where = `line ${line}`;
    if (cells.length !== columns.length) {
      refusals.push({
        reason: 'shape',
        message: `${where} has ${cells.length} cells where there are ${columns.length} columns`,
        place: where,
      });
      continue;
    }
    const time = options.timeMember === null ? '' : (cells[timeAt]?.trim() ?? '');
    const measuredAt = time === '' ? null : readTimestamp(Number.isNaN(Number(time)) ? time : Number(time));
    if (measuredAt === undefined) {
      refusals.push({
        reason: 'time',
        message: `${where}: '${columns[timeAt]}' is the text '${time.slice(0, 40)}'; ${TIMESTAMP_HINT}`,
        place: where,
      });
      continue;
    }
    const metrics: RawMetric[] = [];
    const sender = new Map<string, string>();
    const refusedBefore = refusals.length;
    for (const [i, name] of columns.entries()) {
      const cell = cells[i]?.trim() ?? '';
      if (name === null || i === timeAt || cell === '') continue;
      if (senderFields.includes(name)) {
        sender.set(name, cell);
        continue;
      }
      const read = readBareValue(cell);
      if (typeof read === 'object' && read !== null)
        refusals.push({ ...read, message: `${where}, ${name.slice(0, 64)}: ${read.message}`, place: where });
      else metrics.push({ metric: name, value: read, quality: read === null ? 'bad' : 'good' });
    }
    const isWhole = refusals.length === refusedBefore;
    records.push({ measuredAt, sequence: null, isHistory: false, isWhole, metrics, where, sender });
  }
  if (rows.length > RECORDS_MAX) {
    refusals.push({
      reason: 'size',
      message: `the payload holds more lines than the ${RECORDS_MAX} that fit; the others are left`,
      place: `line ${rows[RECORDS_MAX]?.line}`,
    });
  }
  return { records, refusals };
}
