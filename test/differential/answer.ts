// What a store answers to a query over HTTP, and how two answers are compared.

export type Cell = number | bigint | string | boolean | null;
export type Series = {
  readonly name?: string;
  readonly tags?: { readonly [key: string]: string };
  readonly columns: readonly string[];
  readonly values: readonly (readonly Cell[])[];
};
export type Answer =
  | { readonly kind: 'rows'; readonly series: readonly Series[] }
  /** `refused`: the text is no query; `error`: it is one, and cannot be answered. */
  | { readonly kind: 'refused' | 'error'; readonly error: string };

type Body = { error?: string; results?: { error?: string; series?: Series[] }[] };

export async function ask(url: string, database: string, q: string): Promise<Answer> {
  const parameters = new URLSearchParams({ db: database, epoch: 'u', q });
  const response = await fetch(`${url}/query?${parameters}`);
  const text = await response.text();
  // InfluxDB finds out while it writes the answer that JSON has no infinity.
  if (text.startsWith('json: error')) return { kind: 'error', error: text.trim() };
  const body = JSON.parse(text, exactly) as Body;
  if (body.error !== undefined) return { kind: 'refused', error: body.error };
  const [result] = body.results ?? [];
  if (result?.error !== undefined) return { kind: 'error', error: result.error };
  return { kind: 'rows', series: result?.series ?? [] };
}

/** Integers beyond 2^53 keep their digits. */
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof value === 'number' && /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
}

/**
 * InfluxDB adds up each series of each shard for itself and then what comes of it, in parallel; we add sample by sample.
 * The same sum in another order differs in its last bits, and by that much of its largest term where terms cancel out, so
 * numbers of a column are held against the largest of that column. Go's and V8's sines differ in the last bit too.
 */
const TOLERANCE = 1e-11;

/** Undefined where both say the same, else the first place where they do not. */
export function difference(theirs: Answer, ours: Answer): string | undefined {
  if (theirs.kind !== 'rows' || ours.kind !== 'rows') {
    if (theirs.kind === ours.kind) return undefined;
    return `${describe(theirs)} against ${describe(ours)}`;
  }
  if (theirs.series.length !== ours.series.length) {
    return `${theirs.series.length} series against ${ours.series.length}`;
  }
  for (const [i, series] of theirs.series.entries()) {
    const found = differenceOfSeries(series, ours.series[i] as Series);
    if (found !== undefined) return `series ${i}: ${found}`;
  }
  return undefined;
}

function describe(answer: Answer): string {
  return answer.kind === 'rows' ? `${answer.series.length} series` : `${answer.kind}: ${answer.error}`;
}

function differenceOfSeries(theirs: Series, ours: Series): string | undefined {
  const head = ({ name, tags, columns }: Series) => JSON.stringify([name, tags, columns]);
  if (head(theirs) !== head(ours)) return `${head(theirs)} against ${head(ours)}`;
  const scales = theirs.columns.map((_, i) =>
    theirs.values.reduce((most, row) => Math.max(most, magnitude(row[i] ?? null)), 0),
  );
  const rows = Math.max(theirs.values.length, ours.values.length);
  for (let i = 0; i < rows; i++) {
    const [a, b] = [theirs.values[i], ours.values[i]];
    const isSame =
      a !== undefined && b !== undefined && a.every((cell, c) => isClose(cell, b[c] ?? null, scales[c] ?? 0));
    if (!isSame) return `row ${i}: ${show(a)} against ${show(b)} (${theirs.values.length} rows, ${ours.values.length})`;
  }
  return undefined;
}

function magnitude(cell: Cell): number {
  return typeof cell === 'number' ? Math.abs(cell) : 0;
}

function isClose(a: Cell, b: Cell, scale: number): boolean {
  if (a === b) return true;
  // A float beyond 2^53 looks like an integer.
  if (typeof a === 'bigint' && typeof b === 'bigint') return Math.abs(Number(a - b)) <= TOLERANCE * Math.abs(Number(a));
  return typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= TOLERANCE * scale;
}

function show(row: readonly Cell[] | undefined): string {
  return row === undefined
    ? 'none'
    : `[${row.map((cell) => (typeof cell === 'string' ? JSON.stringify(cell) : cell)).join(', ')}]`;
}
