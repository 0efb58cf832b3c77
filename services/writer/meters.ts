// The writer in numbers. What only somebody who asks wants to know is read when he does.

import type { Metrics } from '#runtime/metrics.ts';
import type { Store } from './influx.ts';
import type { Journal } from './journal.ts';
import type { PointReader } from './point-reader.ts';
import type { SavedHour } from './roll-up/hour.ts';
import type { RollUps } from './roll-up/roll-ups.ts';
import { StoreError } from './store-error.ts';
import type { Plans } from './thinning/plans.ts';
import type { Writer } from './writer.ts';

export type Meters = ReturnType<typeof openMeters>;

export function openMeters(metrics: Metrics) {
  return {
    lines: metrics.counter('writer_lines_total', 'Lines the store has taken or refused for good.'),
    refused: metrics.counter('writer_lines_refused_total', 'Lines the store refused for good.'),
    thinned: metrics.counter('writer_points_thinned_total', 'Points left out, as their device models ask.'),
    requests: metrics.counter('writer_requests_total', 'Requests to the store, by what is to be done next.', ['next']),
    seconds: metrics.histogram(
      'writer_request_seconds',
      'From a request to its success, tries included.',
      [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    ),
    rollUps: metrics.counter('writer_roll_ups_total', 'Buckets written, by policy.', ['policy']),
    rollUpsRefused: metrics.counter('writer_roll_ups_refused_total', 'Buckets the store refused for good.'),
    rollUpFailures: metrics.counter('writer_roll_up_failures_total', 'Roll-ups that the store could not give us yet.'),
  };
}

/** The store, with its requests counted: `none` is to be done after a success. */
export function counted(store: Store, requests: Meters['requests']): Store {
  const count = async <T>(request: Promise<T>): Promise<T> => {
    try {
      const answer = await request;
      requests.inc({ next: 'none' });
      return answer;
    } catch (error) {
      requests.inc({ next: error instanceof StoreError ? error.remedy : 'retry' });
      throw error;
    }
  };
  return {
    write: (lines, policy) => count(store.write(lines, policy)),
    query: (influxql) => count(store.query(influxql)),
    create: () => store.create(),
  };
}

export type Measured = {
  readonly journal: Journal<readonly SavedHour[]>;
  readonly writer: Writer<readonly SavedHour[]>;
  readonly rollUps: RollUps;
  readonly points: PointReader;
  readonly plans: Plans;
  readonly now: () => number;
};

export function addGauges(metrics: Metrics, { journal, writer, rollUps, points, plans, now }: Measured): void {
  const secondsSince = (at: number | undefined) => (at === undefined ? 0 : Math.max(1, now() - at) / 1_000);
  metrics.gauge('writer_lag_seconds', 'Age of the newest point that the store has taken; 0 before the first.', () =>
    secondsSince(points.newestAt),
  );
  metrics.gauge('writer_oldest_unsent_seconds', 'How long the oldest message waits for the store; 0: none does.', () =>
    secondsSince(writer.oldestReceivedAt),
  );
  metrics.gauge('writer_behind', '1 while messages wait on disk for room in memory.', () => Number(writer.isBehind));
  metrics.gauge('writer_thinned_series', 'Series that are thinned.', () => plans.series);
  metrics.gauge(
    'writer_unthinned_series',
    'Series whose models ask for it and that are not, for want of room (writer.thinnedSeriesMax).',
    () => plans.refused,
  );
  metrics.gauge('writer_journal_bytes', 'The journal on disk.', () => journal.bytes);
  metrics.gauge(
    'writer_roll_up_hours_open',
    'Hours of areas whose roll-ups are not up to date.',
    () => rollUps.open.hours,
  );
  metrics.gauge('writer_roll_up_hours_failing', 'Those of them that failed last time.', () => rollUps.open.failing);
}
