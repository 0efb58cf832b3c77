// The samples of a folder as line protocol, series by series in the order of time, fields of one moment on one line. Each value
// is written so that reading it gives the same value of the same type. Microseconds, which is what the store keeps.

import { encodeField, escapeTag, type FieldValue } from '#domain/line-protocol.ts';
import {
  type FieldType,
  type Page,
  type SampleValue,
  type Store,
  type StoredSeries,
  TIME_MAX,
  TIME_MIN,
} from '../influxql/store.ts';

export type ExportWish = {
  /** All where left out. */
  readonly database?: string | undefined;
  readonly policy?: string | undefined;
  readonly measurement?: string | undefined;
  /** Microseconds, both inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/** Files are read as of one moment, which holds back whoever writes into them from tidying up: now and then it is given up. */
export type ReleasingStore = Store & { refresh(): void };

const LINES_PER_MOMENT = 100_000;

/** Texts are gathered up to this. */
const PIECE_CHARACTERS = 65_536;

/** In pieces of many lines. */
export function* exportLines(store: ReleasingStore, wish: ExportWish): Generator<string> {
  let piece = '';
  for (const line of linesOf(store, wish)) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** The comments are those of `influx_inspect export`, which `influx -import` reads; ours says the precision. */
function* linesOf(store: ReleasingStore, wish: ExportWish): Generator<string> {
  yield '# DML\n# precision: us (import with --precision us; `influx -import -precision u`)\n';
  let lines = 0;
  for (const { database, policy } of placesOf(store, wish)) {
    yield `# CONTEXT-DATABASE: ${database}\n# CONTEXT-RETENTION-POLICY: ${policy}\n`;
    for (const { name, fields, series } of store.measurements(database, policy)) {
      if (!fits(wish.measurement, name)) continue;
      for (const one of series()) {
        for (const line of seriesLines(one, fields, wish)) {
          yield line;
          lines++;
        }
        if (lines < LINES_PER_MOMENT) continue;
        store.refresh();
        lines = 0;
      }
    }
  }
}

function placesOf(store: Store, wish: ExportWish): { readonly database: string; readonly policy: string }[] {
  return store
    .databases()
    .filter((database) => fits(wish.database, database))
    .flatMap((database) => (store.policies(database) ?? []).map(({ name }) => ({ database, policy: name })))
    .filter(({ policy }) => fits(wish.policy, policy));
}

function fits(wanted: string | undefined, name: string): boolean {
  return wanted === undefined || wanted === name;
}

function* seriesLines(
  series: StoredSeries,
  fields: ReadonlyMap<string, FieldType>,
  wish: ExportWish,
): Generator<string> {
  const columns = [...fields]
    .filter(([field]) => series.hasField(field))
    .map(([field, type]) => new Column(series, { field, type, wish }));
  for (;;) {
    const time = Math.min(...columns.map((column) => column.time));
    if (time === Number.POSITIVE_INFINITY) return;
    const values = columns.filter((column) => column.time === time).map((column) => column.take());
    yield `${series.key} ${values.join(',')} ${time}\n`;
  }
}

/** One field of one series, a sample at a time; infinite when there is none any more. */
class Column {
  readonly #head: string;
  readonly #type: FieldType;
  readonly #pages: Iterator<Page>;
  #page: Page | undefined;
  #at = 0;

  constructor(
    series: StoredSeries,
    { field, type, wish }: { readonly field: string; readonly type: FieldType; readonly wish: ExportWish },
  ) {
    this.#head = `${escapeTag(field)}=`;
    this.#type = type;
    const range = { from: wish.from ?? TIME_MIN, to: wish.to ?? TIME_MAX };
    this.#pages = series.pages(field, { ...range, descending: false })[Symbol.iterator]();
    this.#turn();
  }

  get time(): number {
    return this.#page?.times[this.#at] ?? Number.POSITIVE_INFINITY;
  }

  take(): string {
    const value = this.#page?.values[this.#at] as SampleValue;
    this.#at++;
    if (this.#at === this.#page?.times.length) this.#turn();
    return this.#head + encodeField(fieldValue(this.#type, value));
  }

  #turn(): void {
    const next = this.#pages.next();
    this.#page = next.done === true ? undefined : next.value;
    this.#at = 0;
  }
}

function fieldValue(type: FieldType, value: SampleValue): FieldValue {
  return { type, value: type === 'integer' ? BigInt(value as number | bigint) : value } as FieldValue;
}
