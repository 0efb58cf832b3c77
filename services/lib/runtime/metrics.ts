// Metrics in Prometheus' text form, names `penstock_…` in base units. The only file that imports the metrics client.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client';

export class Metrics {
  readonly #registry = new Registry();

  constructor(service: string) {
    this.#registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.#registry, prefix: 'penstock_' });
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

  /** @param buckets upper bounds, in the metric's base unit (seconds for durations) */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ name: `penstock_${name}`, help, buckets: [...buckets], registers: [this.#registry] });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
