// What a source says of its sender's metrics: our names, units, factors and words. One metric in, ours out, or nothing where it
// is dropped.

import type { Refusal } from '#domain/rejected.ts';
import type { SourceFile } from '#runtime/source-file.ts';
import { describeValue } from '../formats/json-text.ts';
import type { RawMetric, RawValue } from '../record.ts';
import { scaled } from '../scaled.ts';

/** null: dropped. */
export type MetricMap = (raw: RawMetric) => RawMetric | Refusal | null;

type Entry = Exclude<NonNullable<SourceFile['metrics']>[string], string | null>;

export function metricMap({ metrics = {}, otherMetrics }: Pick<SourceFile, 'metrics' | 'otherMetrics'>): MetricMap {
  const entries = new Map(Object.entries(metrics));
  return (raw) => {
    const named = entries.get(raw.metric);
    const entry = named === undefined ? otherMetrics : named;
    if (entry === null || (named === undefined && entry === 'drop')) return null;
    if (named === undefined && entry === 'keep') return raw;
    if (typeof entry === 'string') return { ...raw, metric: entry, said: raw.metric };
    return mapped(raw, entry);
  };
}

function mapped(raw: RawMetric, { metric = raw.metric, unit, scale, offset, values }: Entry): RawMetric | Refusal {
  const value = values === undefined ? numberOf(raw.value, { scale, offset }) : wordOf(raw.value, values);
  if (value === undefined) {
    const known = Object.keys(values ?? {}).join(', ');
    return { reason: 'type', message: `'${raw.metric}' is ${describeValue(raw.value)}; the source knows ${known}` };
  }
  const quality = value === null ? 'bad' : raw.quality;
  return { ...raw, metric, said: raw.metric, value, quality, ...(unit === undefined ? {} : { unit }) };
}

function numberOf(value: RawValue, factors: Pick<Entry, 'scale' | 'offset'>): RawValue {
  return typeof value === 'number' ? scaled(value, factors) : value;
}

/** undefined where the word is none of them; what has no value has no word. */
function wordOf(value: RawValue, values: NonNullable<Entry['values']>): RawValue | undefined {
  const word = String(value);
  if (Object.hasOwn(values, word)) return values[word];
  return value === null ? null : undefined;
}
