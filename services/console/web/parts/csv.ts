// Tables as CSV (RFC 4180), for spreadsheets that take a text which begins like a formula for one: such a text gets an apostrophe
// before it (OWASP, CSV injection). Numbers of ours are no texts, and stay what they are.

export type CsvCell = string | number | boolean | null;

/** Spreadsheets read a file that begins so as UTF-8. */
const UTF_8_MARK = '\ufeff';
const FORMULA = /^\s*[=+\-@]|^[\t\r]/;

export function formatCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return UTF_8_MARK + [header, ...rows].map((row) => `${row.map(formatCell).join(',')}\r\n`).join('');
}

function formatCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** As every program reads it; empty where there is none. */
export function csvMoment(at: number | null): string {
  return at === null || !Number.isFinite(at) || Math.abs(at) > 8.64e15 ? '' : new Date(at).toISOString();
}
