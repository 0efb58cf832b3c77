// A payload that stands inside JSON: network servers of LoRaWAN wrap the device's bytes as base64 or hex, or what they have made of
// them as an object, and say beside it when they came.

import type { Refusal } from '#domain/rejected.ts';
import type { SourceFile } from '#runtime/source-file.ts';
import { describeValue, parseJsonText } from '../formats/json-text.ts';
import { memberAt } from '../formats/member.ts';
import { readTimestamp, TIMESTAMP_HINT } from '../formats/timestamp.ts';
import type { Decoded } from '../record.ts';

export type Inside = NonNullable<SourceFile['inside']>;

export type Inner = {
  readonly payload: Buffer;
  /** What is said around it, ms since the epoch; null where nothing is. */
  readonly measuredAt: number | null;
};

const PATTERNS = { base64: /^[A-Za-z0-9+/_-]*={0,2}$/, hex: /^(?:[0-9A-Fa-f]{2})*$/ };

/** The device's own payload, or why there is none. */
export function payloadInside(outer: Buffer, inside: Inside): Inner | Refusal {
  const parsed = parseJsonText(outer);
  if (!('value' in parsed)) return parsed;
  const payload = payloadAt(parsed.value, inside);
  if ('reason' in payload) return payload;
  const time = inside.time === undefined ? undefined : memberAt(parsed.value, inside.time);
  const measuredAt = time === undefined ? null : readTimestamp(time);
  if (measuredAt !== undefined) return { payload, measuredAt };
  return {
    reason: 'time',
    message: `'${inside.time}' is ${describeValue(time)}; ${TIMESTAMP_HINT}`,
    place: inside.time ?? '',
  };
}

function payloadAt(outer: unknown, { member, encoding }: Inside): Buffer | Refusal {
  const found = memberAt(outer, member);
  const wrong = (should: string): Refusal => ({
    reason: 'shape',
    message: `'${member}' is ${describeValue(found)}; ${should}`,
    place: member,
  });
  if (encoding === 'json') return objectAt(found) ?? wrong('what the device measured stands there as an object');
  if (typeof found !== 'string') return wrong('the payload stands there as text');
  if (encoding === 'text') return Buffer.from(found);
  if (!PATTERNS[encoding].test(found))
    return { reason: 'encoding', message: `'${member}' is not ${encoding}`, place: member };
  return Buffer.from(found, encoding);
}

/** undefined where it is none, or nests so deeply that it cannot be written: unlike what reads JSON, that recurses. */
function objectAt(found: unknown): Buffer | undefined {
  if (typeof found !== 'object' || found === null) return undefined;
  try {
    return Buffer.from(JSON.stringify(found));
  } catch {
    return undefined;
  }
}

/** What was decoded there, with the time that is said around it, and with places of the payload that came. */
export function insideOut(
  { records, refusals }: Decoded,
  { measuredAt }: Inner,
  { member, encoding }: Inside,
): Decoded {
  const isJson = encoding === 'json';
  const places = (place: string | undefined) => [member, place ?? []].flat().join(isJson ? '.' : ', ');
  return {
    records: records.map((record) => ({
      ...record,
      measuredAt: record.measuredAt ?? measuredAt,
      where: isJson ? places(record.where === '' ? undefined : record.where) : member,
      isMembers: isJson && record.isMembers === true,
    })),
    refusals: refusals.map((each) => ({ ...each, place: places(each.place) })),
  };
}
