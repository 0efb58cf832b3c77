// Which rejections a command is about: by reason, by device or topic, by time, by group. Read once, every mistake said.

import { REJECT_REASONS, type RejectReason } from '#domain/rejected.ts';
import { isDeviceKey } from '#domain/topic.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { REJECTING_SERVICES } from '#runtime/rejected-log/layout.ts';
import type { Selection } from '#runtime/rejected-log/select-rejected.ts';
import { momentOption } from '../history/history-options.ts';

export const SELECTION_OPTIONS = [
  ['--service <service>', `of what one keeps: ${REJECTING_SERVICES.join(' or ')}`],
  ['--reason <reason...>', `one or more of ${Object.keys(REJECT_REASONS).join(', ')}`],
  ['--device <device>', 'of one device, as site/area/device'],
  ['--topic <filter>', 'whose topic an MQTT filter matches'],
  ['--since <moment>', 'that came at or after a moment: 2026-10-01T08:30, now-1h'],
  ['--until <moment>', 'that came before a moment'],
  ['--of <group>', 'of one group, by its id in `rejected list --group`'],
] as const;

/** The selection, or sentences about what is wrong with it. */
export function readSelection(options: Readonly<Record<string, unknown>>, now: number): Selection | string[] {
  const problems: string[] = [];
  const reasons = (Array.isArray(options.reason) ? options.reason : []) as string[];
  for (const reason of reasons) {
    if (Object.hasOwn(REJECT_REASONS, reason)) continue;
    const known = Object.keys(REJECT_REASONS);
    problems.push(`there is no reason '${reason}'${didYouMean(reason, known) || `; there are ${known.join(', ')}`}`);
  }
  const device = textOf(options.device);
  if (device !== undefined && !isDeviceKey(device))
    problems.push(`--device must be site/area/device, and not '${device}'`);
  const service = REJECTING_SERVICES.find((each) => each === options.service);
  if (options.service !== undefined && service === undefined)
    problems.push(`--service must be ${REJECTING_SERVICES.join(' or ')}, and not '${options.service}'`);
  const [since, until] = [momentOption('--since', options.since, now), momentOption('--until', options.until, now)];
  for (const moment of [since, until]) if (typeof moment === 'string') problems.push(moment);
  if (problems.length > 0 || typeof since === 'string' || typeof until === 'string') return problems;
  const [topic, group] = [textOf(options.topic), textOf(options.of)];
  return { service, reasons: reasons as RejectReason[], device, topic, since, until, group };
}

function textOf(option: unknown): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
