// `Accept: application/csv`: a block of lines per statement, with a heading. InfluxDB leaves out what failed; here a
// failed statement is a block of its own, headed `error`, as InfluxDB heads a query that it could not read.

import type { Cell, ResultPiece, ResultSeries } from '../influxql/result.ts';
import { type Epoch, encodeTime } from './epoch.ts';
import { type Form, gathered } from './gathered.ts';

/** Times are numbers in any case: nanoseconds where no unit is asked for. */
export function resultsCsv(pieces: AsyncIterable<ResultPiece>, epoch: Epoch | undefined): AsyncGenerator<string> {
  return gathered(pieces, new Blocks(epoch ?? 'ns'));
}

class Blocks implements Form {
  readonly #epoch: Epoch;
  #isFirst = true;
  #heading: string | undefined;

  constructor(epoch: Epoch) {
    this.#epoch = epoch;
  }

  *add(piece: ResultPiece): Generator<string> {
    if (piece.kind === 'series') {
      const heading = line(['name', 'tags', ...piece.series.columns]);
      if (heading !== this.#heading) yield this.#begin(heading);
      this.#heading = heading;
      yield rows(piece.series, this.#epoch);
    } else {
      this.#heading = undefined;
      if (piece.error !== undefined) yield this.#begin(errorCsv(piece.error));
    }
  }

  #begin(text: string): string {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst ? text : `\n${text}`;
  }

  end(): string {
    return '';
  }
}

export function errorCsv(error: string): string {
  return line(['error']) + line([error]);
}

function rows({ name, tags, columns, values }: ResultSeries, epoch: Epoch): string {
  const tagTexts = Object.entries(tags ?? {})
    .filter(([, value]) => value !== '')
    .map(tagText);
  const head = [name ?? '', tagTexts.join(',')];
  const isTimed = columns[0] === 'time';
  const cellText = (cell: Cell, i: number) => (i === 0 && isTimed ? encodeTime(Number(cell), epoch) : plain(cell));
  return values.map((row) => line([...head, ...row.map(cellText)])).join('');
}

function tagText([key, value]: readonly [string, string]): string {
  const escaped = (text: string) => text.replace(/[, =]/g, '\\$&');
  return `${escaped(key)}=${escaped(value)}`;
}

/** Numbers without an exponent, as InfluxDB writes them here. */
function plain(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  const parts = typeof cell === 'number' ? /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) : null;
  if (parts === null) return text;
  const [, sign = '', first = '', rest = '', exponent] = parts;
  const digits = first + rest;
  const point = Number(exponent) + 1;
  return point <= 0 ? `${sign}0.${'0'.repeat(-point)}${digits}` : sign + digits.padEnd(point, '0');
}

function line(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]|^ |^\\\.$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
