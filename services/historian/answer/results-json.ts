// All results as one JSON document, written as they come, so that an answer of a million rows never stands in memory.

import type { ResultPiece } from '../influxql/result.ts';
import type { Epoch } from './epoch.ts';
import { type Form, gathered } from './gathered.ts';
import { headJson, rowsJson, timeText } from './series-json.ts';

export function resultsJson(pieces: AsyncIterable<ResultPiece>, epoch: Epoch | undefined): AsyncGenerator<string> {
  return gathered(pieces, new Document(epoch));
}

/** What is open decides what the next piece begins with. */
class Document implements Form {
  readonly #epoch: Epoch | undefined;
  #statement = 0;
  #isInResult = false;
  #hasSeries = false;
  #isInSeries = false;
  #hasRows = false;

  constructor(epoch: Epoch | undefined) {
    this.#epoch = epoch;
  }

  *add(piece: ResultPiece): Generator<string> {
    if (!this.#isInResult) {
      yield `${this.#statement === 0 ? '{"results":[' : ','}{"statement_id":${this.#statement}`;
      this.#isInResult = true;
    }
    if (piece.kind === 'series') yield* this.#series(piece);
    else yield this.#endResult(piece);
  }

  *#series({ series, zone }: Extract<ResultPiece, { kind: 'series' }>): Generator<string> {
    if (!this.#isInSeries) {
      yield `${this.#hasSeries ? ',' : ',"series":['}{${headJson(series)}`;
      this.#hasSeries = true;
      this.#isInSeries = true;
    }
    for (const rows of rowsJson(series, timeText(this.#epoch, zone))) {
      yield (this.#hasRows ? ',' : ',"values":[') + rows;
      this.#hasRows = true;
    }
    if (series.isPartial !== true) yield this.#endSeries('');
  }

  #endSeries(mark: string): string {
    const end = `${this.#hasRows ? ']' : ''}${mark}}`;
    this.#isInSeries = false;
    this.#hasRows = false;
    return end;
  }

  #endResult({ messages, error }: Extract<ResultPiece, { kind: 'end' }>): string {
    const open = this.#isInSeries ? this.#endSeries(',"partial":true') : '';
    const end = [
      ...(this.#hasSeries ? [']'] : []),
      ...(messages === undefined ? [] : [`,"messages":${JSON.stringify(messages)}`]),
      ...(error === undefined ? [] : [`,"error":${JSON.stringify(error)}`]),
    ];
    this.#statement++;
    this.#isInResult = false;
    this.#hasSeries = false;
    return `${open}${end.join('')}}`;
  }

  end(): string {
    return this.#statement === 0 ? '{}\n' : ']}\n';
  }
}
