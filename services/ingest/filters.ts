// What ingest reads. In a group, what devices measure is shared out among its members; what devices are (births, which the broker
// retains, and would send to no group) every member reads, since it needs them for its share.

import { SPARKPLUG_REPLAYS, sparkplugFilters } from '#domain/sparkplug-topic.ts';
import { filters } from '#domain/topic.ts';
import type { ConsumeOptions } from '#runtime/bus.ts';
import type { Source } from './sources/source.ts';

export type IngestFilters = Pick<ConsumeOptions, 'filters' | 'shared'>;

/** Of an edge node all messages go to one, in order; so in a group one member reads Sparkplug, for all of them. */
const SPARKPLUG = [...sparkplugFilters, SPARKPLUG_REPLAYS, filters.commands];

export function ingestFilters(
  sources: readonly Pick<Source, 'filter'>[],
  { group, hasSparkplug }: { readonly group: string | undefined; readonly hasSparkplug: boolean },
): IngestFilters {
  const births = [filters.channel('status'), filters.channel('meta')];
  // Who forgets /tele is to be told so.
  const ofDevices = [filters.channel('tele'), filters.channel('event'), filters.withoutChannel];
  const values = [...new Set([...ofDevices, ...sources.map(({ filter }) => filter)])];
  const own = [...births, ...(hasSparkplug ? SPARKPLUG : [])];
  if (group === undefined) return { filters: [...values, ...own] };
  return { filters: own, shared: { group, filters: values } };
}
