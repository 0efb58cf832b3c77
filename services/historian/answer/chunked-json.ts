// `chunked=true`: a JSON document per chunk of a series, each marked partial where more of its series or of its statement
// follows. The `influx` command line asks for answers in this form.

import { PIECE_ROWS_MAX, type ResultPiece, type ResultSeries } from '../influxql/result.ts';
import type { Epoch } from './epoch.ts';
import { headJson, rowsJson, timeText } from './series-json.ts';

/** As many rows as InfluxDB puts into one where nothing is asked; no document is longer, whatever is asked. */
const CHUNK_ROWS_MAX = PIECE_ROWS_MAX;

/** Of a client's wish; what is no number above 0 asks for nothing. */
export function chunkRows(asked: string | null): number {
  const rows = /^\d{1,15}$/.test(asked ?? '') ? Number(asked) : 0;
  return rows === 0 ? CHUNK_ROWS_MAX : Math.min(rows, CHUNK_ROWS_MAX);
}

type Chunk = { readonly series: ResultSeries; readonly zone: string | undefined };

export async function* chunkedJson(
  pieces: AsyncIterable<ResultPiece>,
  epoch: Epoch | undefined,
  rowsMax: number,
): AsyncGenerator<string> {
  let statement = 0;
  let isEmpty = true;
  /** Whether more follows is known when the next one is. */
  let waiting: Chunk | undefined;
  const cutter = new Cutter(rowsMax);
  for await (const piece of pieces) {
    isEmpty = false;
    if (piece.kind === 'series') {
      for (const chunk of cutter.cut(piece)) {
        if (waiting !== undefined) yield* chunkJson(statement, waiting, epoch, true);
        waiting = chunk;
      }
      continue;
    }
    const { messages, error } = piece;
    if (waiting !== undefined) yield* chunkJson(statement, waiting, epoch, error !== undefined);
    if (waiting === undefined || error !== undefined) {
      const told = { ...(messages && { messages }), ...(error !== undefined && { error }) };
      yield `${JSON.stringify({ results: [{ statement_id: statement, ...told }] })}\n`;
    }
    waiting = undefined;
    statement++;
  }
  if (isEmpty) yield '{}\n';
}

/** Pieces of series, cut anew. */
class Cutter {
  readonly #rowsMax: number;
  #rows: ResultSeries['values'][number][] = [];

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  *cut({ series, zone }: Chunk): Generator<Chunk> {
    const { isPartial, ...head } = series;
    const rows = this.#rows.length === 0 ? series.values : [...this.#rows, ...series.values];
    let at = 0;
    for (; at + this.#rowsMax < rows.length; at += this.#rowsMax) {
      yield { series: { ...head, values: rows.slice(at, at + this.#rowsMax), isPartial: true }, zone };
    }
    this.#rows = rows.slice(at);
    if (isPartial === true) return;
    yield { series: { ...head, values: this.#rows }, zone };
    this.#rows = [];
  }
}

function* chunkJson(
  statement: number,
  { series, zone }: Chunk,
  epoch: Epoch | undefined,
  isPartial: boolean,
): Generator<string> {
  yield `{"results":[{"statement_id":${statement},"series":[{${headJson(series)}`;
  let hasRows = false;
  for (const rows of rowsJson(series, timeText(epoch, zone))) {
    yield (hasRows ? ',' : ',"values":[') + rows;
    hasRows = true;
  }
  const ofSeries = `${hasRows ? ']' : ''}${series.isPartial === true ? ',"partial":true' : ''}}]`;
  yield `${ofSeries}${isPartial ? ',"partial":true' : ''}}]}\n`;
}
