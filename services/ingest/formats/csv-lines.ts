// The text of CSV into lines and cells (RFC 4180): cells in double quotes may hold the separator, newlines and doubled quotes.
// Pure and linear.

import type { Refusal } from '#domain/rejected.ts';

export type CsvLine = {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
};

/** At most `linesMax` lines, blank ones left out; or what breaks the text, and where. */
export function splitCsv(text: string, separator: string, linesMax: number): CsvLine[] | Refusal {
  const lines: CsvLine[] = [];
  let line = 1;
  for (let at = 0; at < text.length && lines.length < linesMax; ) {
    const cells: string[] = [];
    const first = line;
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, separator);
      if (cell === undefined)
        return { reason: 'shape', message: `line ${first}: a quoted cell is not closed`, place: `line ${first}` };
      cells.push(cell.text);
      line += cell.text.split('\n').length - 1;
      at = cell.end;
      if (text[at] === separator) at++;
      else if (at < text.length && text[at] !== '\n' && text[at] !== '\r') {
        return {
          reason: 'shape',
          message: `line ${line}: after a quoted cell comes '${text[at]}', and no separator`,
          place: `line ${line}`,
        };
      } else break;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (cells.length > 1 || cells[0]?.trim() !== '') lines.push({ line: first, cells });
  }
  return lines;
}

type Cell = { readonly text: string; readonly end: number };

function plainCell(text: string, start: number, separator: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { text: text.slice(start, end), end };
}

function quotedCell(text: string, start: number): Cell | undefined {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return end === -1 ? undefined : { text: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}
