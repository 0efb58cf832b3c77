// What leaves the engine about an alarm: its retained message, its journal entries and notices, with their sentences.

import {
  type AlarmMessage,
  type AlarmOverlay,
  type AlarmState,
  alarmOverlay,
  alarmState,
  isAnnunciated,
  type Priority,
} from '#domain/alarm.ts';
import { EVENTS_PER_MS, type JournalEntry, type JournalEvent } from '#domain/journal.ts';
import type { PublishAction } from '../language/compile-action.ts';
import type { Expression, Frame } from '../language/expression.ts';
import { formatValue } from '../language/format-value.ts';
import { isUnknown, type Operand } from '../language/operand.ts';
import { fillTemplate, fillTemplates } from '../language/template.ts';
import type { EngineOutput, Notice } from './inputs.ts';
import type { Instance } from './instance.ts';
import { isPending } from './state.ts';

export function alarmIdOf({ key, state }: Instance): string {
  return `${key}/${state.episode}`;
}

export function stateCodeOf({ state }: Instance): AlarmState {
  const { active, unacked, latched } = state;
  return alarmState({ active, unacked, latched, pending: !active && isPending(state) });
}

/** Of the level that holds, or of the rule's lowest one. */
export function priorityOf({ rule, state }: Instance): Priority {
  return rule.levels[state.story?.level ?? 0]?.priority ?? rule.levels[0]?.priority ?? 'medium';
}

/**
 * GOOD while the condition that counts is known; else the reason its unknown inputs share, UNKNOWN where they differ. STOPPED
 * where nobody judges it. The frame is brought to the instance only where its inputs are asked for.
 */
export function qualityAt(instance: Instance): AlarmMessage['quality'] {
  if (instance.loaded.isolatedBecause !== undefined) return 'STOPPED';
  if (instance.rule.inputs.length === 0 || isConditionKnown(instance)) return 'GOOD';
  const frame = instance.lookAt(instance.state.evaluatedAt);
  const inputs = frame.inputs.slice(0, instance.slots.length);
  const reasons = new Set(inputs.flatMap((value) => (isUnknown(value) ? [value.unknown] : [])));
  const [only] = reasons;
  const isPlain = only === 'STALE' || only === 'BAD' || only === 'NEVER' || only === 'INSUFFICIENT' || only === 'UNIT';
  return reasons.size === 1 && isPlain ? only : 'UNKNOWN';
}

function isConditionKnown({ state }: Instance): boolean {
  if (state.active) return state.levels[state.story?.level ?? 0]?.truth !== 'unknown';
  for (const level of state.levels) if (level.truth === 'unknown') return false;
  return true;
}

/**
 * The message to retain; null where nothing is left to show. What a person has shelved or taken out of service stays shown,
 * so that it can be found and brought back. Shadow alarms are journaled and never shown.
 */
export function alarmMessage(instance: Instance): AlarmMessage | null {
  const { rule, alarm, state } = instance;
  const { story } = state;
  const code = stateCodeOf(instance);
  const overlay = alarmOverlay(state);
  if (rule.isShadow || !(isAnnunciated(code) || overlay === 'SHLVD' || overlay === 'OOSRV')) return null;
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
    overlay,
    shelvedUntil: state.shelvedUntil,
    shelvingMsMax: rule.shelvingMsMax,
    priority: priorityOf(instance),
    firstOut: story?.isFirstOut ?? false,
    episode: state.episode,
    quality: qualityAt(instance),
    activeSince: story?.activeSince ?? 0,
    clearedAt: story?.clearedAt ?? null,
    changedAt: state.changedAt,
    ackedBy: story?.ackedBy ?? null,
    ackComment: story?.ackComment ?? null,
    inputs: instance.snapshot(state.evaluatedAt),
    summary: story?.summary ?? rule.name,
    reason: reasonShown(instance),
    ...(rule.rationalisation === undefined ? {} : { rationalisation: rule.rationalisation }),
    labels: labelsOf(instance),
    commands: state.commands.map(({ cid, command, device, status }) => ({ cid, command, device, status })),
    shadow: false,
  };
}

function reasonShown({ state, loaded }: Instance): string {
  const reason = state.story?.reason ?? '';
  if (loaded.isolatedBecause === undefined) return reason;
  const stopped = `nobody judges this alarm any more: its rule was stopped (${loaded.isolatedBecause})`;
  return reason === '' ? stopped : `${reason}; ${stopped}`;
}

/** What decides whether the alarm must be shown again. */
export type Shown = {
  readonly code: AlarmState;
  readonly overlay: AlarmOverlay | null;
  readonly seq: number;
  readonly quality: AlarmMessage['quality'];
};

export function shownOf(instance: Instance): Shown {
  const { state } = instance;
  const [code, overlay] = [stateCodeOf(instance), alarmOverlay(state)];
  return { code, overlay, seq: state.seq, quality: qualityAt(instance) };
}

/** Asked after every evaluation of an alarm that is shown: it makes nothing. */
export function isAsShown(instance: Instance, { code, overlay, seq, quality }: Shown): boolean {
  const { state } = instance;
  return (
    state.seq === seq &&
    stateCodeOf(instance) === code &&
    alarmOverlay(state) === overlay &&
    qualityAt(instance) === quality
  );
}

function labelsOf(instance: Instance): { readonly [name: string]: string } {
  const { rule, group } = instance;
  const own = Object.entries(rule.labels).map(([name, text]) => [
    name,
    fillTemplate(text, (wanted) => identityOf(instance, wanted)),
  ]);
  return Object.fromEntries([...own, ...rule.groupBy.map((label, i) => [label, group[i] ?? ''])]);
}

/** Comparisons that hold, as a sentence: what is violated, the value and the limit. */
export function reasonOf(condition: Expression, frame: Frame): string {
  const violated = condition.comparisons.filter((each) => each.evaluate(frame) === true);
  return violated.map((each) => each.describe(frame)).join('; ') || condition.describe(frame);
}

/** The limit that was passed: the other side of the first comparison of an input that holds. */
export function limitOf(condition: Expression, frame: Frame): number | null {
  for (const each of condition.comparisons) {
    const [a, b] = each.parts;
    if (a === undefined || b === undefined || each.evaluate(frame) !== true) continue;
    const limit = (a.inputOf === undefined && a.ageOf === undefined ? a : b).evaluate(frame);
    if (typeof limit === 'number') return limit;
  }
  return null;
}

export function summaryOf(instance: Instance, frame: Frame): string {
  const { summary, name } = instance.rule;
  return summary === undefined ? name : fillTemplate(summary, (wanted) => templateValue(instance, frame, wanted));
}

/** What `{{name}}` stands for in the texts of an alarm. */
export function templateValue(instance: Instance, frame: Frame, name: string): string | undefined {
  const { rule } = instance;
  const shown = (value: Operand | undefined) => (value === undefined || isUnknown(value) ? '?' : formatValue(value));
  const input = rule.inputs.findIndex((each) => each.name === name);
  if (input !== -1) return shown(frame.inputs[input]);
  const param = rule.params.findIndex((each) => each.name === name);
  if (param !== -1) return shown(frame.params[param]);
  const ageOf = rule.inputs.findIndex((each) => name === `age.${each.name}`);
  if (ageOf !== -1) return `${Math.round((frame.at - (frame.sampledAt[ageOf] ?? frame.at)) / 1_000)} s`;
  if (name === 'priority') return priorityOf(instance);
  return identityOf(instance, name);
}

function identityOf(instance: Instance, name: string): string | undefined {
  const index = instance.rule.groupBy.indexOf(name);
  if (index !== -1) return instance.group[index];
  const { site, area } = instance.area;
  const plain: { [name: string]: string | undefined } = { site, area, rule: instance.rule.id, instance: instance.name };
  return Object.hasOwn(plain, name) ? plain[name] : undefined;
}

export type EntryDetail = Partial<Pick<JournalEntry, 'actor' | 'comment' | 'command' | 'historical'>>;

/**
 * The next journal entry of an alarm; takes its sequence number. More entries of one moment than the store tells apart go to
 * the next millisecond.
 */
export function journalEntry(
  instance: Instance,
  event: JournalEvent,
  { at, ...detail }: EntryDetail & { readonly at: number },
): JournalEntry {
  const { rule, alarm, state, slots } = instance;
  state.seq++;
  state.entriesThen = at === state.entryAt ? state.entriesThen + 1 : 0;
  state.entryAt = at;
  const sampleTime = slots.reduce((newest, slot) => Math.max(newest, slot?.at ?? 0), 0);
  const journalTime = at + Math.floor(state.entriesThen / EVENTS_PER_MS);
  const { story } = state;
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
    state: stateCodeOf(instance),
    overlay: alarmOverlay(state),
    priority: priorityOf(instance),
    sampleTime: sampleTime || at,
    journalTime,
    inputs: instance.snapshot(state.evaluatedAt),
    summary: story?.summary ?? '',
    // After a clock that was set back, an activation may seem to be in the future.
    ...(story === null
      ? {}
      : { sinceActiveMs: Math.max(0, journalTime - story.activeSince), firstOut: story.isFirstOut }),
    ...(story === null || story.limit === null ? {} : { limit: story.limit }),
    historical: false,
    shadow: rule.isShadow,
    ...detail,
  };
}

/** What people are told of an entry; `to` is a receiver that the rule names. */
export function noticeOf(instance: Instance, entry: JournalEntry, to?: string): Notice {
  const { rule, state } = instance;
  return {
    event: entry.event,
    alarmId: entry.alarmId,
    seq: entry.seq,
    to,
    rule: rule.id,
    name: rule.name,
    site: entry.site,
    area: entry.area,
    instance: entry.instance,
    priority: entry.priority,
    state: entry.state,
    episode: entry.episode,
    summary: entry.summary,
    reason: state.story?.reason ?? '',
    labels: labelsOf(instance),
    annotations: rule.source.annotations,
    rationalisation: rule.rationalisation,
    actor: entry.actor,
    comment: entry.comment,
    activeSince: state.story?.activeSince ?? 0,
    at: entry.journalTime,
  };
}

const OVERLAY_BEGINS: ReadonlySet<JournalEvent> = new Set<JournalEvent>(['SHELVED', 'SUPPRESSED', 'OUT_OF_SERVICE']);

/** Whether nobody is called from here on; who was called must hear of that. */
export function beginsOverlay(event: JournalEvent): boolean {
  return OVERLAY_BEGINS.has(event);
}

const NEWS: ReadonlySet<JournalEvent> = new Set<JournalEvent>([
  ...(['ACTIVE', 'LEVEL', 'RE_ALARM', 'RETURNED', 'ACKED', 'RESET', 'RETIRED'] as const),
  ...OVERLAY_BEGINS,
]);

/** Whether people hear of it. */
export function isNews(event: JournalEvent): boolean {
  return NEWS.has(event);
}

/** The message of a `publish` action. */
export function publicationOf(
  instance: Instance,
  { topic, payload, retain }: PublishAction,
  entry: JournalEntry,
): Extract<EngineOutput, { kind: 'publish' }> {
  const frame = instance.lookAt(instance.state.evaluatedAt);
  const lookUp = (name: string) => {
    if (name === 'state') return entry.state;
    return name === 'event' ? entry.event : templateValue(instance, frame, name);
  };
  const filled = fillTemplates(payload, lookUp);
  return {
    kind: 'publish',
    topic: fillTemplate(topic, lookUp),
    payload: typeof filled === 'string' ? filled : JSON.stringify(filled),
    retain,
  };
}

/** What people are told of a command that failed; it is no entry of the journal, which has the command's own. */
export function failureEntry(instance: Instance, because: string, at: number): JournalEntry {
  const entry = journalEntry(instance, 'COMMAND', { at, comment: because });
  return { ...entry, summary: because };
}
