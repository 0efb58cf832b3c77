// The answer to an inner SELECT as something an outer one can read: its grouping tags are tags, its columns are fields.

import type { ResultSeries } from './result.ts';
import type { FieldType, Page, SampleValue, Scan, StoredMeasurement, StoredSeries } from './store.ts';

export function asMeasurement(name: string, answers: readonly ResultSeries[]): StoredMeasurement {
  const fields = new Map<string, FieldType>();
  for (const { columns, values } of answers) {
    for (const [i, column] of columns.entries()) {
      if (i === 0) continue;
      const sample = values.find((row) => (row[i] ?? null) !== null)?.[i] ?? null;
      if (sample !== null) fields.set(column, typeOf(sample));
    }
  }
  const tagKeys = [...new Set(answers.flatMap(({ tags }) => Object.keys(tags ?? {})))].sort();
  const series = answers.map(asSeries);
  return { name, fields, tagKeys: () => tagKeys, series: () => series };
}

function typeOf(value: SampleValue): FieldType {
  if (typeof value === 'number') return 'float';
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'string' ? 'string' : 'boolean';
}

function asSeries(answer: ResultSeries): StoredSeries {
  // An empty tag is an absent one.
  const tags = new Map(Object.entries(answer.tags ?? {}).filter(([, value]) => value !== ''));
  const { columns } = answer;
  const pages = (field: string, scan: Scan) => pagesOf(answer, columns.indexOf(field), scan);
  return {
    key: [...tags].map(([key, value]) => `${key}=${value}`).join(','),
    tags,
    hasField: (field) => columns.indexOf(field) > 0,
    pages,
    summed: pages,
  };
}

function* pagesOf({ values }: ResultSeries, column: number, scan: Scan): Generator<Page> {
  if (column < 1) return;
  const samples: { time: number; value: SampleValue }[] = [];
  for (const row of values) {
    const time = Number(row[0]);
    const value = row[column] ?? null;
    if (value !== null && time >= scan.from && time <= scan.to) samples.push({ time, value });
  }
  samples.sort((a, b) => (scan.descending ? b.time - a.time : a.time - b.time));
  if (samples.length === 0) return;
  const times = Float64Array.from(samples, ({ time }) => time);
  yield { times, values: samples.map(({ value }) => value) };
}
