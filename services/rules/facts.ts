// What the rules service knows of the plant besides samples: devices and named states, from their retained topics. It is
// written down with the alarms, because after a restart the samples that have waited come before the retained messages:
// judged without them, a rule by label would not know its devices, nor a command whether it is permitted.

import { type DeviceView, parseDeviceView } from '#domain/device.ts';
import { type ParsedTopic, parseTopic, topics } from '#domain/topic.ts';
import type { EngineInput } from '#rules/engine/inputs.ts';

export type Fact = Extract<EngineInput, { kind: 'device' } | { kind: 'plant-state' }>;

/** A fact as it is written down, by the topic that says it; null: nobody says it any more. */
export type FactRow = { readonly topic: string; readonly payload: string | null };

/** The fact in a payload of `device/v1/…` or `state/v1/…`, or a sentence that says what is wrong with it. */
export function parseFact(
  parsed: Extract<ParsedTopic, { kind: 'registry' } | { kind: 'state' }>,
  payload: string,
  at: number,
): Fact | string {
  if (parsed.kind === 'state') {
    const { site, area, name } = parsed;
    const value = payload === '' ? null : parsePlantState(payload);
    if (value === undefined) return 'a plant state is a number, a boolean or a text';
    return { kind: 'plant-state', site, area, name, value, at };
  }
  const json = parseJson(payload);
  if (json === undefined) return 'not valid JSON';
  const device = parseDeviceView(json);
  if (typeof device === 'string') return device;
  if (topics.registry(device) !== topics.registry(parsed)) return 'the topic names another device than the payload';
  return { kind: 'device', device, at };
}

/** What of a fact is worth writing down: when a device was last seen changes all the time and decides nothing. */
export function factRow(fact: Fact): FactRow {
  if (fact.kind === 'device') {
    const kept: DeviceView = { ...fact.device, lastSeen: null, lastError: null };
    return { topic: topics.registry(fact.device), payload: JSON.stringify(kept) };
  }
  const { site, area, name, value } = fact;
  return { topic: topics.plantState(site, area, name), payload: value === null ? null : JSON.stringify(value) };
}

/** Facts that were written down. What this release cannot read is passed over: its retained message comes again. */
export function readFacts(rows: readonly { readonly topic: string; readonly payload: string }[], at: number): Fact[] {
  return rows.flatMap(({ topic, payload }) => {
    const parsed = parseTopic(topic);
    const fact = parsed?.kind === 'registry' || parsed?.kind === 'state' ? parseFact(parsed, payload, at) : undefined;
    return typeof fact === 'object' ? [fact] : [];
  });
}

/** undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A plant state is a JSON value, or a bare word: `auto`. */
function parsePlantState(text: string): number | boolean | string | undefined {
  const value = parseJson(text);
  if (value === undefined) return /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(text) ? text : undefined;
  return ['number', 'boolean', 'string'].includes(typeof value) ? (value as number | boolean | string) : undefined;
}
