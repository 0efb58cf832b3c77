// What the historian counts, named in one place.

import type { Metrics } from '#runtime/metrics.ts';
import type { EngineStatus } from '../engine/engine-status.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Meters = ReturnType<typeof historianMeters>;

export function historianMeters(metrics: Metrics, status: () => EngineStatus, diskBytes: () => number) {
  metrics.gauge('historian_disk_bytes', 'Size of the store on the disk.', diskBytes);
  metrics.gauge('historian_log_bytes', 'Size of the log of what is not in chunks yet.', () => status().logBytes);
  metrics.gauge('historian_head_samples', 'Samples in memory that are not in chunks yet.', () => status().headSamples);
  return {
    points: metrics.counter('historian_points_written_total', 'Points stored.'),
    badLines: metrics.counter('historian_lines_refused_total', 'Lines not stored, by reason.', ['reason']),
    writeSeconds: metrics.histogram('historian_write_seconds', 'Time from a write to its acknowledgement.', SECONDS),
    querySeconds: metrics.histogram('historian_query_seconds', 'Time to compute the answer to a query.', SECONDS),
  };
}
