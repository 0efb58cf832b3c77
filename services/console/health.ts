// What the console says of itself at /readyz and /metrics.

import type { Consumer } from '#runtime/bus.ts';
import type { Service } from '#runtime/process.ts';
import type { Tails } from './devices/tails.ts';
import { pageProblem } from './http/page.ts';
import type { Live } from './live/live.ts';

export type HealthParts = {
  readonly feed: Consumer;
  readonly live: Live;
  readonly tails: Tails;
  readonly pageDir: string;
};

type Told = Pick<Service<Record<never, never>>, 'health' | 'metrics'>;

export function addHealth({ health, metrics }: Told, { feed, live, tails, pageDir }: HealthParts): void {
  health.add('feed', () => feed.problem());
  health.add('page', () => pageProblem(pageDir));
  metrics.gauge('console_viewers', 'Open event streams.', () => live.viewers);
  metrics.gauge('console_tails', 'Devices whose messages somebody watches.', () => tails.devices);
  metrics.total(
    'console_viewers_dropped_total',
    'Event streams ended because they could not keep up.',
    () => live.dropped,
  );
}
