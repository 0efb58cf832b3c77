// A topic that says whether a foreign device is there: Tasmota's LWT, Zigbee2MQTT's availability, ESPHome's status.

import type { Refusal } from '#domain/rejected.ts';
import type { SourceFile } from '#runtime/source-file.ts';
import { describeValue, parseJsonText } from '../formats/json-text.ts';
import { memberAt } from '../formats/member.ts';
import { payloadText } from '../formats/text.ts';

export type ReadOnline = (payload: Buffer) => boolean | Refusal;

/** Where a member is said, the bare word is taken too: Zigbee2MQTT sent it before version 2, and some of its users still have that. */
export function onlineWords({ member, yes, no }: NonNullable<SourceFile['online']>): ReadOnline {
  const words = new Map<unknown, boolean>();
  for (const word of [yes].flat()) words.set(word, true);
  for (const word of [no].flat()) if (!words.has(word)) words.set(word, false);
  return (payload) => {
    const plain = payloadText(payload);
    const bare = 'text' in plain ? plain.text.trim() : undefined;
    const known = words.get(bare);
    if (known !== undefined) return known;
    const said = member === undefined ? plain : parseJsonText(payload);
    if ('reason' in said) return said;
    const value = 'value' in said ? memberAt(said.value, member ?? '') : bare;
    // A list or an object is no word, whatever it would be as one.
    const isOnline = typeof value === 'object' ? undefined : words.get(String(value));
    if (isOnline !== undefined) return isOnline;
    const message = `it says ${describeValue(value)}; the source knows ${[...words.keys()].join(', ')}`;
    return { reason: 'shape', message };
  };
}
