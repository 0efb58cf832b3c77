// What the device models say about a metric: its unit, and from which age on a value no longer stands for the plant.

import { parseDuration } from '#domain/duration.ts';

/** As the rules take it where no model says (`maxAge`), so that page and rules call the same value stale. */
const STALE_AFTER_MS_DEFAULT = 60_000;
const INTERVALS_MISSED = 3;

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

export const UNKNOWN_METRIC: MetricNote = { unit: null, staleAfterMs: STALE_AFTER_MS_DEFAULT };

export function makeCatalog(models: Models): Catalog {
  return {
    noteOf(model, metric) {
      const known = model === null ? undefined : models.get(model)?.metrics.get(metric);
      if (known === undefined) return UNKNOWN_METRIC;
      const intervalMs = known.interval === undefined ? undefined : parseDuration(known.interval);
      return {
        unit: known.unit ?? null,
        staleAfterMs: intervalMs === undefined ? STALE_AFTER_MS_DEFAULT : intervalMs * INTERVALS_MISSED,
      };
    },
  };
}
