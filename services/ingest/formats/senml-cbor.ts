// SenML as CBOR (RFC 8428, section 6): the same records, their labels small whole numbers. Labels that have no number stay texts.
// Of CBOR's tags those are known that a number may be written with, and the one that only says "this is CBOR".

import { decode, type TagDecoder } from 'cborg';
import { type Format, refused } from '../record.ts';
import { decodeSenml } from './senml.ts';

/** [RFC 8428, table 4]. */
const LABELS: ReadonlyMap<unknown, string> = new Map(
  Object.entries({
    ...{ bver: -1, bn: -2, bt: -3, bu: -4, bv: -5, bs: -6 },
    ...{ n: 0, u: 1, v: 2, vs: 3, vb: 4, s: 5, t: 6, ut: 7, vd: 8 },
  }).map(([label, number]) => [number, label]),
);

/** [RFC 8949, 3.4]: bignums, decimal fractions, bigfloats, and self-described CBOR. */
const TAGS: Readonly<Record<number, TagDecoder>> = {
  2: (content) => bignum(content()),
  3: (content) => -1 - bignum(content()),
  4: (content) => ofParts(content(), (mantissa, exponent) => Number(`${mantissa}e${exponent}`)),
  5: (content) => ofParts(content(), (mantissa, exponent) => mantissa * 2 ** exponent),
  55799: (content) => content(),
};

export const senmlCborFormat: Format = {
  decode(payload, context) {
    if (payload.length === 0) return refused('shape', 'the payload is empty; send a list of records');
    let pack: unknown;
    try {
      pack = decode(payload, { useMaps: true, rejectDuplicateMapKeys: true, allowBigInt: true, tags: TAGS });
    } catch (error) {
      return refused('cbor', `the payload is not valid CBOR: ${reasonOf(error as Error)}`);
    }
    return decodeSenml(Array.isArray(pack) ? pack.map(labelled) : pack, context);
  },
};

/** A record with its labels as in JSON; what is no map stays as it is, and is refused as such. */
function labelled(record: unknown): unknown {
  if (!(record instanceof Map)) return record;
  return Object.fromEntries(
    Array.from(record, ([key, value]) => [labelOf(key), typeof value === 'bigint' ? Number(value) : value]),
  );
}

/** Whoever writes another label than a number or a text means nothing by it; to write a deep list out would exhaust the stack. */
function labelOf(key: unknown): string {
  const known = LABELS.get(key);
  if (known !== undefined) return known;
  return typeof key === 'string' || typeof key === 'number' ? String(key) : '';
}

function bignum(bytes: unknown): number {
  if (!(bytes instanceof Uint8Array)) return Number.NaN;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function ofParts(parts: unknown, value: (mantissa: number, exponent: number) => number): number {
  const [exponent, mantissa] = Array.isArray(parts) && parts.length === 2 ? parts.map(toNumber) : [];
  return exponent === undefined || mantissa === undefined ? Number.NaN : value(mantissa, exponent);
}

function toNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

/** The decoder's own words are about its tokens; these are about the payload. */
const REASONS: readonly (readonly [said: RegExp, reason: string])[] = [
  [/not enough (?:entries|data)|missing$|^64-bit integer/, 'it is cut off, or a length in it is too large'],
  [/^too many terminals/, 'bytes follow after its end'],
  [/^got unexpected break/, 'a break (ff) stands where nothing is open'],
  [/^encountered invalid minor/, 'it holds a byte that nothing begins with'],
  [/^indefinite length/, 'it holds a text in pieces (5f, 7f); send it whole'],
  [/^tag not supported/, 'it holds a tag that means nothing in SenML; leave it out'],
];

function reasonOf(error: Error): string {
  if (error instanceof RangeError) return 'it nests too deeply';
  const said = error.message.replace(/^CBOR decode error: /, '');
  return REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? said;
}
