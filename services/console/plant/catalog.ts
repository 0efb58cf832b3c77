// What the device models say about a metric: its unit, and from which age on a value no longer stands for the plant.

import { maxAgeOf } from '#runtime/plant-files.ts';

export type MetricNote = { readonly unit: string | null; readonly staleAfterMs: number };

export type Catalog = {
  noteOf(model: string | null, metric: string): MetricNote;
};

type Models = ReadonlyMap<
  string,
  {
    readonly metrics: ReadonlyMap<
      string,
      { readonly unit?: string | undefined; readonly interval?: string | undefined }
    >;
  }
>;

export const UNKNOWN_METRIC: MetricNote = { unit: null, staleAfterMs: maxAgeOf(undefined) };

export function makeCatalog(models: Models): Catalog {
  return {
    noteOf(model, metric) {
      const known = model === null ? undefined : models.get(model)?.metrics.get(metric);
      if (known === undefined) return UNKNOWN_METRIC;
      return { unit: known.unit ?? null, staleAfterMs: maxAgeOf(known) };
    },
  };
}
