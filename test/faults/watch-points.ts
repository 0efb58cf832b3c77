// Somebody who reads the points at the broker as ingest publishes them, with a session that outlives a broker's death.

import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import { filters } from '#domain/topic.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { Ledger } from './ledger.ts';
import type { Sightings } from './sightings.ts';

export async function watchPoints(port: number, points: Sightings): Promise<AsyncDisposable> {
  const table = new SeriesTable();
  const consumer = new MqttConsumer(
    { url: `mqtt://127.0.0.1:${port}` },
    {
      clientId: 'fault-watcher',
      filters: [filters.points],
      cleanSession: false,
      onDelivery: ({ payload, ack }) => {
        decodeBatch(
          payload.toString(),
          table,
          ({ series, value }) => points.see(series.device, Ledger.numberOf(Number(value))),
          ({ line, reason }) => {
            throw new Error(`${reason}: ${line}`);
          },
        );
        ack();
      },
    },
    silentLog(),
  );
  await consumer.ready;
  return consumer;
}
