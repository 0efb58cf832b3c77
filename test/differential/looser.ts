// Answers with that taken away in which two stores may differ, so that the rest can be compared.

import { type Answer, type Cell, difference, type Series } from './answer.ts';
import { outerOf } from './query-text.ts';

type Rows = readonly (readonly Cell[])[];
export type Change = (series: Series) => Series;

export function withSeries(answer: Answer, change: Change): Answer {
  return answer.kind === 'rows' ? { ...answer, series: answer.series.map(change) } : answer;
}

/** Whether both are the same once each series has been changed so. */
export function isSameWith(theirs: Answer, ours: Answer, change: Change): boolean {
  return difference(withSeries(theirs, change), withSeries(ours, change)) === undefined;
}

export const isEmpty = (answer: Answer) => answer.kind === 'rows' && answer.series.length === 0;
export const isError = (answer: Answer, text: string) => answer.kind !== 'rows' && answer.error.includes(text);

export function numbers(series: Series, isMeant: readonly boolean[], change: (value: number) => Cell): Series {
  const changed = (cell: Cell, i: number) => (isMeant[i] === true && typeof cell === 'number' ? change(cell) : cell);
  return { ...series, values: series.values.map((row) => row.map(changed)) };
}

/** Without the buckets that a range without a start has at the beginning of time. */
export function sinceTheEpoch(series: Series): Series {
  return { ...series, values: series.values.filter(([time]) => Number(time) > -1e15) };
}

function sorted(rows: Rows): Rows {
  const text = new Map(rows.map((row) => [row, JSON.stringify(row, (_, cell) => String(cell))]));
  return [...rows].sort((a, b) => ((text.get(a) ?? '') < (text.get(b) ?? '') ? -1 : 1));
}

/** Rows of one moment in one order, whatever they hold. */
export function momentsSorted(series: Series): Series {
  return { ...series, values: [...Map.groupBy(series.values, ([time]) => time).values()].flatMap(sorted) };
}

/** The numbers of each column for themselves, in one order. */
export function numbersSorted(series: Series): Series {
  const numbersOf = (_: string, i: number) =>
    series.values.flatMap((row) => (typeof row[i] === 'number' ? [row[i]] : [])).sort((a, b) => a - b);
  const [, ...columns] = series.columns.map(numbersOf);
  return { ...series, values: columns };
}

/** One series per set of tags, sorted, and in it one row per moment. */
export function regrouped(answer: Answer): Answer {
  if (answer.kind !== 'rows') return answer;
  const series = [...Map.groupBy(answer.series, headOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return { kind: 'rows', series: series.map(([, pieces]) => joined(pieces)) };
}

export function headOf({ name, tags, columns }: Series): string {
  return JSON.stringify([name, Object.entries(tags ?? {}).sort(), columns]);
}

/** One series per set of tags, sorted, with the rows of all its pieces. */
export function gathered(answer: Answer): Answer {
  if (answer.kind !== 'rows') return answer;
  const heads = [...Map.groupBy(answer.series, headOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  const whole = (pieces: readonly Series[]) => ({
    ...(pieces[0] as Series),
    values: pieces.flatMap(({ values }) => values),
  });
  return { kind: 'rows', series: heads.map(([, pieces]) => whole(pieces)) };
}

function joined(pieces: readonly Series[]): Series {
  const rows = new Map<Cell, readonly Cell[]>();
  for (const row of pieces.flatMap(({ values }) => values)) {
    const known = rows.get(row[0] ?? null);
    rows.set(row[0] ?? null, known === undefined ? row : row.map((cell, i) => cell ?? known[i] ?? null));
  }
  const values = [...rows.values()].sort(([a], [b]) => Number(a) - Number(b));
  return { ...(pieces[0] as Series), values };
}

export function without(series: Series, isLeftOut: readonly boolean[]): Series {
  return { ...series, values: series.values.map((row) => row.map((cell, i) => (isLeftOut[i] === true ? null : cell))) };
}

/** Without the columns that show nothing and are none of these. */
export function withoutEmpty({ values, ...series }: Series, kept: ReadonlySet<string>): Series {
  const isKept = (name: string, i: number) => kept.has(name) || values.some((row) => row[i] !== null);
  const places = series.columns.flatMap((name, i) => (isKept(name, i) ? [i] : []));
  const of = <T>(row: readonly T[]) => places.map((i) => row[i] as T);
  return { ...series, columns: of(series.columns), values: values.map(of) };
}

/** Only its head and its times. */
export function blank(series: Series): Series {
  return without(
    series,
    series.columns.map((_, i) => i > 0),
  );
}

export function undated(series: Series): Series {
  return { ...series, values: series.values.map(([, ...cells]) => [0, ...cells]) };
}

/** Without rows, and then series, that show nothing. */
export function shown(answer: Answer): Answer {
  if (answer.kind !== 'rows') return answer;
  const series = answer.series.map((each) => ({
    ...each,
    values: each.values.filter(([, ...cells]) => cells.some((cell) => cell !== null)),
  }));
  return { kind: 'rows', series: series.filter(({ values }) => values.length > 0) };
}

/** Without the numbers that fill the query's gaps, which all rows of a series may show. */
export function withoutFills(query: string, answer: Answer): Answer {
  const filled = Number(/ fill\((-?[\d.]+)\)/.exec(outerOf(query))?.[1]);
  const fills = [filled, -filled, Math.trunc(filled), -Math.trunc(filled), ...(/count\(/.test(query) ? [0] : [])];
  const without = (cell: Cell) => (typeof cell === 'number' && fills.includes(cell) ? null : cell);
  return withSeries(answer, (series) => ({
    ...series,
    values: series.values.map(([time = null, ...cells]) => [time, ...cells.map(without)]),
  }));
}

/** Cuts each series where the one of the same tags in `other` begins. */
export function fromFirstOf(other: Answer): Change {
  const series = other.kind === 'rows' ? other.series : [];
  const firsts = new Map(series.map((each) => [headOf(each), each.values[0]?.[0]]));
  return (each) => {
    const first = Number(firsts.get(headOf(each)));
    return { ...each, values: each.values.filter(([time]) => Number(time) >= first) };
  };
}

/** Whether every series of `part` is one of `whole`, with no row and no cell that is not there too. */
export function isPartOf(part: Answer, whole: Answer): boolean {
  if (part.kind !== 'rows' || whole.kind !== 'rows') return false;
  const wholes = new Map(whole.series.map((series) => [headOf(series), series]));
  return part.series.every((series) => {
    const rows = new Map(wholes.get(headOf(series))?.values.map((row) => [row[0], row]));
    const values = series.values.map((row) => row.map((cell, i) => (cell === null ? null : rows.get(row[0])?.[i])));
    const there = { ...series, values: values as Rows };
    return difference({ kind: 'rows', series: [there] }, { kind: 'rows', series: [series] }) === undefined;
  });
}

/** Whether both have the same series, whatever these hold. */
export function haveSameHeads(theirs: Answer, ours: Answer): boolean {
  if (theirs.kind !== 'rows' || ours.kind !== 'rows') return theirs.kind === ours.kind;
  const heads = ({ series }: { readonly series: readonly Series[] }) => [...new Set(series.map(headOf))].sort();
  return JSON.stringify(heads(theirs)) === JSON.stringify(heads(ours));
}
