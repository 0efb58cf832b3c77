// What is wrong with one device and what to do, from what is known of it. Pure; device-facts.ts asks for what is known.

import { isClockOff, skewText } from '#domain/clock-skew.ts';
import { parseDuration } from '#domain/duration.ts';
import { formatSpan } from '#rules/backtest/format-time.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { type DeviceModel, maxAgeOf } from '#runtime/plant-files.ts';
import type { RejectedGroup } from '#runtime/rejected-log/group-rejected.ts';
import { agoText, type JoinedDevice } from './joined-device.ts';

export type DeviceFacts = JoinedDevice & {
  readonly now: number;
  /** Its model as the files describe it; null where they do not. */
  readonly model: DeviceModel | null;
  /** Refusals of its messages that are kept, by kind. */
  readonly refused: readonly RejectedGroup[];
  /** Messages whose topic names nobody, and that may have been meant for it. */
  readonly strays: readonly RejectedGroup[];
  /** Metrics of which the store has a value; null where it could not be asked. */
  readonly stored: ReadonlySet<string> | null;
  /** Whether devices on other machines cannot come without a login. */
  readonly needsLogin: boolean;
  /** All names there are. */
  readonly known: readonly string[];
};

/** One sentence on what is wrong, with the way out. */
export type Finding = { readonly finding: string; readonly message: string };

/** "Last seen" is told at most every so often. */
const SEEN_EVERY_MS = 10_000;

export function checkDevice(facts: DeviceFacts): Finding[] {
  return CHECKS.flatMap(([finding, check]) => check(facts).map((message) => ({ finding, message })));
}

type Check = (facts: DeviceFacts) => readonly string[];

const CHECKS: readonly (readonly [finding: string, Check])[] = [
  ['unheard', unheard],
  ['login', loginOf],
  ['topic', strayTopics],
  ['offline', offline],
  ['silent', silent],
  ['clock', clock],
  ['refused', refusals],
  [
    'contradiction',
    ({ view }) => (view?.contradictions ?? []).map((each) => `${each}; correct the model or the device`),
  ],
  ['model', modelMissing],
  ['metrics', metricsMissing],
];

function unheard({ name, view, known }: DeviceFacts): string[] {
  if (view !== null && view.lastSeen !== null) return [];
  const others = known.filter((each) => each !== name);
  const topic = name.includes('/') ? `plant/v1/${name}/tele` : 'the topics of its source';
  return [
    `nothing has come from it; see that it is on, reaches the broker, and publishes on ${topic}${didYouMean(name, others)}`,
  ];
}

function loginOf({ name, login, view, needsLogin }: DeviceFacts): string[] {
  if (login?.revoked) return [`its login was revoked; penstock device add ${name} gives it a new token`];
  const isHeard = view !== null && view.lastSeen !== null; // by a login of its gateway, or without one
  if (login !== null || isHeard || !needsLogin) return [];
  return [`it has no login, and the broker asks for one; penstock device add ${name} makes it`];
}

function strayTopics({ name, strays }: DeviceFacts): string[] {
  return strays.map(
    ({ count, topic, exampleId }) =>
      `${messages(count)} sent on ${topic}, which names no device; if they are its own, let it publish on plant/v1/${name}/tele, or map the topic in rules/sources (penstock rejected show ${exampleId})`,
  );
}

function offline({ view, now }: DeviceFacts): string[] {
  if (view?.online !== false) return [];
  const when = view.lastSeen === null ? '' : `, and was heard last ${agoText(view.lastSeen, now)}`;
  return [`it is offline: it said so, or its connection was lost${when}; see its power and its network`];
}

function silent({ view, model, now }: DeviceFacts): string[] {
  if (view === null || view.lastSeen === null || view.online === false || model === null) return [];
  const intervals = [...model.metrics.values()].filter(({ interval }) => (parseDuration(interval ?? '') ?? 0) > 0);
  if (intervals.length === 0) return [];
  const allowedMs = Math.min(...intervals.map(maxAgeOf)) + SEEN_EVERY_MS;
  const silentMs = now - view.lastSeen;
  if (silentMs <= allowedMs) return [];
  return [
    `it has been silent for ${formatSpan(silentMs)}; by its model ${model.model} something comes within ${formatSpan(allowedMs)}: see whether it hangs, or correct the interval`,
  ];
}

function clock({ view }: DeviceFacts): string[] {
  const skewMs = view?.clockSkewMs ?? null;
  if (!isClockOff(skewMs)) return [];
  const effect =
    skewMs > 0
      ? 'what it measures gets the time of its arrival, and quality bad'
      : 'what it measures stands too early, and may come too late for an alarm';
  return [`its clock is ${skewText(skewMs)}, so ${effect}; let it follow a time server, or send no time`];
}

function refusals({ refused, view, now, name }: DeviceFacts): string[] {
  const waiting = refused.filter((group) => group.waiting > 0);
  if (refused.length === 0 && view !== null && view.lastError !== null) {
    const { at, message } = view.lastError;
    return [`a message was refused ${agoText(at, now)}, and is kept no more: ${message}`];
  }
  return waiting.map(({ reason, count, lastAt, message, place, exampleId }) => {
    const where = place === null ? '' : ` (at ${place})`;
    const next = `penstock rejected show ${exampleId}; mended, penstock rejected replay --device ${name} sends them again`;
    return `${messages(count)} refused for ${reason}, the last ${agoText(lastAt, now)}: ${message}${where}; ${next}`;
  });
}

function modelMissing({ view, model }: DeviceFacts): string[] {
  if (view === null || view.model === null || model !== null) return [];
  return [`its model is ${view.model}, which no file describes; write rules/models/${view.model}.model.json`];
}

function metricsMissing({ model, stored, view }: DeviceFacts): string[] {
  if (model === null || stored === null || view === null || view.lastSeen === null) return [];
  const missing = [...model.metrics].filter(([name, { access }]) => access !== 'write' && !stored.has(name));
  if (missing.length === 0) return [];
  const names = missing.map(([name]) => name).join(', ');
  return [
    `${names} of its model ${model.model} never came; see what the device sends (penstock tail), or correct the model`,
  ];
}

function messages(count: number): string {
  return count === 1 ? 'one message was' : `${count} messages were`;
}
