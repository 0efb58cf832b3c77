// Metrics in Prometheus' text form: ours are `penstock_…` in base units, those of the process and of Node bear the names
// that they have everywhere. The only file that imports the metrics client.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { MetricSample } from './own-numbers.ts';

export class Metrics {
  readonly #registry = new Registry();

  constructor(service: string) {
    this.#registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.#registry });
  }

  counter<T extends string>(name: string, help: string, labelNames: readonly T[] = []): Counter<T> {
    return new Counter({ name: `penstock_${name}`, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  /** A gauge that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number): Gauge {
    return new Gauge({
      name: `penstock_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A counter that somebody else keeps: `read` gives the count since the start, when somebody asks. */
  total(name: string, help: string, read: () => number): Counter {
    return new Counter({
      name: `penstock_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** @param buckets upper bounds, in the metric's base unit (seconds for durations) */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ name: `penstock_${name}`, help, buckets: [...buckets], registers: [this.#registry] });
  }

  /** All of them as they are now. */
  samples(): Promise<readonly MetricSample[]> {
    return this.#registry.getMetricsAsJSON();
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
