// Captures: what varies in a source's topic, and the texts that site, area, device and metric are made of. A capture `{name}`
// comes from the topic, `{payload.way}` from the payload.

import { LEVEL } from '#runtime/source-file.ts';

const HOLE = /\{(payload\.[^{}]+|[a-z]+)\}/g;
const FROM_PAYLOAD = 'payload.';

/** What a topic's captures hold; undefined where the topic is none of this pattern. */
export type TopicPattern = {
  readonly captures: readonly string[];
  readonly match: (topic: string) => ReadonlyMap<string, string> | undefined;
};

type Level = { readonly before: string; readonly capture: string | undefined; readonly after: string };

export function topicPattern(topic: string): TopicPattern {
  const levels = topic.split('/').map((text): Level => {
    const [, before = '', capture, after = ''] = LEVEL.exec(text) ?? [];
    return { before, capture, after };
  });
  return {
    captures: levels.flatMap(({ capture }) => capture ?? []),
    match: (given) => {
      const texts = given.split('/');
      if (texts.length !== levels.length) return undefined;
      const found = new Map<string, string>();
      for (const [i, level] of levels.entries()) {
        const text = texts[i] ?? '';
        if (level.capture === undefined) {
          if (text !== level.before) return undefined;
          continue;
        }
        const { before, capture, after } = level;
        if (text.length < before.length + after.length || !text.startsWith(before) || !text.endsWith(after))
          return undefined;
        found.set(capture, text.slice(before.length, text.length - after.length));
      }
      return found;
    },
  };
}

/** Names of the topic's captures that a text uses. */
export function capturesIn(text: string): string[] {
  return holesIn(text).filter((hole) => !hole.startsWith(FROM_PAYLOAD));
}

/** Ways into the payload that a text uses: `{payload.meta.id}` is `meta.id`. */
export function payloadWaysIn(text: string): string[] {
  return holesIn(text)
    .filter((hole) => hole.startsWith(FROM_PAYLOAD))
    .map((hole) => hole.slice(FROM_PAYLOAD.length));
}

/** The text with its captures filled in; the first that is missing where one is. */
export function fillIn(
  text: string,
  captures: ReadonlyMap<string, string>,
  payload: ReadonlyMap<string, string>,
): { readonly text: string } | { readonly missing: string } {
  let missing: string | undefined;
  const filled = text.replace(HOLE, (_, hole: string) => {
    const found = hole.startsWith(FROM_PAYLOAD) ? payload.get(hole.slice(FROM_PAYLOAD.length)) : captures.get(hole);
    missing ??= found === undefined ? hole : undefined;
    return found ?? '';
  });
  return missing === undefined ? { text: filled } : { missing };
}

function holesIn(text: string): string[] {
  return [...text.matchAll(HOLE)].map((match) => match[1] ?? '');
}
