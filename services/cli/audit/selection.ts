// Which records of the audit journal a command is about. Read once, every mistake said.

import { matchesFilter } from '#domain/topic.ts';
import { AUDIT_KINDS } from '#runtime/audit-log/audit.ts';
import type { AuditRecord } from '#runtime/audit-log/audit-record.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { momentOption } from '../history/history-options.ts';

const WHATS: readonly string[] = [...AUDIT_KINDS, 'anchor', 'broken'];

export const SELECTION_OPTIONS = [
  ['--since <moment>', 'at or after a moment: 2026-10-01T08:30, now-1h'],
  ['--user <name>', 'of one user'],
  ['--topic <filter>', 'whose topic an MQTT filter matches'],
  ['--what <what...>', `one or more of ${WHATS.map((each) => (each.includes(' ') ? `'${each}'` : each)).join(', ')}`],
] as const;

export type AuditSelection = (record: AuditRecord) => boolean;

/** The selection, or sentences about what is wrong with it. */
export function readSelection(options: Readonly<Record<string, unknown>>, now: number): AuditSelection | string[] {
  const { user, topic } = options;
  const whats = (Array.isArray(options.what) ? options.what : []) as string[];
  const since = momentOption('--since', options.since, now);
  const problems = whats
    .filter((what) => !WHATS.includes(what))
    .map((what) => `nothing is called '${what}'${didYouMean(what, WHATS) || `; there are ${WHATS.join(', ')}`}`);
  if (typeof since === 'string') problems.push(since);
  if (problems.length > 0 || typeof since === 'string') return problems;
  return (record) =>
    (since === undefined || record.at >= since) &&
    (user === undefined || record.who.user === user) &&
    (whats.length === 0 || whats.includes(record.what)) &&
    (typeof topic !== 'string' || (record.topic !== undefined && matchesFilter(topic, record.topic)));
}
