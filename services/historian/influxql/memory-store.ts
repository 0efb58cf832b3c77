// A store in memory, for tests and measurements: series given as arrays, cut into pages and summed up in runs as an engine
// would do it.

import type { FieldType, Page, Policy, Scan, Store, StoredMeasurement, StoredSeries, Summary } from './store.ts';

export type Samples = { readonly times: Float64Array; readonly values: Float64Array };

export type MemorySeries = {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, Samples>>;
};

export type MemoryStoreOptions = {
  /** Microseconds that a run covers, aligned to the epoch. */
  readonly runUs: number;
  readonly samplesPerPage: number;
  /** Runs may be taken as summaries. */
  readonly hasSummaries: boolean;
};

const POLICY: Policy = { name: 'autogen', durationUs: 0, isDefault: true };

export class MemoryStore implements Store {
  readonly #measurements = new Map<string, StoredMeasurement>();
  /** How many summaries were given out. */
  summaries = 0;

  constructor(series: readonly MemorySeries[], options: MemoryStoreOptions) {
    for (const [name, all] of Map.groupBy(series, ({ measurement }) => measurement)) {
      const fields = new Map<string, FieldType>();
      for (const { fields: own } of all) for (const field of Object.keys(own)) fields.set(field, 'float');
      const tagKeys = [...new Set(all.flatMap(({ tags }) => Object.keys(tags)))].sort();
      const stored = all.map((one) => this.#stored(one, options));
      this.#measurements.set(name, { name, fields, tagKeys: () => tagKeys, series: () => stored });
    }
  }

  #stored({ measurement, tags, fields }: MemorySeries, options: MemoryStoreOptions): StoredSeries {
    const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      key: [measurement, ...entries.map(([key, value]) => `${key}=${value}`)].join(','),
      tags: new Map(entries),
      hasField: (field) => fields[field] !== undefined,
      pages: (field, scan) => pagesOf(fields[field], scan, options.samplesPerPage),
      summed: (field, scan, takes) => this.#summed(fields[field], scan, takes, options),
    };
  }

  *#summed(
    samples: Samples | undefined,
    scan: Scan,
    takes: (firstAt: number, lastAt: number) => boolean,
    { runUs, samplesPerPage, hasSummaries }: MemoryStoreOptions,
  ): Generator<Page | Summary> {
    if (!hasSummaries || samples === undefined || scan.descending) {
      yield* pagesOf(samples, scan, samplesPerPage);
      return;
    }
    const { times, values } = samples;
    const end = firstAtOrAfter(times, scan.to + 1);
    for (let from = firstAtOrAfter(times, scan.from); from < end; ) {
      const run = Math.floor((times[from] as number) / runUs);
      const to = Math.min(end, firstAtOrAfter(times, (run + 1) * runUs));
      // Only a whole run has been summed up.
      const isWhole = from === firstAtOrAfter(times, run * runUs) && to === firstAtOrAfter(times, (run + 1) * runUs);
      if (isWhole && takes(times[from] as number, times[to - 1] as number)) {
        this.summaries++;
        yield summaryOf(times, values, from, to);
      } else yield { times: times.subarray(from, to), values: values.subarray(from, to) };
      from = to;
    }
  }

  databases(): readonly string[] {
    return ['db'];
  }

  policies(database: string): readonly Policy[] | undefined {
    return database === 'db' ? [POLICY] : undefined;
  }

  measurements(): Iterable<StoredMeasurement> {
    return this.#measurements.values();
  }

  measurement(_database: string, _policy: string, name: string): StoredMeasurement | undefined {
    return this.#measurements.get(name);
  }
}

function* pagesOf(samples: Samples | undefined, scan: Scan, samplesPerPage: number): Generator<Page> {
  if (samples === undefined) return;
  const start = firstAtOrAfter(samples.times, scan.from);
  const end = firstAtOrAfter(samples.times, scan.to + 1);
  const times = samples.times.subarray(start, end);
  const values = samples.values.subarray(start, end);
  if (scan.descending) yield* cut(times.toReversed(), values.toReversed(), samplesPerPage);
  else yield* cut(times, values, samplesPerPage);
}

function* cut(times: Float64Array, values: Float64Array, samplesPerPage: number): Generator<Page> {
  for (let at = 0; at < times.length; at += samplesPerPage) {
    yield { times: times.subarray(at, at + samplesPerPage), values: values.subarray(at, at + samplesPerPage) };
  }
}

function firstAtOrAfter(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function summaryOf(times: Float64Array, values: Float64Array, from: number, to: number): Summary {
  let sum = 0;
  let low = from;
  let high = from;
  for (let i = from; i < to; i++) {
    sum += values[i] as number;
    if ((values[i] as number) < (values[low] as number)) low = i;
    if ((values[i] as number) > (values[high] as number)) high = i;
  }
  const at = (i: number) => [values[i] as number, times[i] as number] as const;
  const [[min, minAt], [max, maxAt], [first, firstAt], [last, lastAt]] = [at(low), at(high), at(from), at(to - 1)];
  return { count: to - from, sum, min, minAt, max, maxAt, first, firstAt, last, lastAt };
}
