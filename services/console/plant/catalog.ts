// What the device models say about a metric: its unit, from which age on a value no longer stands for the plant, and how far
// apart its points may stand in the store.

import { type MetricModel, maxAgeOf } from '#runtime/plant-files.ts';
import { thinningOf } from '#runtime/thinning-model.ts';

export type MetricNote = {
  readonly unit: string | null;
  readonly staleAfterMs: number;
  /** So far apart its points may stand in the store though none is missing; 0: it has them all. */
  readonly storedEveryMs: number;
};

export type Catalog = {
  noteOf(model: string | null, metric: string): MetricNote;
};

type Models = ReadonlyMap<
  string,
  {
    readonly metrics: ReadonlyMap<string, Pick<MetricModel, 'unit' | 'interval' | 'store'>>;
  }
>;

export const UNKNOWN_METRIC: MetricNote = { unit: null, staleAfterMs: maxAgeOf(undefined), storedEveryMs: 0 };

export function makeCatalog(models: Models): Catalog {
  return {
    noteOf(model, metric) {
      const known = model === null ? undefined : models.get(model)?.metrics.get(metric);
      if (known === undefined) return UNKNOWN_METRIC;
      const storedEveryMs = thinningOf(known)?.atLeastEveryMs ?? 0;
      return { unit: known.unit ?? null, staleAfterMs: maxAgeOf(known), storedEveryMs };
    },
  };
}
