// The pipeline itself: what is wrong with it, what passes, how far the store is behind, what waits, what was refused, and what the
// disks take. Numbers come through the pipeline as any others: where they end, it is broken.

import { BY_URGENCY, isShown, LIST_COLUMNS, listStanding } from '../parts/alarm-queries.ts';
import { alarmMarks } from '../parts/annotations.ts';
import type { Board } from '../parts/board.ts';
import { and, deviceStates, isPipeline, readings, SHOWN } from '../parts/influxql.ts';
import { ABNORMAL } from '../parts/palette.ts';
import type { Trend } from '../parts/panel.ts';
import { NUMBERS_GAP_MS, numberOf, rateOf, ratesBy } from '../parts/pipeline-queries.ts';
import { consoleAt } from '../parts/variables.ts';
import { type Context, UIDS } from './context.ts';

type Line = Omit<Trend, 'kind' | 'width' | 'height' | 'min'> & { readonly width?: number };

const line = ({ width = 8, ...rest }: Line): Trend => ({
  ...{ kind: 'trend', width, height: 7, min: 0, gapAfterMs: NUMBERS_GAP_MS },
  ...rest,
});

export function pipelineHealthBoard({ consoleUrl }: Context): Board {
  return {
    uid: UIDS.health,
    title: 'Pipeline health',
    folder: 'Pipeline',
    description:
      'What is wrong with the pipeline, what passes through it, what waits, what was refused, what it costs.',
    variables: [consoleAt(consoleUrl)],
    annotations: alarmMarks(isPipeline),
    range: 'now-3h',
    refresh: '30s',
    leadsTo: [
      { title: 'Fleet', uid: UIDS.fleet },
      { title: 'Plant overview', uid: UIDS.overview },
    ],
    rows: [
      {
        panels: [
          {
            kind: 'table',
            title: 'Alarms of the pipeline',
            description:
              'What services, and what watches them, say is wrong, the most urgent first. Each says the way out. Normal: none.',
            width: 24,
            height: 6,
            unit: 'none',
            noValue: 'no alarm',
            columns: LIST_COLUMNS,
            sortBy: BY_URGENCY,
            queries: [listStanding(isPipeline, isShown)],
          },
        ],
      },
      {
        panels: [
          line({
            title: 'Rates',
            description:
              'Per second: messages that the embedded broker took, points that ingest took, lines that the store has. The last two go together.',
            unit: 'cps',
            queries: [
              rateOf('broker', 'broker_messages_total/1', 'messages at QoS 1'),
              rateOf('ingest', 'ingest_points_total', 'points'),
              rateOf('writer', 'writer_lines_total', 'lines stored'),
            ],
          }),
          line({
            title: 'Lag of the store',
            description:
              'Age of the newest point in the store, and of the oldest message that it does not have. Normal: below a few seconds.',
            unit: 's',
            steps: [{ from: 30, colour: ABNORMAL }],
            targets: [{ from: 30, colour: ABNORMAL }],
            queries: [
              numberOf('writer', 'writer_lag_seconds', 'newest point'),
              numberOf('writer', 'writer_oldest_unsent_seconds', 'oldest unsent'),
            ],
          }),
          line({
            title: 'Refused',
            description:
              'Metrics and messages a minute that ingest refused, by reason. What they were stands on the console, and is kept.',
            unit: 'none',
            drawAs: 'bars',
            isStacked: true,
            noValue: 'nothing refused',
            queries: [ratesBy('ingest', 'ingest_rejected_total')],
          }),
        ],
      },
      {
        panels: [
          line({
            title: 'What waits',
            description:
              'Messages that wait at the broker for absent or slow clients, and that ingest and the writer have taken and not acknowledged. Normal: near 0.',
            unit: 'none',
            queries: [
              numberOf('broker', 'broker_queued_messages', 'queued'),
              numberOf('ingest', 'ingest_in_flight', 'in flight'),
              numberOf('writer', 'writer_in_flight', 'in flight'),
              numberOf('rules', 'rules_notifications_waiting', 'notices to send'),
            ],
          }),
          line({
            title: 'Journals and logs',
            description:
              "Bytes on disk: the broker's log, the writer's journal, the historian's log. The writer's grows while the store is away.",
            unit: 'bytes',
            queries: [
              numberOf('broker', 'broker_log_bytes', 'log'),
              numberOf('writer', 'writer_journal_bytes', 'journal'),
              numberOf('historian', 'historian_log_bytes', 'log'),
            ],
          }),
          line({
            title: 'Disks',
            description: 'How full the disks are that services write to. From 85 % it is an alarm.',
            unit: 'percentunit',
            max: 1,
            steps: [{ from: 0.85, colour: ABNORMAL }],
            targets: [{ from: 0.85, colour: ABNORMAL }],
            queries: [
              {
                text: `SELECT last("value") FROM ${readings()} WHERE ${and(SHOWN, isPipeline, '"metric" =~ /_disk_used_ratio$/')} GROUP BY time($__interval), "device" fill(none)`,
                alias: '$tag_device',
              },
            ],
          }),
        ],
      },
      {
        panels: [
          line({
            title: 'Writes, 99th percentile',
            description:
              "How long the writer's requests to the store take, and the historian until a write is on disk.",
            unit: 's',
            queries: [
              numberOf('writer', 'writer_request_seconds_p99', 'request'),
              numberOf('historian', 'historian_write_seconds_p99', 'until on disk'),
              numberOf('historian', 'historian_query_seconds_p99', 'query'),
            ],
          }),
          line({
            title: 'Time in fsync',
            description:
              'Share of its time that the embedded broker waits for its disk to sync. Near 1 the disk is what limits the pipeline.',
            unit: 'percentunit',
            queries: [rateOf('broker', 'broker_log_sync_seconds_total', 'in fsync')],
          }),
          line({
            title: 'Beat, 99th percentile',
            description: "From the watchdog's beat through broker, ingest and rules to its answer.",
            unit: 's',
            queries: [numberOf('watchdog', 'watchdog_round_trip_seconds_p99', 'there and back')],
          }),
        ],
      },
      {
        panels: [
          line({
            title: 'Processor',
            description: 'Seconds of CPU a second, by service: 1 is one core.',
            unit: 'none',
            decimals: 2,
            queries: [
              {
                text: `SELECT non_negative_derivative(last("value"), 1s) FROM ${readings()} WHERE ${and(SHOWN, isPipeline, `"metric" = 'process_cpu_seconds_total'`)} GROUP BY time($__interval), "device" fill(none)`,
                alias: '$tag_device',
              },
            ],
          }),
          line({
            title: 'Memory',
            description: 'Resident memory by service. It levels off; what goes on rising is a leak.',
            unit: 'bytes',
            queries: [
              {
                text: `SELECT last("value") FROM ${readings()} WHERE ${and(SHOWN, isPipeline, `"metric" = 'process_resident_memory_bytes'`)} GROUP BY time($__interval), "device" fill(none)`,
                alias: '$tag_device',
              },
            ],
          }),
          {
            kind: 'table',
            title: 'Devices with gaps',
            description: 'Records that devices numbered and that never came, the most first. Normal: none.',
            width: 8,
            height: 7,
            unit: 'none',
            noValue: 'no gaps',
            columns: [
              { name: 'missed', title: 'Missing', width: 90, steps: [{ from: 1, colour: ABNORMAL }] },
              { name: 'device', title: 'Device' },
              { name: 'site', title: 'Site', width: 90 },
              { name: 'area', title: 'Area', width: 120 },
            ],
            sortBy: [{ column: 'Missing', isDescending: true }],
            queries: [
              {
                text: `SELECT "missed", "site", "area", "device" FROM (SELECT last("missed") AS "missed" FROM ${deviceStates} WHERE ${SHOWN} GROUP BY "site", "area", "device") WHERE "missed" > 0 LIMIT 100`,
                format: 'table',
              },
            ],
          },
        ],
      },
    ],
  };
}
