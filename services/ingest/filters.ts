// What ingest reads. In a group, what devices measure is shared out among its members; what devices are (births, which the broker
// retains, and would send to no group) every member reads, since it needs them for its share.

import { filters } from '#domain/topic.ts';
import type { ConsumeOptions } from '#runtime/bus.ts';
import type { Source } from './sources/source.ts';

export type IngestFilters = Pick<ConsumeOptions, 'filters' | 'shared'>;

export function ingestFilters(sources: readonly Pick<Source, 'filter'>[], group: string | undefined): IngestFilters {
  const births = [filters.channel('status'), filters.channel('meta')];
  const values = [filters.channel('tele'), filters.channel('event'), ...new Set(sources.map(({ filter }) => filter))];
  if (group === undefined) return { filters: [...values, ...births] };
  return { filters: births, shared: { group, filters: values } };
}
