// Hands a text to whoever looks as a file of its own.

import { UTF_8_MARK } from '../../api/csv.ts';

/** Past it the browser has taken the file. */
const KEPT_MS = 60_000;

/** By the end of their names. */
const TYPES = { csv: 'text/csv;charset=utf-8', json: 'application/json', ndjson: 'application/x-ndjson' } as const;

export function download(name: `${string}.${keyof typeof TYPES}`, text: string): void {
  const ending = name.slice(name.lastIndexOf('.') + 1) as keyof typeof TYPES;
  const url = URL.createObjectURL(new Blob([ending === 'csv' ? UTF_8_MARK : '', text], { type: TYPES[ending] }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/** `penstock-alarms-2027-01-15T08-00-00.csv` */
export function csvName(what: string, now: number): `${string}.csv` {
  return `penstock-${what}-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}.csv`;
}
