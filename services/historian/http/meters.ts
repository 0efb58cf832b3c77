// What the historian counts, named in one place.

import type { Metrics } from '#runtime/metrics.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Meters = ReturnType<typeof historianMeters>;

export function historianMeters(metrics: Metrics, diskBytes: () => number) {
  metrics.gauge('historian_disk_bytes', 'Size of the store on the disk.', diskBytes);
  return {
    points: metrics.counter('historian_points_written_total', 'Points stored.'),
    badLines: metrics.counter('historian_lines_refused_total', 'Lines not stored, by reason.', ['reason']),
    writeSeconds: metrics.histogram('historian_write_seconds', 'Time from a write to its acknowledgement.', SECONDS),
    querySeconds: metrics.histogram('historian_query_seconds', 'Time to compute the answer to a query.', SECONDS),
    expired: metrics.counter('historian_samples_expired_total', 'Samples deleted by retention.'),
  };
}
