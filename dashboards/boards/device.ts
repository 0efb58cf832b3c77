// Level 3: one device. What it says now and how old that is, each metric with lowest and highest, its states, its alarms, and what
// is known of it.

import { JOURNAL_COLUMNS, journal } from '../parts/alarm-queries.ts';
import { alarmMarks } from '../parts/annotations.ts';
import type { Board } from '../parts/board.ts';
import { HEARD_LATE, JOURNAL_GAP_MS } from '../parts/device-journal.ts';
import { and, deviceStates, isArea, isChosen, isDevice, isSite, SHOWN } from '../parts/influxql.ts';
import { ABNORMAL } from '../parts/palette.ts';
import { momentsOf, newestOf, rangeOf, statesOf, trendOf } from '../parts/value-queries.ts';
import { consoleAt, drawnMetrics, variables } from '../parts/variables.ts';
import { CLOCK_STEPS, ONLINE_WORDS, QUALITY_WORDS, SWITCH_WORDS } from '../parts/words.ts';
import { type Context, UIDS } from './context.ts';

const OF_DEVICE = and(isSite, isArea, isDevice);
const OF_METRIC = and(OF_DEVICE, isChosen('metric'));
/** An alarm is of a device where its instance is called so. */
const ALARMS_OF_DEVICE = and(isSite, isArea, isChosen('instance', 'device'));

/** A fact of the journal of devices over time. */
const fact = (field: string) =>
  `SELECT last("${field}") FROM ${deviceStates} WHERE ${and(SHOWN, OF_DEVICE)} GROUP BY time($__interval), "device" fill(none)`;

export function deviceBoard({ looks, notNumbers, consoleUrl }: Context): Board {
  return {
    uid: UIDS.device,
    title: 'Device',
    folder: 'Plant',
    description: 'Level 3: one device with all that it says, its limits, its alarms, and how its messages come.',
    variables: [
      ...[variables.sites, variables.area, variables.device, drawnMetrics(notNumbers), variables.tier, variables.step],
      consoleAt(consoleUrl),
    ],
    annotations: alarmMarks(ALARMS_OF_DEVICE),
    range: 'now-3h',
    refresh: '10s',
    leadsTo: [
      { title: 'Area', uid: UIDS.area },
      { title: 'Alarms', uid: UIDS.alarms },
      { title: 'Fleet', uid: UIDS.fleet },
    ],
    rows: [
      {
        panels: [
          {
            kind: 'stat',
            title: 'Now',
            description:
              'The newest value of each metric in the range that is shown, however old: how old each is stands beside it.',
            width: 10,
            height: 5,
            unit: 'none',
            looks,
            queries: [newestOf(OF_METRIC)],
          },
          {
            kind: 'table',
            title: 'How old',
            description: 'When the newest value of each metric was measured, the oldest first.',
            width: 6,
            height: 5,
            unit: 'none',
            columns: [
              { name: 'metric', title: 'Metric' },
              { name: 'Time', title: 'Measured', unit: 'dateTimeFromNow', width: 130 },
            ],
            sortBy: [{ column: 'Measured', isDescending: false }],
            queries: [momentsOf(OF_METRIC)],
          },
          {
            kind: 'table',
            title: 'As known',
            description: `Firmware, clock and connection, as ingest knows them. A clock that is off by more than 5 s is wrong. When the device was last heard ${HEARD_LATE}.`,
            width: 8,
            height: 5,
            unit: 'none',
            columns: [
              { name: 'lastSeen', title: 'Last heard', unit: 'dateTimeFromNow', width: 130 },
              { name: 'online', title: 'Online', width: 80, words: ONLINE_WORDS },
              { name: 'firmware', title: 'Firmware', width: 100 },
              { name: 'model', title: 'Model', width: 120 },
              {
                name: 'clockSkewMs',
                title: 'Clock ahead',
                unit: 'ms',
                width: 110,
                steps: CLOCK_STEPS,
              },
              { name: 'missed', title: 'Missing records', width: 120, steps: [{ from: 1, colour: ABNORMAL }] },
              { name: 'lastError', title: 'Last refusal' },
            ],
            queries: [
              {
                text: `SELECT "lastSeen", "online", "firmware", "model", "clockSkewMs", "missed", "lastError" FROM ${deviceStates} WHERE ${and(SHOWN, OF_DEVICE)} ORDER BY time DESC LIMIT 1`,
                format: 'table',
              },
            ],
          },
        ],
      },
      {
        title: 'Values',
        panels: [
          {
            kind: 'trend',
            title: '$metric',
            description:
              'Mean of each step as a line, lowest and highest as pale ones; the axis is the range of the sensor, dashed lines are limits of rules. A gap is time without points.',
            width: 12,
            height: 8,
            unit: 'none',
            repeat: 'metric',
            looks,
            beside: '/^(?:highest|lowest) /',
            stepAtLeast: '$step',
            queries: [
              ...trendOf(OF_METRIC, '$tag_metric'),
              rangeOf(OF_METRIC, 'highest', 'highest $tag_metric'),
              rangeOf(OF_METRIC, 'lowest', 'lowest $tag_metric'),
            ],
          },
        ],
      },
      {
        title: 'States, quality, connection',
        panels: [
          {
            kind: 'timeline',
            title: 'On and off',
            description: 'Booleans over time.',
            width: 12,
            height: 5,
            unit: 'none',
            words: SWITCH_WORDS,
            queries: [statesOf('flag', OF_DEVICE)],
          },
          {
            kind: 'timeline',
            title: 'States',
            description: 'Texts over time.',
            width: 12,
            height: 5,
            unit: 'none',
            queries: [statesOf('text', OF_DEVICE)],
          },
          {
            kind: 'timeline',
            title: 'Quality that is not good',
            description: 'When a value was uncertain or bad. Normal: nothing.',
            width: 8,
            height: 5,
            unit: 'none',
            noValue: 'all good',
            words: QUALITY_WORDS,
            queries: [statesOf('q', OF_DEVICE)],
          },
          {
            kind: 'timeline',
            title: 'Connection',
            description: 'Whether the device was there, by its birth and its last will.',
            width: 8,
            height: 5,
            unit: 'none',
            words: ONLINE_WORDS,
            queries: [{ text: fact('online'), alias: '$tag_device' }],
          },
          {
            kind: 'trend',
            title: 'Messages a minute',
            description:
              'How often the device speaks. A change of its rate without a change of its firmware wants a look.',
            width: 8,
            height: 5,
            unit: 'none',
            min: 0,
            gapAfterMs: JOURNAL_GAP_MS,
            queries: [{ text: fact('messagesPerMinute'), alias: '$tag_device' }],
          },
        ],
      },
      {
        title: 'What happened',
        panels: [
          {
            kind: 'table',
            title: 'Journal of its alarms',
            description: 'Every entry of alarms whose instance is this device, the newest first.',
            width: 24,
            height: 7,
            unit: 'none',
            noValue: 'nothing happened',
            columns: JOURNAL_COLUMNS,
            queries: [journal(ALARMS_OF_DEVICE)],
          },
        ],
      },
    ],
  };
}
