// The numbers of a process as points of the plant: it plays the device `penstock/pipeline/<service>`, whose metrics are those
// of /metrics under their names without `penstock_`. So they are stored, drawn and watched by rules as any others, and where they
// end one sees that the way to the store is broken. What a label tells stands behind the name: `ingest_rejected_total/json`.

import { isMetricName } from '#domain/name.ts';

/** As the metrics client gives them. */
export type MetricSample = {
  readonly name: string;
  readonly type: string;
  readonly values: readonly {
    readonly value: number;
    readonly labels: { readonly [label: string]: string | number | undefined };
    readonly metricName?: string;
  }[];
};

/** By name, in base units. */
export type Numbers = { [name: string]: number };

const OURS = 'penstock_';
/** Of the process and of Node, all that says something to a plant. */
const OTHERS: ReadonlySet<string> = new Set([
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_p99_seconds',
]);
/** The label that all metrics of a process have. */
const EVERYWHERE = 'service';

/** Upper bounds with counts up to them, ascending. */
type Buckets = readonly (readonly [bound: number, count: number])[];

export class OwnNumbers {
  /** Of each histogram, as it was told last: quantiles are of what has come since. */
  readonly #told = new Map<string, Buckets>();

  of(samples: readonly MetricSample[]): Numbers {
    const numbers: Numbers = {};
    for (const sample of samples) {
      if (!sample.name.startsWith(OURS) && !OTHERS.has(sample.name)) continue;
      if (sample.type === 'histogram') this.#addHistogram(sample, numbers);
      else
        for (const { value, labels } of sample.values) add(numbers, [sample.name, ...tailOf(labels)].join('/'), value);
    }
    return numbers;
  }

  #addHistogram({ name, values }: MetricSample, numbers: Numbers): void {
    const buckets: [number, number][] = [];
    for (const { metricName, value, labels } of values) {
      if (metricName !== `${name}_bucket`) add(numbers, metricName ?? name, value);
      else buckets.push([labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le), value]);
    }
    const before = this.#told.get(name);
    this.#told.set(name, buckets);
    const p99 = quantile(
      buckets.map(([bound, count], i) => [bound, count - (before?.[i]?.[1] ?? 0)]),
      0.99,
    );
    if (p99 !== undefined) add(numbers, `${name}_p99`, p99);
  }
}

function tailOf(labels: MetricSample['values'][number]['labels']): string[] {
  return Object.entries(labels)
    .filter(([label, value]) => label !== EVERYWHERE && value !== undefined)
    .map(([, value]) => String(value));
}

function add(numbers: Numbers, name: string, value: number): void {
  const metric = name.startsWith(OURS) ? name.slice(OURS.length) : name;
  if (Number.isFinite(value) && isMetricName(metric)) numbers[metric] = value;
}

/** As Prometheus' histogram_quantile: even within a bucket; past the last bound that bound. undefined where nothing came. */
function quantile(buckets: Buckets, share: number): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  let [low, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank && Number.isFinite(bound)) return low + ((bound - low) * (rank - below)) / (count - below);
    if (Number.isFinite(bound)) [low, below] = [bound, count];
  }
  return low;
}
