// The alarms and the journal as tables for a spreadsheet: every column has a name that says what it holds, moments are UTC.

import { type CsvCell, formatCsvMoment, formatCsvRow } from '../../api/csv.ts';
import type { JournalRow } from '../../api/history.ts';
import type { AlarmView } from '../../api/live.ts';
import { inputText } from './input-text.ts';

type Columns<T> = readonly (readonly [name: string, cell: (row: T) => CsvCell])[];

const ALARM_COLUMNS: Columns<AlarmView> = [
  ['priority', ({ priority }) => priority],
  ['state', ({ state }) => state],
  ['overlay', ({ overlay }) => overlay],
  ['shelved until', ({ shelvedUntil }) => formatCsvMoment(shelvedUntil)],
  ['site', ({ site }) => site],
  ['area', ({ area }) => area],
  ['rule', ({ rule }) => rule],
  ['instance', ({ instance }) => instance],
  ['name', ({ name }) => name],
  ['summary', ({ summary }) => summary],
  ['reason', ({ reason }) => reason],
  ['quality', ({ quality }) => quality],
  ['inputs', ({ inputs }) => inputsText(inputs)],
  ['episode', ({ episode }) => episode],
  ['first out', ({ firstOut }) => firstOut],
  ['active since', ({ activeSince }) => formatCsvMoment(activeSince)],
  ['returned', ({ clearedAt }) => formatCsvMoment(clearedAt)],
  ['changed', ({ changedAt }) => formatCsvMoment(changedAt)],
  ['acknowledged by', ({ ackedBy }) => ackedBy],
  ['comment', ({ ackComment }) => ackComment],
  ['time to respond', ({ rationalisation }) => rationalisation?.timeToRespond ?? null],
  ['cause', ({ rationalisation }) => rationalisation?.cause ?? null],
  ['consequence', ({ rationalisation }) => rationalisation?.consequence ?? null],
  ['response', ({ rationalisation }) => rationalisation?.response ?? null],
];

const JOURNAL_COLUMNS: Columns<JournalRow> = [
  ['time', ({ at }) => formatCsvMoment(at)],
  ['event', ({ event }) => event],
  ['priority', ({ priority }) => priority],
  ['state', ({ state }) => state],
  ['overlay', ({ overlay }) => overlay],
  ['site', ({ site }) => site],
  ['area', ({ area }) => area],
  ['rule', ({ rule }) => rule],
  ['instance', ({ instance }) => instance],
  ['episode', ({ episode }) => episode],
  ['summary', ({ summary }) => summary],
  ['limit', ({ limit }) => limit],
  ['inputs', ({ inputs }) => inputsText(inputs)],
  ['since active ms', ({ sinceActiveMs }) => sinceActiveMs],
  ['who', ({ actor }) => actor],
  ['comment', ({ comment }) => comment],
  ['command', ({ command }) => command],
  ['command reason', ({ commandReason }) => commandReason],
  ['historical', ({ historical }) => historical],
  ['shadow', ({ shadow }) => shadow],
];

export function alarmsCsv(list: readonly AlarmView[]): string {
  return tableOf(ALARM_COLUMNS, list);
}

export function journalCsv(entries: readonly JournalRow[]): string {
  return tableOf(JOURNAL_COLUMNS, entries);
}

function tableOf<T>(columns: Columns<T>, rows: readonly T[]): string {
  const header = columns.map(([name]) => name);
  return [header, ...rows.map((row) => columns.map(([, cell]) => cell(row)))].map(formatCsvRow).join('');
}

function inputsText(inputs: AlarmView['inputs']): string {
  return Object.entries(inputs).map(inputText).join('; ');
}
