// One source at work: which device and metric a topic means, and how its payload is to be read.

import { isName, NAME_HINT } from '#domain/name.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { JsonFile } from '#runtime/json-file.ts';
import { type SourceFile, sourceFilter } from '#runtime/source-file.ts';
import { optionsOf, type Reading } from '../reading.ts';
import { fillIn, payloadWaysIn, topicPattern } from './captures.ts';
import { metricMap } from './metric-map.ts';
import { onlineWords, type ReadOnline } from './online-words.ts';

export const PARTS = ['site', 'area', 'device'] as const;

export type Texts = {
  readonly site: string;
  readonly area: string;
  readonly device: string;
  readonly metric: string | null;
};

/** What a topic says: what was measured, or whether the device is there. */
export type Telling =
  | { readonly kind: 'online'; readonly read: ReadOnline }
  | { readonly kind: 'values'; readonly reading: Reading };

/** What a topic of a source means. */
export type Match = {
  readonly source: Source;
  readonly metric: string | null;
  /** The device; of a source that finds it in the payload only with what that says. */
  readonly deviceOf: (payload: ReadonlyMap<string, string>) => DeviceName | Refusal;
};

export type Source = {
  /** Path of its file. */
  readonly file: string;
  /** MQTT filter of its topics. */
  readonly filter: string;
  readonly telling: Telling;
  /** Model of its devices, where no file gives them another. */
  readonly model: string | null;
  /** Whether Home Assistant is told of its devices. */
  readonly isAnnounced: boolean;
  /** Whether the payload says which device it is. */
  readonly isDeviceInPayload: boolean;
  /** undefined where the topic is not one of this source. */
  readonly match: (topic: string) => Match | undefined;
};

const NOTHING: ReadonlyMap<string, string> = new Map();

export function makeSource({ file, value }: JsonFile<SourceFile>, texts: Texts): Source {
  const pattern = topicPattern(value.topic);
  const names = new Map(Object.entries(value.names ?? {}));
  const except = Object.entries(value.except ?? {});
  const senderFields = PARTS.flatMap((part) => payloadWaysIn(texts[part]));
  const source: Source = {
    file,
    filter: sourceFilter(value.topic),
    telling: tellingOf(value, senderFields),
    model: value.model ?? null,
    isAnnounced: value.announce ?? true,
    isDeviceInPayload: senderFields.length > 0,
    match: (topic) => {
      const captures = pattern.match(topic);
      if (captures === undefined || except.some(([name, texts]) => texts.includes(captures.get(name) ?? '')))
        return undefined;
      const metric = texts.metric === null ? null : fillIn(texts.metric, captures, NOTHING);
      return {
        source,
        metric: metric !== null && 'text' in metric ? metric.text : null,
        deviceOf: (payload) => deviceOf(texts, { captures, payload, names }),
      };
    },
  };
  return source;
}

function tellingOf(value: SourceFile, senderFields: readonly string[]): Telling {
  const { format, online, inside = null } = value;
  if (online !== undefined) return { kind: 'online', read: onlineWords(online) };
  const options = optionsOf(value, senderFields);
  // The schema asks for a format wherever it is not `online`; of Sparkplug there are no sources of this kind.
  const known = format === undefined || format === 'sparkplug' ? 'json' : format;
  return { kind: 'values', reading: { format: known, options, inside, map: metricMap(value) } };
}

type Found = {
  readonly captures: ReadonlyMap<string, string>;
  readonly payload: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
};

/** The device that the texts make of what was found, or why they make none. */
export function deviceOf(texts: Omit<Texts, 'metric'>, { captures, payload, names }: Found): DeviceName | Refusal {
  const device = { site: '', area: '', device: '' };
  for (const part of PARTS) {
    const filled = fillIn(texts[part], captures, payload);
    if ('missing' in filled) {
      const member = filled.missing.replace(/^payload\./, '');
      return { reason: 'topic', message: `the payload has no '${member}', which tells the ${part}` };
    }
    const name = names.get(filled.text) ?? filled.text;
    if (!isName(name)) {
      const shown = name.slice(0, 80);
      return {
        reason: 'topic',
        message: `the ${part} would be '${shown}', and must be ${NAME_HINT}; give it another in the source: "names": {${JSON.stringify(shown)}: "…"}`,
      };
    }
    device[part] = name;
  }
  return device;
}
