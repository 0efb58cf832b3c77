// A topic that says whether a foreign device is there: Tasmota's LWT, Zigbee2MQTT's availability, ESPHome's status.

import type { Refusal } from '#domain/rejected.ts';
import type { SourceFile } from '#runtime/source-file.ts';
import { describeValue, parseJsonText } from '../formats/json-text.ts';
import { memberAt } from '../formats/member.ts';
import { payloadText } from '../formats/text.ts';

export type ReadOnline = (payload: Buffer) => boolean | Refusal;

export function onlineWords({ member, yes, no }: NonNullable<SourceFile['online']>): ReadOnline {
  const [yesWords, noWords] = [[yes].flat(), [no].flat()];
  return (payload) => {
    const said = member === undefined ? payloadText(payload) : parseJsonText(payload);
    if ('reason' in said) return said;
    const value = 'text' in said ? said.text.trim() : memberAt(said.value, member ?? '');
    // A list or an object is no word, whatever it would be as one.
    const word = typeof value === 'object' ? undefined : String(value);
    if (word !== undefined && yesWords.includes(word)) return true;
    if (word !== undefined && noWords.includes(word)) return false;
    const message = `it says ${describeValue(value)}; the source knows ${[...yesWords, ...noWords].join(', ')}`;
    return { reason: 'shape', message };
  };
}
