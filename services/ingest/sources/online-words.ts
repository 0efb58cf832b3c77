// A topic that says whether a foreign device is there: Tasmota's LWT, Zigbee2MQTT's availability, ESPHome's status.

import type { Refusal } from '#domain/rejected.ts';
import type { SourceFile } from '#runtime/source-file.ts';
import { describeValue, parseJsonText } from '../formats/json-text.ts';
import { memberAt } from '../formats/member.ts';

export type ReadOnline = (payload: Buffer) => boolean | Refusal;

export function onlineWords({ member, yes, no }: NonNullable<SourceFile['online']>): ReadOnline {
  const [yesWords, noWords] = [[yes].flat(), [no].flat()];
  return (payload) => {
    const said = member === undefined ? payload.toString('utf8').trim() : memberIn(payload, member);
    if (typeof said === 'object' && said !== null && 'reason' in said) return said as Refusal;
    const word = String(said);
    if (yesWords.includes(word)) return true;
    if (noWords.includes(word)) return false;
    const message = `it says ${describeValue(said)}; the source knows ${[...yesWords, ...noWords].join(', ')}`;
    return { reason: 'shape', message };
  };
}

function memberIn(payload: Buffer, member: string): unknown {
  const parsed = parseJsonText(payload);
  return 'value' in parsed ? memberAt(parsed.value, member) : parsed;
}
