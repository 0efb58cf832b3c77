// A number as the page shows it: of one process, or of all that share the work. Pure.

import type { ServiceStatus } from '#domain/service.ts';
import { type NumberId, PIPELINE_NUMBERS, type PipelineView } from '../../api/pipeline.ts';

/** As the dashboards have it: of four tellings three may be lost. */
const LOST_TELLINGS = 4;
/** A telling goes the whole way of a point, and waits for its turn. */
const SLACK_MS = 2_000;

export type Unit = 'per-second' | 'count' | 'seconds' | 'bytes' | 'share';

type Look = {
  readonly unit: Unit;
  /** Of several processes the worst counts, not the sum. */
  readonly of?: 'most';
  /** Of what has come since the last telling; told only where something has. */
  readonly isOfEvents?: true;
};

export const LOOKS: { readonly [id in NumberId]: Look } = {
  clients: { unit: 'count' },
  messages: { unit: 'per-second' },
  queued: { unit: 'count' },
  queueDropped: { unit: 'per-second' },
  brokerSync: { unit: 'share', of: 'most' },
  brokerLog: { unit: 'bytes' },
  ingestInFlight: { unit: 'count' },
  points: { unit: 'per-second' },
  batches: { unit: 'per-second' },
  refused: { unit: 'per-second' },
  judged: { unit: 'per-second' },
  held: { unit: 'count' },
  outputs: { unit: 'per-second' },
  notices: { unit: 'count' },
  writerInFlight: { unit: 'count' },
  stored: { unit: 'per-second' },
  storeRefused: { unit: 'per-second' },
  lag: { unit: 'seconds', of: 'most' },
  unsent: { unit: 'seconds', of: 'most' },
  journal: { unit: 'bytes' },
  requestP99: { unit: 'seconds', of: 'most', isOfEvents: true },
  written: { unit: 'per-second' },
  writeP99: { unit: 'seconds', of: 'most', isOfEvents: true },
  queryP99: { unit: 'seconds', of: 'most', isOfEvents: true },
  storeLog: { unit: 'bytes' },
  viewers: { unit: 'count' },
  viewersDropped: { unit: 'per-second' },
  beatP99: { unit: 'seconds', of: 'most', isOfEvents: true },
};

/** `none`: nothing has come that it could be told of; null: not told, told too long ago to be true now, or nothing can be said yet. */
export type Known = number | 'none' | null;

export type Reading = {
  readonly id: NumberId;
  readonly device: string;
  readonly value: Known;
  /** When it was told last; null: never. */
  readonly at: number | null;
  readonly told: readonly (readonly [at: number, value: number | null])[];
};

export function freshMs(everyMs: number): number {
  return everyMs * LOST_TELLINGS + SLACK_MS;
}

export type Present = {
  readonly now: number;
  /** By the device that the process plays. */
  readonly statuses: ReadonlyMap<string, Pick<ServiceStatus, 'status' | 'since'>>;
};

/** By process, in the order of the table of numbers. */
export function readingsOf(view: PipelineView, { now, statuses }: Present): Reading[] {
  const order = Object.keys(PIPELINE_NUMBERS);
  return view.numbers
    .map(({ id, device, told }): Reading => {
      const [at, value] = told.at(-1) ?? [null, null];
      const isFresh = at !== null && now - at <= freshMs(view.everyMs) && isOfNow(at, statuses.get(device));
      const known = value ?? (LOOKS[id].isOfEvents ? 'none' : null);
      return { id, device, value: isFresh ? known : null, at, told };
    })
    .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id) || (a.device < b.device ? -1 : 1));
}

/** What a process told before it ended is no number of the one that has come in its place. */
function isOfNow(at: number, status: Pick<ServiceStatus, 'status' | 'since'> | undefined): boolean {
  return status === undefined || (status.status === 'up' && at >= status.since);
}

/** Of all processes together; null where one of them is missing: a sum of some looks like one of all. */
export function together(readings: readonly Reading[], id: NumberId): Known {
  const values = readings.filter((reading) => reading.id === id).map(({ value }) => value);
  if (values.length === 0 || values.includes(null)) return null;
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return 'none';
  return LOOKS[id].of === 'most' ? Math.max(...numbers) : numbers.reduce((sum, value) => sum + value, 0);
}
