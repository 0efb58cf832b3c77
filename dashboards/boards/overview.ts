// Level 1: the whole plant on one screen. One calm line for each area; colour only where something is wrong.

import { PRIORITIES } from '#domain/alarm.ts';
import {
  activeBy,
  BY_URGENCY,
  COLOURS_BY_PRIORITY,
  countStanding,
  isShown,
  LIST_COLUMNS,
  listStanding,
  priorityName,
  waitsForAck,
} from '../parts/alarm-queries.ts';
import { alarmMarks } from '../parts/annotations.ts';
import type { Board } from '../parts/board.ts';
import { and, isChosen, isSite, readings } from '../parts/influxql.ts';
import { ABNORMAL, PRIORITY_COLOURS } from '../parts/palette.ts';
import { numberNow } from '../parts/pipeline-queries.ts';
import { seriesSince } from '../parts/value-queries.ts';
import { consoleAt, variables } from '../parts/variables.ts';
import { type Context, UIDS } from './context.ts';

const FRESH = '5m';
const KNOWN = '24h';
/** As far back as a key value is looked for: its way there, and the oldest that it can be. */
const WAY = '1h';
const isArea = isChosen('area');

/** Of which silence is the difference: A and B of an expression. */
const KNOWN_AND_FRESH = [
  seriesSince(KNOWN, and(isSite, isArea), 'known'),
  seriesSince(FRESH, and(isSite, isArea), 'fresh'),
];

export function overviewBoard({ looks, consoleUrl }: Context): Board {
  return {
    uid: UIDS.overview,
    title: 'Plant overview',
    folder: 'Plant',
    description:
      'Level 1: every area on one line. Grey is in order; a colour is an alarm, and its priority stands beside it.',
    variables: [variables.sites, variables.areas, consoleAt(consoleUrl)],
    annotations: alarmMarks(and(isSite, isArea)),
    range: 'now-6h',
    refresh: '10s',
    leadsTo: [
      { title: 'Area', uid: UIDS.area },
      { title: 'Alarms', uid: UIDS.alarms },
      { title: 'Pipeline health', uid: UIDS.health },
    ],
    rows: [
      {
        panels: [
          ...PRIORITIES.map((priority) => ({
            kind: 'stat' as const,
            title: `Active, ${priorityName(priority)}`,
            description: `Active alarms of priority ${priority} at the chosen sites and areas, acknowledged or not. Normal: none.`,
            width: 3,
            height: 3,
            unit: 'none',
            noValue: 'none',
            steps: [{ from: 1, colour: PRIORITY_COLOURS[priority] }],
            queries: [activeBy(priority, and(isSite, isArea))],
            link: { title: 'Alarms', url: `/d/${UIDS.alarms}?\${__url_time_range}&\${site:queryparam}` },
          })),
          {
            kind: 'stat',
            title: 'Unacknowledged',
            description: 'Alarms, active or returned, that nobody has acknowledged. Acknowledge them on the console.',
            width: 3,
            height: 3,
            unit: 'none',
            noValue: 'none',
            queries: [countStanding(and(isSite, isArea), waitsForAck, 'unacknowledged')],
            link: { title: 'Console', url: '$console/' },
          },
          {
            kind: 'stat',
            title: 'Shelved',
            description: 'Alarms that a person has shelved for a time.',
            width: 3,
            height: 3,
            unit: 'none',
            noValue: 'none',
            queries: [countStanding(and(isSite, isArea), `"overlay" = 'SHLVD'`, 'shelved')],
          },
          {
            kind: 'stat',
            title: 'Silent',
            description: `Numbers that came within ${KNOWN} and not within ${FRESH}: a sensor, a network or a gateway is silent. Where none came, the difference has no value: all are silent.`,
            width: 3,
            height: 3,
            unit: 'none',
            steps: [{ from: 1, colour: ABNORMAL }],
            queries: KNOWN_AND_FRESH,
            noValue: 'all silent',
            noValueColour: ABNORMAL,
            expression: { expression: '$A - $B', alias: 'silent' },
          },
          {
            kind: 'stat',
            title: 'Behind',
            description:
              'Age of the newest point in the store, as the writer told it last. More than a few seconds, or not told: look at Pipeline health.',
            width: 3,
            height: 3,
            unit: 's',
            decimals: 1,
            steps: [{ from: 30, colour: ABNORMAL }],
            noValue: 'not told',
            noValueColour: ABNORMAL,
            queries: [numberNow('writer', 'writer_lag_seconds', 'behind')],
          },
        ],
      },
      {
        title: '$area',
        repeat: 'area',
        panels: [
          {
            kind: 'stat',
            title: 'Active alarms',
            description: 'Active alarms of the area by priority. Normal: none.',
            width: 4,
            height: 4,
            unit: 'none',
            noValue: 'none',
            colours: COLOURS_BY_PRIORITY,
            queries: PRIORITIES.map((priority) => activeBy(priority, and(isSite, isArea))),
            link: { title: 'Area', url: `/d/${UIDS.area}?\${__url_time_range}&\${site:queryparam}&var-area=$area` },
          },
          {
            kind: 'stat',
            title: 'Silent share',
            description: `Of the numbers of the area that came within ${KNOWN}, how many did not within ${FRESH}. Normal: 0 %; where none came, it has no value: all are silent.`,
            width: 2,
            height: 4,
            unit: 'percentunit',
            decimals: 0,
            steps: [{ from: 0.001, colour: ABNORMAL }],
            queries: KNOWN_AND_FRESH,
            noValue: 'all silent',
            noValueColour: ABNORMAL,
            expression: { expression: '($A - $B) / $A', alias: 'silent' },
          },
          {
            kind: 'stat',
            title: 'Key values',
            description: `What the area measures, each with its way through the last ${WAY}; what did not come since is not shown. The first 12 by device and metric.`,
            width: 18,
            height: 4,
            unit: 'none',
            hasSparkline: true,
            looks,
            queries: [
              {
                text: `SELECT mean("value") FROM ${readings()} WHERE ${and(`time > now() - ${WAY}`, isSite, isArea)} GROUP BY time($__interval), "site", "area", "device", "metric" fill(none) SLIMIT 12`,
                alias: '$tag_device $tag_metric',
              },
            ],
            link: { title: 'Area', url: `/d/${UIDS.area}?\${__url_time_range}&\${site:queryparam}&var-area=$area` },
          },
        ],
      },
      {
        title: 'Alarms that need a person',
        panels: [
          {
            kind: 'table',
            title: 'Alarms',
            description: 'Active, unacknowledged or latched alarms, the most urgent first.',
            width: 24,
            height: 8,
            unit: 'none',
            noValue: 'no alarm',
            columns: LIST_COLUMNS,
            sortBy: BY_URGENCY,
            queries: [listStanding(and(isSite, isArea), isShown)],
          },
        ],
      },
    ],
  };
}
