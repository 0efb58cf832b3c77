// The stations that a point passes, and how each of them is: of several processes that share the work, all together. Pure.

import type { ServiceName, ServiceStatus } from '#domain/service.ts';
import type { NumberId } from '../../api/pipeline.ts';
import { type Reach, type ShownStatus, shownStatus } from '../parts/shown-status.ts';

export const STATIONS = [
  'devices',
  'broker',
  'ingest',
  'rejected',
  'points',
  'rules',
  'writer',
  'alarms',
  'store',
  'console',
] as const;
export type Station = (typeof STATIONS)[number];

/** Stations that are a service of ours; the others are what one hands to the next. */
export const SERVICE_AT: { readonly [station in Station]?: ServiceName } = {
  broker: 'broker',
  ingest: 'ingest',
  rules: 'rules',
  writer: 'writer',
  store: 'historian',
  console: 'console',
};

export const FLOWS = [
  { from: 'devices', to: 'broker', numbers: ['messages', 'clients'] },
  { from: 'broker', to: 'ingest', numbers: ['queued', 'ingestInFlight'] },
  { from: 'ingest', to: 'rejected', numbers: ['refused'] },
  { from: 'ingest', to: 'points', numbers: ['points', 'batches'] },
  { from: 'points', to: 'rules', numbers: ['judged', 'held'] },
  { from: 'points', to: 'writer', numbers: ['writerInFlight', 'unsent'] },
  { from: 'rules', to: 'alarms', numbers: ['outputs', 'notices'] },
  { from: 'writer', to: 'store', numbers: ['stored', 'lag'] },
  { from: 'alarms', to: 'console', numbers: ['viewers'] },
  { from: 'store', to: 'console', numbers: ['queryP99'] },
] as const satisfies readonly { from: Station; to: Station; numbers: readonly NumberId[] }[];
export type Flow = (typeof FLOWS)[number];

/** `some`: not all of its processes are up; `elsewhere`: none of ours, such as another broker, says nothing here. */
export type StationState = ShownStatus | 'some' | 'elsewhere' | 'unheard';

/** Others can stand in the place of these. */
const REPLACEABLE: readonly ServiceName[] = ['broker', 'historian'];

export type StationHealth = { readonly state: StationState; readonly up: number; readonly all: number };

export function healthOf(service: ServiceName, statuses: Iterable<ServiceStatus>, reach: Reach): StationHealth {
  const shown = [...statuses].filter((status) => status.service === service).map((each) => shownStatus(each, reach));
  const up = shown.filter((status) => status === 'up').length;
  return { state: stateOf(service, shown), up, all: shown.length };
}

function stateOf(service: ServiceName, shown: readonly ShownStatus[]): StationState {
  const [first] = shown;
  if (first === undefined) return REPLACEABLE.includes(service) ? 'elsewhere' : 'unheard';
  if (shown.every((status) => status === first)) return first;
  return shown.includes('up') ? 'some' : 'down';
}

export function isAbnormal(state: StationState): boolean {
  return state === 'down' || state === 'restarting' || state === 'some';
}
