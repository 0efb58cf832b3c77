// What the broker's store says of itself to whoever looks at metrics, health and alarms.

import type { Health } from '#runtime/health.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { Problems } from '#runtime/problems.ts';
import type { DamageList } from './damage-list.ts';
import type { Store } from './store.ts';

type Watchers = { readonly metrics: Metrics; readonly health: Health; readonly problems: Problems };
type Watched = { readonly store: Store; readonly damages: DamageList };

export function watchStore({ store, damages }: Watched, to: Watchers): void {
  const { ledger, intake, limits, compaction } = store;
  const { log, state } = ledger;
  const { metrics, health, problems } = to;
  const sum = (of: (session: { queue: { size: number }; queueBytes: number }) => number) => {
    let total = 0;
    for (const session of state.sessions.values()) total += of(session);
    return total;
  };
  metrics.gauge('broker_sessions', 'Persistent sessions.', () => state.sessions.size);
  metrics.gauge('broker_queued_messages', 'Messages in all queues.', () => sum(({ queue }) => queue.size));
  metrics.gauge('broker_queued_bytes', 'Bytes in all queues.', () => sum(({ queueBytes }) => queueBytes));
  metrics.gauge('broker_retained_messages', 'Retained messages.', () => state.retained.size);
  metrics.gauge(
    'broker_payload_memory_bytes',
    'Payloads in memory; the others are read back from disk.',
    () => state.payloads.bytes,
  );
  metrics.gauge('broker_publishes_waiting', "Messages that wait for room in a service's queue.", () => intake.waiting);
  metrics.gauge('broker_log_bytes', 'Bytes of the log on disk.', () => log.bytes);
  metrics.gauge('broker_log_live_bytes', 'Of these, what a restart needs.', () => state.liveBytes);
  metrics.gauge('broker_log_backlog_bytes', 'Appended and not yet on disk.', () => log.backlogBytes);
  metrics.total('broker_log_records_total', 'Records written.', () => log.counted.records);
  metrics.total('broker_log_groups_total', 'Groups of records, each on disk with one sync.', () => log.counted.groups);
  metrics.total('broker_log_sync_seconds_total', 'Time in syncs.', () => log.counted.syncSeconds);
  metrics.total(
    'broker_log_segments_dropped_total',
    'Segments that compaction has freed.',
    () => compaction.segmentsDropped,
  );
  metrics.total('broker_log_damages_total', 'Stretches of the log that no checksum answers for.', () => damages.count);
  metrics.total('broker_messages_unreadable_total', 'Messages lost to a damaged disk.', () => ledger.lostMessages);
  health.add('disk', () => log.problem());
  const damage = () => damages.problem(log.segments.map(({ number }) => number));
  health.add('log', damage);
  problems.addOne('log-damaged', 'high', damage);
  health.add('queues', () => {
    const full = limits.fullQueues();
    return full.length === 0 ? undefined : `publishers wait: the queue of ${full.join(', ')} is full`;
  });
}
