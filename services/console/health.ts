// What the console says of itself at /readyz and /metrics.

import type { Consumer } from '#runtime/bus.ts';
import type { Service } from '#runtime/process.ts';
import { pageProblem } from './http/page.ts';
import type { Live } from './live/live.ts';

export type HealthParts = { readonly feed: Consumer; readonly live: Live; readonly pageDir: string };

type Told = Pick<Service<Record<never, never>>, 'health' | 'metrics'>;

export function addHealth({ health, metrics }: Told, { feed, live, pageDir }: HealthParts): void {
  health.add('feed', () => feed.problem());
  health.add('page', () => pageProblem(pageDir));
  metrics.gauge('console_viewers', 'Open event streams.', () => live.viewers);
  metrics.total(
    'console_viewers_dropped_total',
    'Event streams ended because they could not keep up.',
    () => live.dropped,
  );
}
