// Rows of CSV as RFC 4180 has them, safe to be opened in a spreadsheet: a text that would be a formula there gets an apostrophe before
// it and stays a text (OWASP, CSV injection). Numbers of ours are no texts, and stay what they are.

export type CsvCell = string | number | boolean | null;

/** Spreadsheets read a file that begins so as UTF-8. */
export const UTF_8_MARK = '\ufeff';
/** What a spreadsheet takes for the beginning of a formula, blanks before it or not. */
const FORMULA = /^\s*[=+\-@]|^[\t\r]/;

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

/** ISO 8601, UTC, as every program reads it; empty where there is none. */
export function formatCsvMoment(at: number | null): string {
  return at === null || !Number.isFinite(at) || Math.abs(at) > 8.64e15 ? '' : new Date(at).toISOString();
}
