// Rows of CSV as RFC 4180 has them, safe to be opened in a spreadsheet: a text that would be a formula there is kept a text.

export type CsvCell = string | number | boolean | null;

/** What a spreadsheet takes for the beginning of a formula. Numbers are no texts: -5 stays what it is. */
const FORMULA = /^[=+\-@\t\r]/;

/** With its line end. */
export function formatCsvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`;
}

function formatCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** ISO 8601, UTC. */
export function formatCsvMoment(at: number): string {
  return new Date(at).toISOString();
}
