// The answer to an inner SELECT as something an outer one can read: its grouping tags are tags, its columns are fields.

import type { Cell, ResultSeries } from './result.ts';
import type { RowSeries } from './sample-rows.ts';
import type { FieldType, Page, SampleValue, Scan, StoredMeasurement } from './store.ts';

export type Inner = {
  readonly types: ReadonlyMap<string, FieldType>;
  readonly keys: readonly string[];
  /** Columns that show a tag. */
  readonly tagColumns: ReadonlySet<string>;
  readonly descending: boolean;
};

export interface InnerMeasurement extends StoredMeasurement {
  readonly tagColumns: ReadonlySet<string>;
}

const NO_COLUMNS: ReadonlySet<string> = new Set();

export function tagColumnsOf(
  measurement: Pick<StoredMeasurement, 'fields'> | Pick<InnerMeasurement, 'fields' | 'tagColumns'>,
): ReadonlySet<string> {
  return 'tagColumns' in measurement ? measurement.tagColumns : NO_COLUMNS;
}

/** `types` of the inner query's columns, as far as they are known; `keys` of the tags that it groups by. */
export function asMeasurement(
  name: string,
  answers: readonly ResultSeries[],
  { types, keys, tagColumns, descending }: Inner,
): InnerMeasurement {
  const shownTags = new Set(keys);
  const series = answers.map((answer) => asSeries(answer, { shownTags, descending }));
  return { name, fields: types, tagColumns, tagKeys: () => keys, series: () => series };
}

function asSeries(
  { tags: grouped, columns, values }: ResultSeries,
  { shownTags, descending }: { readonly shownTags: ReadonlySet<string>; readonly descending: boolean },
): RowSeries {
  const tags = new Map(Object.entries(grouped ?? {}));
  // The inner query's own order, in which rows need not be strictly by time.
  const ordered = (scan: Scan) => (scan.descending === descending ? values : [...values].reverse());
  const pages = (field: string, scan: Scan) => pageOf(rowsOf(ordered(scan), [columns.indexOf(field)], scan));
  return {
    key: [...tags].map(([key, value]) => `${key}=${value}`).join(','),
    tags,
    shownTags,
    hasField: (field) => columns.indexOf(field) > 0,
    pages,
    summed: pages,
    rows: (fields, scan) =>
      rowsOf(
        ordered(scan),
        fields.map((field) => columns.indexOf(field)),
        scan,
      ),
  };
}

type Row = { readonly time: number; readonly values: readonly Cell[] };

/** In the order of the scan; those of one moment as they stand. */
function rowsOf(values: ResultSeries['values'], places: readonly number[], scan: Scan): Row[] {
  return values
    .map((row) => ({ time: Number(row[0]), values: places.map((place) => (place > 0 ? (row[place] ?? null) : null)) }))
    .filter(({ time }) => time >= scan.from && time <= scan.to);
}

function* pageOf(rows: readonly Row[]): Generator<Page> {
  const known = rows.filter(({ values }) => values[0] !== null);
  if (known.length === 0) return;
  const times = Float64Array.from(known, ({ time }) => time);
  const values = known.map(({ values: [value] }) => value as SampleValue);
  yield { times, values: values.every((value) => typeof value === 'number') ? Float64Array.from(values) : values };
}
