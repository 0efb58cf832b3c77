// Eclipse Tahu's own library as the oracle of tests: what it writes is what an edge node sends, and what it reads is what one
// takes.

import { get } from 'sparkplug-payload';

const found = get('spBv1.0');
if (found === null) throw new Error('sparkplug-payload does not know spBv1.0');
const library = found;

export type TahuPayload = Parameters<typeof library.encodePayload>[0];
export type TahuMetric = NonNullable<TahuPayload['metrics']>[number];

export function tahuEncode(payload: TahuPayload): Buffer {
  return Buffer.from(library.encodePayload(payload));
}

export function tahuDecode(bytes: Uint8Array): TahuPayload {
  return library.decodePayload(bytes);
}

/** 64 bits as Tahu takes them, in two halves; its types say a number. */
export function halves(value: bigint): number {
  const bits = BigInt.asUintN(64, value);
  return { low: Number(bits & 0xffff_ffffn), high: Number(bits >> 32n) } as unknown as number;
}

/** What Tahu made of a value: 64 bits are an object of its own, here a number. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('toNumber' in value)) return value;
  return (value as { toNumber: () => number }).toNumber();
}
