// The alarm journal: one entry for everything that happened to an alarm, as measurement `alarm_event` of the store.
// Enough to replay the decision. Identity is (alarmId, seq): a repeat overwrites itself.

import { type AlarmOverlay, type AlarmState, type InputSnapshot, PRIORITIES, type Priority } from './alarm.ts';
import type { CommandStatus } from './command.ts';
import { encodeLine, type FieldValue, tagProblem } from './line-protocol.ts';

export const ALARM_EVENT = 'alarm_event';

export const JOURNAL_EVENTS = [
  ...(['ACTIVE', 'LEVEL', 'RE_ALARM', 'RETURNED'] as const),
  ...(['ACKED', 'RESET', 'SHELVED', 'UNSHELVED', 'OUT_OF_SERVICE', 'IN_SERVICE', 'APPROVED', 'REFUSED'] as const),
  ...(['SUPPRESSED', 'UNSUPPRESSED', 'COMMAND', 'RULE_CHANGED', 'RETIRED', 'HISTORICAL'] as const),
  ...(['STOPPED', 'RESUMED'] as const),
] as const;
export type JournalEvent = (typeof JOURNAL_EVENTS)[number];

export type JournalEntry = {
  readonly alarmId: string;
  readonly seq: number;
  readonly rule: string;
  readonly rev: string;
  readonly site: string;
  readonly area: string;
  readonly instance: string;
  readonly episode: number;
  readonly event: JournalEvent;
  readonly state: AlarmState;
  readonly overlay: AlarmOverlay | null;
  readonly priority: Priority;
  /** Event time of the sample that decided; equals journalTime where a clock or a person did. */
  readonly sampleTime: number;
  readonly journalTime: number;
  readonly inputs: { readonly [name: string]: InputSnapshot };
  readonly summary: string;
  /** From the activation to this entry, ms: of RETURNED how long it lasted, of ACKED how long it waited. Absent outside an episode. */
  readonly sinceActiveMs?: number;
  /** It was the first of its group to be active; absent outside an episode. */
  readonly firstOut?: boolean;
  /** The limit that was passed, where the condition compares with one. */
  readonly limit?: number;
  readonly actor?: string;
  readonly comment?: string;
  readonly command?: { readonly cid: string; readonly status: CommandStatus; readonly reason?: string };
  /** Decided on data that came too late to be acted on. */
  readonly historical: boolean;
  readonly shadow: boolean;
};

/** What one instance can do within one millisecond without its entries overwriting each other; see `n` below. */
export const EVENTS_PER_MS = 8;

/**
 * The entry as one line, timestamps in ms. The store keeps one point per series and moment, so what tells two entries of
 * one moment apart must be tags: `event`, the `action` of a command, and `n`, a few bits of `seq`, for an input that comes
 * and goes several times within one batch. A repeat has the same tags and overwrites itself.
 */
export function encodeJournalEntry(entry: JournalEntry): string {
  const text = (value: string): FieldValue => ({ type: 'string', value });
  const whole = (value: number): FieldValue => ({ type: 'integer', value: BigInt(value) });
  const fields: [string, FieldValue][] = [
    ['alarmId', text(entry.alarmId)],
    ['seq', whole(entry.seq)],
    ['episode', whole(entry.episode)],
    ['state', text(entry.state)],
    ['priority', text(entry.priority)],
    // 1 is critical: a store sorts numbers, and words by their letters.
    ['urgency', whole(PRIORITIES.indexOf(entry.priority) + 1)],
    ['rev', text(entry.rev)],
    ['sampleTime', whole(entry.sampleTime)],
    ['inputs', text(JSON.stringify(entry.inputs))],
    ['summary', text(entry.summary)],
    ['historical', { type: 'boolean', value: entry.historical }],
    ['shadow', { type: 'boolean', value: entry.shadow }],
  ];
  if (entry.overlay !== null) fields.push(['overlay', text(entry.overlay)]);
  if (entry.sinceActiveMs !== undefined) {
    fields.push(['sinceActiveMs', whole(entry.sinceActiveMs)]);
    fields.push(['activeSince', whole(entry.journalTime - entry.sinceActiveMs)]);
  }
  if (entry.firstOut !== undefined) fields.push(['firstOut', { type: 'boolean', value: entry.firstOut }]);
  if (entry.limit !== undefined) fields.push(['limit', { type: 'float', value: entry.limit }]);
  if (entry.actor !== undefined) fields.push(['actor', text(entry.actor)]);
  if (entry.comment !== undefined) fields.push(['comment', text(entry.comment)]);
  if (entry.command !== undefined) {
    fields.push(['cid', text(entry.command.cid)], ['command', text(entry.command.status)]);
    if (entry.command.reason !== undefined) fields.push(['commandReason', text(entry.command.reason)]);
  }
  const event = entry.command === undefined ? entry.event : `${entry.event}:${entry.command.status}`;
  const tags: [string, string][] = [
    ['area', entry.area],
    ['event', event],
    ['instance', entry.instance],
    ['n', String(entry.seq % EVENTS_PER_MS)],
    ['rule', entry.rule],
    ['site', entry.site],
  ];
  const action = entry.command === undefined ? '' : actionOf(entry.command.cid);
  if (tagProblem(action) === undefined) tags.push(['action', action]);
  return encodeLine({ measurement: ALARM_EVENT, tags, fields, time: BigInt(entry.journalTime) });
}

/** The last part of a correlation id `rule/instance/episode/action`. */
function actionOf(cid: string): string {
  return cid.slice(cid.lastIndexOf('/') + 1);
}
