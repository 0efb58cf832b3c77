// `Accept: application/csv`: a block of lines per statement, with a heading. InfluxDB leaves out what failed; here a
// failed statement is a block of its own, headed `error`, as InfluxDB heads a query that it could not read.

import type { Cell, ResultPiece, ResultSeries } from '../influxql/result.ts';
import { type Epoch, encodeTime } from './epoch.ts';

/** Times are numbers in any case: nanoseconds where no unit is asked for. */
export async function* resultsCsv(
  pieces: AsyncIterable<ResultPiece>,
  epoch: Epoch | undefined,
): AsyncGenerator<string> {
  let isFirst = true;
  let heading: string | undefined;
  for await (const piece of pieces) {
    let text = '';
    if (piece.kind === 'series') {
      const own = line(['name', 'tags', ...piece.series.columns]);
      if (own !== heading) {
        text = `${isFirst ? '' : '\n'}${own}`;
        heading = own;
        isFirst = false;
      }
      text += rows(piece.series, epoch ?? 'ns');
    } else {
      heading = undefined;
      if (piece.error === undefined) continue;
      text = `${isFirst ? '' : '\n'}${errorCsv(piece.error)}`;
      isFirst = false;
    }
    yield text;
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
