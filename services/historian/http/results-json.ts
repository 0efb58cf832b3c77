// Results as JSON text, piece by piece, so that an answer of a million rows never stands in memory as one string. Written by
// hand for two reasons: integers beyond 2^53 keep all digits, and columns come before values, which Grafana relies on.

import type { Cell, ResultSeries, StatementResult } from '../influxql/result.ts';
import { formatTime, UTC, type ZoneOffset, zoneOffset } from '../influxql/time-text.ts';
import { type Epoch, encodeTime } from './precision.ts';

const ROWS_PER_PIECE = 1_000;

/** `epoch` undefined: times are written out as RFC 3339. */
export function* resultsJson(results: readonly StatementResult[], epoch: Epoch | undefined): Generator<string> {
  yield '{"results":[';
  for (const [id, { series, messages, error, zone }] of results.entries()) {
    yield `${id === 0 ? '' : ','}{"statement_id":${id}`;
    if (series !== undefined) yield* seriesJson(series, epoch, zone === undefined ? UTC : zoneOffset(zone));
    if (messages !== undefined) yield `,"messages":${JSON.stringify(messages)}`;
    if (error !== undefined) yield `,"error":${JSON.stringify(error)}`;
    yield '}';
  }
  yield ']}\n';
}

function* seriesJson(all: readonly ResultSeries[], epoch: Epoch | undefined, zone: ZoneOffset): Generator<string> {
  const timeText = (us: number) => (epoch === undefined ? `"${formatTime(us, zone)}"` : encodeTime(us, epoch));
  for (const [i, { name, tags, columns, values }] of all.entries()) {
    const head = [
      ...(name === undefined ? [] : [`"name":${JSON.stringify(name)}`]),
      ...(tags === undefined ? [] : [`"tags":${JSON.stringify(tags)}`]),
      `"columns":${JSON.stringify(columns)}`,
    ];
    yield `${i === 0 ? ',"series":[' : ','}{${head.join(',')},"values":[`;
    const isTimed = columns[0] === 'time';
    for (let at = 0; at < values.length; at += ROWS_PER_PIECE) {
      const rows = values.slice(at, at + ROWS_PER_PIECE).map((row) => {
        const cells = row.map((cell, column) => (column === 0 && isTimed ? timeText(Number(cell)) : cellJson(cell)));
        return `[${cells.join(',')}]`;
      });
      yield `${at === 0 ? '' : ','}${rows.join(',')}`;
    }
    yield ']}';
  }
  yield ']';
}

function cellJson(cell: Cell): string {
  return typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell);
}

/** The same JSON over several lines, four spaces per level; text inside quotes is left alone. */
export function indentJson(json: string): string {
  let indented = '';
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const line = () => `\n${'    '.repeat(depth)}`;
    if (token === '{' || token === '[') {
      depth++;
      indented += token + line();
    } else if (token === '}' || token === ']') {
      depth--;
      indented += line() + token;
    } else if (token === ',') indented += token + line();
    else indented += token === ':' ? ': ' : token;
  }
  return `${indented}\n`;
}
