// Which rejections a command is about: by reason, by device or topic, by time. Read once, every mistake said.

import { decodeLine } from '#domain/line-protocol.ts';
import { isName } from '#domain/name.ts';
import { REJECT_REASONS, type RejectReason } from '#domain/rejected.ts';
import { matchesFilter, parseTopic } from '#domain/topic.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { type KeptRejection, readRejected } from '#runtime/rejected-log/read-rejected.ts';
import { momentOption } from '../history/history-options.ts';

export const SELECTION_OPTIONS = [
  ['--reason <reason...>', `one or more of ${Object.keys(REJECT_REASONS).join(', ')}`],
  ['--device <device>', 'of one device, as site/area/device'],
  ['--topic <filter>', 'whose topic an MQTT filter matches'],
  ['--since <moment>', 'that came at or after a moment: 2026-10-01T08:30, now-1h'],
] as const;

export type Selection = {
  readonly reasons: readonly RejectReason[];
  readonly device: string | undefined;
  readonly topic: string | undefined;
  readonly since: number | undefined;
};

/** The selection, or sentences about what is wrong with it. */
export function readSelection(options: Readonly<Record<string, unknown>>, now: number): Selection | string[] {
  const problems: string[] = [];
  const reasons = (Array.isArray(options.reason) ? options.reason : []) as string[];
  for (const reason of reasons) {
    if (Object.hasOwn(REJECT_REASONS, reason)) continue;
    const known = Object.keys(REJECT_REASONS);
    problems.push(`there is no reason '${reason}'${didYouMean(reason, known) || `; there are ${known.join(', ')}`}`);
  }
  const device = typeof options.device === 'string' ? options.device : undefined;
  const names = device?.split('/') ?? [];
  if (device !== undefined && !(names.length === 3 && names.every(isName)))
    problems.push(`--device must be site/area/device, and not '${device}'`);
  const since = momentOption('--since', options.since, now);
  if (typeof since === 'string') problems.push(since);
  if (problems.length > 0 || typeof since === 'string') return problems;
  const topic = typeof options.topic === 'string' ? options.topic : undefined;
  return { reasons: reasons as RejectReason[], device, topic, since };
}

export function isWhole({ reasons, device, topic, since }: Selection): boolean {
  return reasons.length === 0 && device === undefined && topic === undefined && since === undefined;
}

/** Those of a data folder that are selected; each must be used or copied before the next is asked for. */
export async function* selected(dataDir: string, selection: Selection): AsyncIterable<KeptRejection> {
  for await (const rejection of readRejected(dataDir)) if (isSelected(rejection, selection)) yield rejection;
}

function isSelected(rejection: KeptRejection, { reasons, device, topic, since }: Selection): boolean {
  if (since !== undefined && rejection.receivedAt < since) return false;
  if (reasons.length > 0 && !rejection.refusals.some(({ reason }) => reasons.includes(reason))) return false;
  if (topic !== undefined && !matchesFilter(topic, rejection.topic)) return false;
  return device === undefined || deviceOf(rejection) === device;
}

/** `site/area/device`; undefined where neither topic nor line says it, as of foreign devices. */
export function deviceOf({ topic, payload }: Pick<KeptRejection, 'topic' | 'payload'>): string | undefined {
  const parsed = parseTopic(topic);
  if (parsed?.kind === 'device') return `${parsed.site}/${parsed.area}/${parsed.device}`;
  if (parsed?.kind !== 'points') return undefined;
  const line = decodeLine(Buffer.from(payload).toString());
  if (typeof line === 'string') return undefined;
  const tags = new Map(line.tags);
  return [tags.get('site'), tags.get('area'), tags.get('device')].join('/');
}
