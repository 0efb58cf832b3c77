// The metrics of one message as records, moment by moment: by their names, or by what their aliases stand for in the birth. Where
// the birth may not be the one that the sender goes by, its aliases mean nothing, and what has a name is still taken.

import type { Refusal } from '#domain/rejected.ts';
import { type RawMetric, type RawRecord, TEXT_CHARS_MAX } from '../record.ts';
import { type BirthMetrics, isControl } from './birth-metrics.ts';
import { readMetricValue } from './metric-value.ts';
import type { Metric, Payload } from './payload.ts';

/** What a message is read by. */
export type Knowledge = {
  readonly metrics: BirthMetrics;
  /** `device press of lyon/line-3`, for sentences. */
  readonly who: string;
  /** Why aliases mean nothing now; null where they do. */
  readonly doubt: string | null;
  /** The time of a value that is not history. @param said by the sender, if it says one */
  readonly timeOf: (said: number | null) => number | null;
};

export type ReadRecords = {
  readonly records: readonly RawRecord[];
  readonly refusals: readonly Refusal[];
  /** Of something a birth would have to say what it is. */
  readonly lacksBirth: boolean;
};

type Moment = RawRecord & { readonly metrics: RawMetric[] };

export function readRecords({ metrics, timestamp }: Payload, knowledge: Knowledge): ReadRecords {
  const records: Moment[] = [];
  const refusals: Refusal[] = [];
  let lacksBirth = false;
  for (const [i, metric] of metrics.entries()) {
    const known = knownAs(metric, knowledge);
    if ('name' in known && isControl(known.name)) continue;
    const raw = 'reason' in known ? known : readMetric(metric, known);
    if ('reason' in raw) {
      lacksBirth ||= raw.reason === 'birth';
      const message = `${labelOf(metric, known)} of ${knowledge.who} ${raw.message}`;
      refusals.push({ ...raw, message, place: `metrics[${i}]` });
      continue;
    }
    const said = metric.timestamp ?? timestamp;
    const measuredAt = metric.isHistorical ? said : knowledge.timeOf(said);
    const isHistory = metric.isHistorical;
    const last = records.at(-1);
    if (last?.measuredAt === measuredAt && last.isHistory === isHistory) last.metrics.push(raw);
    else records.push({ measuredAt, isHistory, sequence: null, isWhole: true, metrics: [raw] });
  }
  return { records, refusals, lacksBirth };
}

/** A metric as it is known. */
type Known = { readonly name: string; readonly datatype: number; readonly unit: string | null };

function knownAs(metric: Metric, { metrics, doubt }: Knowledge): Known | Refusal {
  const { name, alias, datatype, problem } = metric;
  if (problem !== null) return { reason: 'protobuf', message: `cannot be read: ${problem}` };
  if (name !== null && name !== '') {
    const known = metrics.byName(name);
    const unit = known?.unit ?? null;
    if (datatype !== 0) return { name, datatype, unit };
    if (known !== undefined && doubt === null) return { name, datatype: known.datatype, unit };
    return birthProblem(`does not say its datatype, and ${doubt ?? 'is not in the birth'}`);
  }
  if (alias === null) return { reason: 'shape', message: 'has neither a name nor an alias' };
  if (doubt !== null) return birthProblem(`stands for nothing: ${doubt}`);
  const known = metrics.byAlias(alias);
  if (known === undefined) return birthProblem('is not in the birth');
  return datatype === 0 ? known : { name: known.name, datatype, unit: known.unit };
}

function birthProblem(message: string): Refusal {
  return { reason: 'birth', message };
}

function readMetric(metric: Metric, { name, datatype, unit }: Known): RawMetric | Refusal {
  const read = readMetricValue(metric, datatype);
  if ('problem' in read) return { reason: 'type', message: read.problem };
  const { value, quality } = read;
  if (typeof value === 'string' && value.length > TEXT_CHARS_MAX) {
    return { reason: 'type', message: `is a text of ${value.length} characters; at most ${TEXT_CHARS_MAX} are kept` };
  }
  return unit === null ? { metric: name, value, quality } : { metric: name, value, quality, unit };
}

function labelOf(metric: Metric, known: Known | Refusal): string {
  const name = 'name' in known ? known.name : metric.name;
  if (name !== null && name !== '') return `'${name.slice(0, 80)}'`;
  return metric.alias === null ? 'a metric' : `alias ${metric.alias}`;
}
