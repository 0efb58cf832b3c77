// The alarm list and the alarm journal, for all that the console's page has no room for: long ranges, filters, comparison.

import { PRIORITIES } from '#domain/alarm.ts';
import {
  ALARM_PAGE,
  BY_URGENCY,
  COLOURS_BY_PRIORITY,
  isShown,
  JOURNAL_COLUMNS,
  journal,
  LIST_COLUMNS,
  listStanding,
  OVERLAY_WORDS,
  priorityName,
  URGENCY_WORDS,
} from '../parts/alarm-queries.ts';
import { alarmMarks } from '../parts/annotations.ts';
import type { Board } from '../parts/board.ts';
import { alarmEvents, and, isChosen, isReal, isSite, SHOWN } from '../parts/influxql.ts';
import { consoleAt, variables } from '../parts/variables.ts';
import { type Context, UIDS } from './context.ts';

const HERE = and(isSite, isChosen('area'));

export function alarmsBoard({ consoleUrl }: Context): Board {
  return {
    uid: UIDS.alarms,
    title: 'Alarms',
    folder: 'Plant',
    description: 'All alarms that need a person, and the journal of everything that happened to alarms.',
    variables: [variables.sites, variables.areas, consoleAt(consoleUrl)],
    annotations: alarmMarks(HERE),
    range: 'now-24h',
    refresh: '10s',
    leadsTo: [
      { title: 'Plant overview', uid: UIDS.overview },
      { title: 'Alarm performance', uid: UIDS.performance },
    ],
    rows: [
      {
        panels: [
          {
            kind: 'table',
            title: 'Now',
            description:
              'Alarms that are active, unacknowledged or latched, whenever they began; the most urgent first. A click on one opens it on the console, where it is acknowledged.',
            width: 24,
            height: 10,
            unit: 'none',
            noValue: 'no alarm',
            columns: LIST_COLUMNS,
            sortBy: BY_URGENCY,
            queries: [listStanding(HERE, isShown)],
          },
        ],
      },
      {
        panels: [
          {
            kind: 'table',
            title: 'Shelved, out of service, suppressed',
            description: 'Alarms that call nobody now, and why.',
            width: 12,
            height: 6,
            unit: 'none',
            noValue: 'none',
            columns: [
              { name: 'overlay', title: 'Over it', width: 160, words: OVERLAY_WORDS },
              { name: 'urgency', title: 'Priority', width: 110, words: URGENCY_WORDS },
              { name: 'Time', title: 'Last change', unit: 'dateTimeFromNow', width: 140 },
              { name: 'site', title: 'Site', width: 90 },
              { name: 'area', title: 'Area', width: 120 },
              { name: 'instance', title: 'Instance', width: 120 },
              { name: 'rule', title: 'Rule', link: ALARM_PAGE },
            ],
            queries: [listStanding(HERE, `("overlay" = 'SHLVD' OR "overlay" = 'OOSRV' OR "overlay" = 'DSUPR')`)],
          },
          {
            kind: 'trend',
            title: 'Activations',
            description:
              'Alarms that became active, in each step, by priority. A flood begins at more than 10 in 10 minutes.',
            width: 12,
            height: 6,
            unit: 'none',
            min: 0,
            drawAs: 'bars',
            isStacked: true,
            colours: COLOURS_BY_PRIORITY,
            queries: PRIORITIES.map((priority) => ({
              text: `SELECT count("seq") FROM ${alarmEvents} WHERE ${and(SHOWN, HERE, isReal, `"event" = 'ACTIVE'`, `"priority" = '${priority}'`)} GROUP BY time($__interval) fill(0)`,
              alias: priorityName(priority),
            })),
          },
        ],
      },
      {
        panels: [
          {
            kind: 'table',
            title: 'Commands',
            description: 'What rules sent to devices, and what came of it.',
            width: 24,
            height: 6,
            unit: 'none',
            noValue: 'no command',
            columns: [
              { name: 'Time', title: 'Time', unit: 'dateTimeAsLocal', width: 170 },
              { name: 'command', title: 'Status', width: 130 },
              { name: 'commandReason', title: 'Reason', width: 240 },
              { name: 'cid', title: 'Command' },
              { name: 'site', title: 'Site', width: 90 },
              { name: 'area', title: 'Area', width: 120 },
              { name: 'rule', title: 'Rule', width: 180 },
            ],
            queries: [
              {
                text: `SELECT "command", "commandReason", "cid", "site", "area", "rule" FROM ${alarmEvents} WHERE ${and(SHOWN, HERE, isReal, '"event" =~ /^COMMAND/')} ORDER BY time DESC LIMIT 200`,
                format: 'table',
              },
            ],
          },
        ],
      },
      {
        panels: [
          {
            kind: 'table',
            title: 'Journal',
            description: 'Everything that happened to alarms in the range that is shown, the newest 500 entries.',
            width: 24,
            height: 12,
            unit: 'none',
            noValue: 'nothing happened',
            columns: JOURNAL_COLUMNS,
            queries: [journal(HERE)],
          },
        ],
      },
    ],
  };
}
