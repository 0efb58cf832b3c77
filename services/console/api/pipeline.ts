// What services tell of themselves, as the pipeline page asks for it. All moments are ms since the epoch.

import type { ServiceName, ServiceStatus } from '#domain/service.ts';

/**
 * The numbers that say how it is going, by whose they are and what they are called in Prometheus without `penstock_`. `/*` stands
 * for all that a label tells, added up. `rate`: a count, told as how much it rises in a second.
 */
export const PIPELINE_NUMBERS = {
  clients: { service: 'broker', metric: 'broker_clients', as: 'level' },
  messages: { service: 'broker', metric: 'broker_messages_total/*', as: 'rate' },
  queued: { service: 'broker', metric: 'broker_queued_messages', as: 'level' },
  queueDropped: { service: 'broker', metric: 'broker_queue_dropped_total/*', as: 'rate' },
  brokerSync: { service: 'broker', metric: 'broker_log_sync_seconds_total', as: 'rate' },
  brokerLog: { service: 'broker', metric: 'broker_log_bytes', as: 'level' },
  ingestInFlight: { service: 'ingest', metric: 'ingest_in_flight', as: 'level' },
  points: { service: 'ingest', metric: 'ingest_points_total', as: 'rate' },
  batches: { service: 'ingest', metric: 'ingest_batches_total', as: 'rate' },
  refused: { service: 'ingest', metric: 'ingest_rejected_total/*', as: 'rate' },
  judged: { service: 'rules', metric: 'rules_points_total', as: 'rate' },
  held: { service: 'rules', metric: 'rules_held', as: 'level' },
  outputs: { service: 'rules', metric: 'rules_outputs_total/*', as: 'rate' },
  notices: { service: 'rules', metric: 'rules_notifications_waiting', as: 'level' },
  writerInFlight: { service: 'writer', metric: 'writer_in_flight', as: 'level' },
  stored: { service: 'writer', metric: 'writer_lines_total', as: 'rate' },
  storeRefused: { service: 'writer', metric: 'writer_lines_refused_total', as: 'rate' },
  lag: { service: 'writer', metric: 'writer_lag_seconds', as: 'level' },
  unsent: { service: 'writer', metric: 'writer_oldest_unsent_seconds', as: 'level' },
  journal: { service: 'writer', metric: 'writer_journal_bytes', as: 'level' },
  requestP99: { service: 'writer', metric: 'writer_request_seconds_p99', as: 'level' },
  written: { service: 'historian', metric: 'historian_points_written_total', as: 'rate' },
  writeP99: { service: 'historian', metric: 'historian_write_seconds_p99', as: 'level' },
  queryP99: { service: 'historian', metric: 'historian_query_seconds_p99', as: 'level' },
  storeLog: { service: 'historian', metric: 'historian_log_bytes', as: 'level' },
  viewers: { service: 'console', metric: 'console_viewers', as: 'level' },
  viewersDropped: { service: 'console', metric: 'console_viewers_dropped_total', as: 'rate' },
  beatP99: { service: 'watchdog', metric: 'watchdog_round_trip_seconds_p99', as: 'level' },
} as const satisfies { readonly [id: string]: NumberSpec };

export type NumberSpec = {
  readonly service: ServiceName;
  readonly metric: string;
  readonly as: 'level' | 'rate';
};
export type NumberId = keyof typeof PIPELINE_NUMBERS;

/** A number of one process. */
export type NumberView = {
  readonly id: NumberId;
  /** The device that the process plays: `writer`, `writer-1`. */
  readonly device: string;
  /** As it was told, the oldest first; null where it cannot be told: a count that began anew, or has been told but once. */
  readonly told: readonly (readonly [at: number, value: number | null])[];
};

export type PipelineView = {
  /** How often services tell their numbers, ms; 0: never. */
  readonly everyMs: number;
  readonly numbers: readonly NumberView[];
};

/** Whether a service lives, by its own word. */
export type ServiceHealth = ServiceStatus & {
  /** The device under which it tells its numbers, below `penstock/pipeline`. */
  readonly device: string;
  /** How old the newest of its numbers is; null: none has been told since the console started. */
  readonly numbersAgeMs: number | null;
};

export type HealthView = {
  readonly now: number;
  /** The broker is there, and every service that has ever spoken is up and says of no problem. */
  readonly isWell: boolean;
  /** What is wrong between console and broker, in words; all of the rest is old while it is not null. */
  readonly broker: string | null;
  readonly services: readonly ServiceHealth[];
};
