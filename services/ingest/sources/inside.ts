// A payload that stands inside JSON: network servers of LoRaWAN wrap the device's bytes as base64 or hex.

import type { Refusal } from '#domain/rejected.ts';
import type { SourceFile } from '#runtime/source-file.ts';
import { describeValue, parseJsonText } from '../formats/json-text.ts';
import { memberAt } from '../formats/member.ts';

export type Inside = NonNullable<SourceFile['inside']>;

const PATTERNS = { base64: /^[A-Za-z0-9+/_-]*={0,2}$/, hex: /^(?:[0-9A-Fa-f]{2})*$/ };

/** The device's own payload, or why there is none. */
export function payloadInside(payload: Buffer, { member, encoding }: Inside): Buffer | Refusal {
  const parsed = parseJsonText(payload);
  if (!('value' in parsed)) return parsed;
  const text = memberAt(parsed.value, member);
  if (typeof text !== 'string')
    return {
      reason: 'shape',
      message: `'${member}' is ${describeValue(text)}; the payload stands there as text`,
      place: member,
    };
  if (encoding === 'text') return Buffer.from(text);
  if (!PATTERNS[encoding].test(text))
    return { reason: 'encoding', message: `'${member}' is not ${encoding}`, place: member };
  return Buffer.from(text, encoding);
}
