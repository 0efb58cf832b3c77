// What leaves the engine about an alarm: its retained message and its journal entries, with their sentences.

import { type AlarmMessage, alarmState, isAnnunciated } from '#domain/alarm.ts';
import type { JournalEntry, JournalEvent } from '#domain/journal.ts';
import { fillTemplate } from '../language/compile-rule.ts';
import { formatValue } from '../language/format-value.ts';
import { isUnknown, type Operand } from '../language/operand.ts';
import type { Instance } from './instance.ts';
import { instanceKey } from './state.ts';

export function alarmIdOf({ alarm, state }: Instance): string {
  return `${instanceKey(alarm)}/${state.episode}`;
}

/** GOOD while the condition that counts is known; else the reason its unknown inputs share, UNKNOWN where they differ. */
export function qualityOf(instance: Instance): AlarmMessage['quality'] {
  if (instance.state.truth !== 'unknown') return 'GOOD';
  const reasons = new Set(instance.frame.inputs.flatMap((value) => (isUnknown(value) ? [value.unknown] : [])));
  const [only] = reasons;
  const isPlain = only === 'STALE' || only === 'BAD' || only === 'NEVER' || only === 'INSUFFICIENT' || only === 'UNIT';
  return reasons.size === 1 && isPlain ? only : 'UNKNOWN';
}

/** The message to retain; null where nothing is left to show. Shadow alarms are journaled and never shown. */
export function alarmMessage(instance: Instance, at: number): AlarmMessage | null {
  const { rule, alarm, state } = instance;
  const code = alarmState(state);
  if (!isAnnunciated(code) || rule.isShadow) return null;
  return {
    alarmId: alarmIdOf(instance),
    seq: state.seq,
    rule: rule.id,
    rev: rule.rev,
    name: rule.name,
    site: alarm.site,
    area: alarm.area,
    instance: alarm.instance,
    state: code,
    priority: rule.priority,
    episode: state.episode,
    quality: qualityOf(instance),
    activeSince: state.activeSince,
    clearedAt: state.clearedAt,
    changedAt: state.changedAt,
    ackedBy: state.ackedBy,
    ackComment: state.ackComment,
    inputs: instance.snapshot(at),
    summary: state.summary,
    reason: state.reason,
    ...(rule.rationalisation === undefined ? {} : { rationalisation: rule.rationalisation }),
    labels: { ...rule.labels, ...Object.fromEntries(instance.group) },
    shadow: false,
  };
}

/** Texts of a new episode, from the values that raised it. */
export function describeActivation(instance: Instance, at: number): void {
  const { rule, state } = instance;
  const frame = instance.lookAt(at);
  const violated = rule.condition.comparisons.filter((each) => each.evaluate(frame) === true);
  state.reason = violated.map((each) => each.describe(frame)).join('; ') || rule.condition.describe(frame);
  state.summary =
    rule.summary === undefined ? rule.name : fillTemplate(rule.summary, (name) => templateValue(instance, name));
}

function templateValue({ rule, alarm, group, frame }: Instance, name: string): string | undefined {
  const shown = (value: Operand | undefined) => (value === undefined || isUnknown(value) ? '?' : formatValue(value));
  const input = rule.inputs.findIndex((each) => each.name === name);
  if (input !== -1) return shown(frame.inputs[input]);
  const param = rule.params.find((each) => each.name === name);
  if (param !== undefined) return shown(param.value);
  const ageOf = rule.inputs.findIndex((each) => name === `age.${each.name}`);
  if (ageOf !== -1) return `${Math.round((frame.at - (frame.sampledAt[ageOf] ?? frame.at)) / 1_000)} s`;
  const plain: { [name: string]: string | undefined } = {
    site: alarm.site,
    area: alarm.area,
    rule: rule.id,
    instance: alarm.instance,
    priority: rule.priority,
  };
  return group.get(name) ?? plain[name];
}

export type EntryDetail = Pick<JournalEntry, 'actor' | 'comment' | 'command'>;

/** The next journal entry of an alarm; takes its sequence number. */
export function journalEntry(
  instance: Instance,
  event: JournalEvent,
  at: number,
  detail: EntryDetail = {},
): JournalEntry {
  const { rule, alarm, state, slots } = instance;
  state.seq++;
  const sampled = slots.map((slot) => slot?.last?.measuredAt ?? 0);
  return {
    alarmId: alarmIdOf(instance),
    seq: state.seq,
    rule: rule.id,
    rev: rule.rev,
    site: alarm.site,
    area: alarm.area,
    instance: alarm.instance,
    episode: state.episode,
    event,
    state: alarmState(state),
    priority: rule.priority,
    sampleTime: Math.max(...sampled) || at,
    journalTime: at,
    inputs: instance.snapshot(at),
    summary: state.summary,
    shadow: rule.isShadow,
    ...detail,
  };
}
