// What several boards ask of the alarm journal: the newest entry of each alarm says how it stands.

import type { Priority } from '#domain/alarm.ts';
import { PRIORITIES } from '#domain/alarm.ts';
import { alarmEvents, and, EVER, isReal, type Query, SHOWN } from './influxql.ts';
import { PRIORITY_COLOURS } from './palette.ts';
import type { Column, Word } from './panel.ts';

/** ISA-18.2's words for the state codes, most urgent first. */
export const STATE_WORDS: readonly Word[] = [
  { value: 'UNACK', text: 'active, unacknowledged', colour: PRIORITY_COLOURS.high },
  { value: 'ACKED', text: 'active, acknowledged' },
  { value: 'RTNUN', text: 'returned, unacknowledged' },
  { value: 'LATCH', text: 'latched' },
  { value: 'PENDING', text: 'pending' },
  { value: 'NORM', text: 'normal' },
];
export const OVERLAY_WORDS: readonly Word[] = [
  { value: 'SHLVD', text: 'shelved' },
  { value: 'OOSRV', text: 'out of service' },
  { value: 'DSUPR', text: 'suppressed by design' },
];
export const FIRST_OUT_WORDS: readonly Word[] = [
  { value: 'true', text: 'yes' },
  { value: 'false', text: 'no' },
];
/** Numbered, so that the colour is never alone: `1 critical`. */
export function priorityName(priority: Priority): string {
  return `${PRIORITIES.indexOf(priority) + 1} ${priority}`;
}

/** By the number of the urgency, which a table can sort by. */
export const URGENCY_WORDS: readonly Word[] = PRIORITIES.map((priority, i) => ({
  value: String(i + 1),
  text: priorityName(priority),
  colour: PRIORITY_COLOURS[priority],
}));
/** Of series that are called by a priority. */
export const COLOURS_BY_PRIORITY: Readonly<Record<string, string>> = Object.fromEntries(
  PRIORITIES.map((priority) => [priorityName(priority), PRIORITY_COLOURS[priority]]),
);

export const isActive = `("state" = 'UNACK' OR "state" = 'ACKED')`;
export const isShown = `("state" = 'UNACK' OR "state" = 'ACKED' OR "state" = 'RTNUN' OR "state" = 'LATCH')`;
export const waitsForAck = `("state" = 'UNACK' OR "state" = 'RTNUN')`;

const TAGS = ['site', 'area', 'rule', 'instance'] as const;
const byAlarm = `GROUP BY ${TAGS.map((tag) => `"${tag}"`).join(', ')}`;

/** The newest entry of each alarm. `last` of a field, and other fields of the same entry beside it. */
function newest(where: string, fields: readonly string[]): string {
  const others = fields.map((field) => `"${field}"`).join(', ');
  return `SELECT last("state") AS "state", ${others} FROM ${alarmEvents} WHERE ${and(EVER, where, isReal)} ${byAlarm}`;
}

/** How many alarms stand so. @param where about tags of the journal @param stands about `state`, `priority`, `overlay` */
export function countStanding(where: string, stands: string, alias: string): Query {
  const text = `SELECT count("state") FROM (${newest(where, ['priority', 'overlay'])}) WHERE ${stands}`;
  return { text, alias };
}

export function activeBy(priority: Priority, where: string): Query {
  return countStanding(where, and(isActive, `"priority" = '${priority}'`), priorityName(priority));
}

const LISTED = ['state', 'urgency', 'overlay', 'summary', 'firstOut', 'activeSince', 'limit'] as const;

/** Alarms that stand so, as a table. */
export function listStanding(where: string, stands: string): Query {
  const columns = [...TAGS, ...LISTED].map((name) => `"${name}"`).join(', ');
  const text = `SELECT ${columns} FROM (${newest(where, LISTED.slice(1))}) WHERE ${stands}`;
  return { text, format: 'table' };
}

/** The panel of the row's own alarm, which the console shows when it is normal again, too. By the columns' titles, as Grafana has them. */
export const ALARM_PAGE = {
  title: 'Open on the console, to acknowledge',
  url: `$console/#/alarms/${['Site', 'Area', 'Rule', 'Instance'].map((title) => `\${__data.fields.${title}}`).join('/')}`,
} as const;

export const BY_URGENCY = [
  { column: 'Priority', isDescending: false },
  { column: 'Active since', isDescending: true },
] as const;

export const LIST_COLUMNS: readonly Column[] = [
  { name: 'urgency', title: 'Priority', width: 110, words: URGENCY_WORDS },
  { name: 'summary', title: 'Alarm', link: ALARM_PAGE },
  { name: 'state', title: 'State', width: 200, words: STATE_WORDS },
  { name: 'overlay', title: 'Over it', width: 150, words: OVERLAY_WORDS },
  { name: 'limit', title: 'Limit', width: 80 },
  { name: 'firstOut', title: 'First out', width: 90, words: FIRST_OUT_WORDS },
  { name: 'activeSince', title: 'Active since', unit: 'dateTimeFromNow', width: 140 },
  { name: 'Time', title: 'Last change', unit: 'dateTimeFromNow', width: 140 },
  { name: 'site', title: 'Site', width: 90 },
  { name: 'area', title: 'Area', width: 120 },
  { name: 'instance', title: 'Instance', width: 120 },
  { name: 'rule', title: 'Rule', width: 180 },
];

const JOURNAL_FIELDS = [
  'event',
  'urgency',
  'summary',
  'state',
  'limit',
  'actor',
  'comment',
  'sinceActiveMs',
  'site',
  'area',
  'instance',
  'rule',
];

/** Everything that happened to alarms in the range that is shown, newest first. */
export function journal(where: string): Query {
  const columns = JOURNAL_FIELDS.map((name) => `"${name}"`).join(', ');
  return {
    text: `SELECT ${columns} FROM ${alarmEvents} WHERE ${and(SHOWN, where, isReal)} ORDER BY time DESC LIMIT 500`,
    format: 'table',
  };
}

export const JOURNAL_COLUMNS: readonly Column[] = [
  { name: 'Time', title: 'Time', unit: 'dateTimeAsLocal', width: 170 },
  { name: 'event', title: 'Event', width: 150 },
  { name: 'urgency', title: 'Priority', width: 110, words: URGENCY_WORDS },
  { name: 'summary', title: 'Alarm', link: ALARM_PAGE },
  { name: 'state', title: 'State', width: 200, words: STATE_WORDS },
  { name: 'limit', title: 'Limit', width: 80 },
  { name: 'sinceActiveMs', title: 'After its begin', unit: 'ms', width: 120 },
  { name: 'actor', title: 'Who', width: 110 },
  { name: 'comment', title: 'Comment', width: 200 },
  { name: 'site', title: 'Site', width: 90 },
  { name: 'area', title: 'Area', width: 120 },
  { name: 'instance', title: 'Instance', width: 120 },
  { name: 'rule', title: 'Rule', width: 180 },
];
