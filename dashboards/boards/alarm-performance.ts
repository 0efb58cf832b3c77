// How well the alarm system serves its operators: the measures of ISA-18.2 and EEMUA 191 with their targets. Thirty days is the
// proper window, which the board opens with; of a shorter one the numbers say less.

import { PRIORITIES } from '#domain/alarm.ts';
import {
  COLOURS_BY_PRIORITY,
  countStanding,
  isActive,
  LIST_COLUMNS,
  listStanding,
  priorityName,
} from '../parts/alarm-queries.ts';
import { alarmMarks } from '../parts/annotations.ts';
import type { Board } from '../parts/board.ts';
import { alarmEvents, and, isChosen, isReal, isSite, SHOWN } from '../parts/influxql.ts';
import { ABNORMAL, DARK } from '../parts/palette.ts';
import type { Stat, Trend } from '../parts/panel.ts';
import { consoleAt, variables } from '../parts/variables.ts';
import { type Context, UIDS } from './context.ts';

const HERE = and(isSite, isChosen('area'));
const ACTIVATIONS = and(SHOWN, HERE, isReal, `"event" = 'ACTIVE'`);

/** Activations in each wall-clock window; empty windows count as 0. InfluxDB 1.x loses them all where what is around it says a time again. */
const perWindow = (window: string) =>
  `SELECT count("seq") AS "n" FROM ${alarmEvents} WHERE ${ACTIVATIONS} GROUP BY time(${window}) fill(0)`;
/** The same of each alarm, without empty windows. */
const perMinuteAndAlarm = `SELECT count("seq") AS "n" FROM ${alarmEvents} WHERE ${ACTIVATIONS} GROUP BY time(1m), "site", "area", "rule", "instance" fill(none)`;

type Target = { readonly acceptable: number; readonly limit: number };

const RATES: readonly (readonly [window: string, words: string, target: Target])[] = [
  ['10m', '10 minutes', { acceptable: 1, limit: 2 }],
  ['1h', 'hour', { acceptable: 6, limit: 12 }],
  ['1d', 'day', { acceptable: 150, limit: 300 }],
];

function meanRate([window, words, { acceptable, limit }]: (typeof RATES)[number]): Stat {
  return {
    kind: 'stat',
    title: `Alarms per ${words}`,
    description: `Mean over wall-clock windows, empty ones included. Target: about ${acceptable}; more than ${limit} is more than an operator can handle (ISA-18.2, EEMUA 191).`,
    width: 4,
    height: 4,
    unit: 'none',
    decimals: 2,
    noValue: '0',
    steps: [{ from: limit, colour: ABNORMAL }],
    queries: [{ text: `SELECT mean("n") FROM (${perWindow(window)})`, alias: `per ${words}` }],
  };
}

function rateOverTime([window, words, { acceptable, limit }]: (typeof RATES)[number]): Trend {
  return {
    kind: 'trend',
    title: `Alarms in each ${words}`,
    description: `Activations in each wall-clock window. Dashed: ${acceptable}, which is fine, and ${limit}, the limit${window === '10m' ? '; a flood begins above 10 and ends below 5' : ''}.`,
    width: 8,
    height: 7,
    unit: 'none',
    min: 0,
    drawAs: 'bars',
    steps: [
      { from: acceptable, colour: DARK },
      { from: limit, colour: ABNORMAL },
    ],
    targets: [
      { from: acceptable, colour: DARK },
      { from: limit, colour: ABNORMAL },
    ],
    queries: [{ text: perWindow(window), alias: `in each ${words}` }],
  };
}

const ACKED = and(SHOWN, HERE, isReal, `"event" = 'ACKED'`);

function timeToAcknowledge(select: 'mean' | 'max', title: string): Stat {
  return {
    kind: 'stat',
    title,
    description: `${select === 'mean' ? 'Mean' : 'Longest'} time from the activation of an alarm until a person acknowledged it.`,
    width: 4,
    height: 4,
    unit: 'ms',
    decimals: 0,
    noValue: 'none acknowledged',
    queries: [{ text: `SELECT ${select}("sinceActiveMs") FROM ${alarmEvents} WHERE ${ACKED}`, alias: title }],
  };
}

export function alarmPerformanceBoard({ consoleUrl }: Context): Board {
  return {
    uid: UIDS.performance,
    title: 'Alarm performance',
    folder: 'Plant',
    description:
      'Measures of ISA-18.2 and EEMUA 191 over the range that is shown; 30 days is the proper one. Alarms decided on late data, and rules that are tried out, do not count.',
    variables: [variables.sites, variables.areas, consoleAt(consoleUrl)],
    annotations: alarmMarks(HERE),
    range: 'now-30d',
    refresh: '5m',
    leadsTo: [
      { title: 'Alarms', uid: UIDS.alarms },
      { title: 'Plant overview', uid: UIDS.overview },
    ],
    rows: [
      {
        panels: [
          ...RATES.map(meanRate),
          {
            kind: 'stat',
            title: 'Flood windows',
            description:
              'Share of the wall-clock windows of 10 minutes that have more than 10 alarms. Target: under 1 %.',
            width: 4,
            height: 4,
            unit: 'percentunit',
            decimals: 2,
            noValue: '0 %',
            steps: [{ from: 0.01, colour: ABNORMAL }],
            queries: [
              { text: `SELECT count("n") FROM (${perWindow('10m')}) WHERE "n" > 10`, alias: 'over 10', isHidden: true },
              { text: `SELECT count("n") FROM (${perWindow('10m')})`, alias: 'windows', isHidden: true },
            ],
            expression: { expression: '$A / $B', alias: 'over 10' },
          },
          timeToAcknowledge('mean', 'Mean time to acknowledge'),
          timeToAcknowledge('max', 'Longest time to acknowledge'),
        ],
      },
      { panels: RATES.map(rateOverTime) },
      {
        panels: [
          {
            kind: 'table',
            title: 'Top ten',
            description:
              'The alarms that came most often. Together they should be 1 to 5 % of all; mend the first one first.',
            width: 10,
            height: 8,
            unit: 'none',
            noValue: 'no alarm',
            columns: [
              { name: 'n', title: 'Activations', width: 110 },
              { name: 'rule', title: 'Rule' },
              { name: 'instance', title: 'Instance', width: 160 },
              { name: 'site', title: 'Site', width: 90 },
              { name: 'area', title: 'Area', width: 120 },
            ],
            sortBy: [{ column: 'Activations', isDescending: true }],
            queries: [
              {
                text: `SELECT top("n", "site", "area", "rule", "instance", 10) AS "n" FROM (SELECT count("seq") AS "n" FROM ${alarmEvents} WHERE ${ACTIVATIONS} GROUP BY "site", "area", "rule", "instance")`,
                format: 'table',
              },
            ],
          },
          {
            kind: 'table',
            title: 'Chattering',
            description:
              'Alarms that came three times or more within a wall-clock minute (the measure is a rolling one: a burst over the edge of a minute may be missed). Target: none. A deadband or a delay ends it.',
            width: 8,
            height: 8,
            unit: 'none',
            noValue: 'none',
            columns: [
              { name: 'n', title: 'In a minute', width: 110 },
              { name: 'rule', title: 'Rule' },
              { name: 'instance', title: 'Instance', width: 120 },
              { name: 'site', title: 'Site', width: 90 },
              { name: 'area', title: 'Area', width: 120 },
            ],
            sortBy: [{ column: 'In a minute', isDescending: true }],
            queries: [
              {
                text: `SELECT "n", "site", "area", "rule", "instance" FROM (${perMinuteAndAlarm}) WHERE "n" > 2 LIMIT 100`,
                format: 'table',
              },
            ],
          },
          {
            kind: 'stat',
            title: 'By priority',
            description: 'Activations by priority. Target: about 80 % low, 15 % medium, 5 % high and critical.',
            width: 6,
            height: 8,
            unit: 'none',
            noValue: 'none',
            colours: COLOURS_BY_PRIORITY,
            queries: PRIORITIES.map((priority) => ({
              text: `SELECT count("seq") FROM ${alarmEvents} WHERE ${and(ACTIVATIONS, `"priority" = '${priority}'`)}`,
              alias: priorityName(priority),
            })),
          },
        ],
      },
      {
        panels: [
          {
            kind: 'table',
            title: 'Active, the longest first',
            description: 'Alarms that are active. More than 24 hours is stale; target: fewer than 5 such on any day.',
            width: 20,
            height: 7,
            unit: 'none',
            noValue: 'no alarm is active',
            columns: LIST_COLUMNS,
            sortBy: [{ column: 'Active since', isDescending: false }],
            queries: [listStanding(HERE, isActive)],
          },
          {
            kind: 'stat',
            title: 'Shelved',
            description: 'Alarms that are shelved now.',
            width: 4,
            height: 7,
            unit: 'none',
            noValue: 'none',
            steps: [{ from: 10, colour: ABNORMAL }],
            queries: [countStanding(HERE, `"overlay" = 'SHLVD'`, 'shelved')],
          },
        ],
      },
    ],
  };
}
