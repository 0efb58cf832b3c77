// Hands a text to whoever looks as a file of its own.

/** Past it the browser has taken the file. */
const KEPT_MS = 60_000;

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/** `penstock-alarms-2027-01-15T08-00-00.csv` */
export function csvName(what: string, now: number): string {
  return `penstock-${what}-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}.csv`;
}
