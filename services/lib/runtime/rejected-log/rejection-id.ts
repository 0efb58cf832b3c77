// `ingest-3-48`: who keeps a rejection, and where in its log. What names one to people and programs, and how far a reading came.

import type { Place } from '../segment-log/record.ts';
import { REJECTING_SERVICES, type RejectingService } from './layout.ts';

export type RejectionPlace = { readonly service: RejectingService; readonly place: Place };

const ID = new RegExp(`^(${REJECTING_SERVICES.join('|')})-(\\d{1,10})-(\\d{1,10})$`);

export function rejectionId({ service, place: { segment, offset } }: RejectionPlace): string {
  return `${service}-${segment}-${offset}`;
}

/** undefined where the text can be the id of none. */
export function parseRejectionId(text: string): RejectionPlace | undefined {
  const [, service, segment, offset] = ID.exec(text) ?? [];
  if (service === undefined) return undefined;
  return { service: service as RejectingService, place: { segment: Number(segment), offset: Number(offset) } };
}

/** The last that was read of each service; nothing of those that are not in it. */
export type Reached = ReadonlyMap<RejectingService, Place>;

/** The ids of the last ones, joined by commas. */
export function formatReached(reached: Reached): string {
  return Array.from(reached, ([service, place]) => rejectionId({ service, place })).join(',');
}

/** undefined where the text is none that formatReached() gives. */
export function parseReached(text: string): Reached | undefined {
  const reached = new Map<RejectingService, Place>();
  for (const id of text.split(',')) {
    const found = parseRejectionId(id);
    if (found === undefined || reached.has(found.service)) return undefined;
    reached.set(found.service, found.place);
  }
  return reached;
}
