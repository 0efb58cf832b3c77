// The console's ear on the bus. Its session is clean: what it missed comes again as retained messages and newer points, and
// what was taken away meanwhile is known by its not coming again.

import { SeriesTable } from '#domain/batch.ts';
import { filters } from '#domain/topic.ts';
import type { Bus, Consumer } from '#runtime/bus.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { Tails } from './devices/tails.ts';
import type { Live } from './live/live.ts';
import { decodePlantInput } from './plant/decode.ts';

export type FeedParts = {
  readonly bus: Bus;
  readonly live: Pick<Live, 'apply' | 'beginRetelling'>;
  readonly tails: Pick<Tails, 'hear'>;
  readonly metrics: Metrics;
  readonly seriesMax: number;
};

export function openFeed({ bus, live, tails, metrics, seriesMax }: FeedParts): Consumer {
  const series = new SeriesTable(seriesMax);
  const refused = metrics.counter(
    'console_messages_refused_total',
    'Messages and lines of batches that could not be read.',
    ['root'],
  );
  return bus.consume({
    clientId: 'penstock-console-feed',
    filters: [
      ...[filters.alarms, filters.registry, filters.services, filters.rejected, filters.points],
      ...[filters.commandLives, filters.plantStates, filters.gaps],
    ],
    cleanSession: true,
    onSession: () => live.beginRetelling(),
    onDelivery: ({ topic, payload, retained, ack }) => {
      const input = decodePlantInput(topic, payload, series);
      const root = topic.slice(0, topic.indexOf('/'));
      if (typeof input === 'string') refused.inc({ root });
      else {
        if (input.kind === 'points' && input.badLines > 0) refused.inc({ root }, input.badLines);
        live.apply(input, retained ? 'retained' : 'live');
        tails.hear(input);
      }
      ack();
    },
  });
}
