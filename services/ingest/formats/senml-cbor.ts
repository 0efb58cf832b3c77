// SenML as CBOR (RFC 8428, section 6): the same records, their labels small whole numbers. Labels that have no number stay texts.

import { decode } from 'cborg';
import { type Format, refused } from '../record.ts';
import { decodeSenml } from './senml.ts';

/** [RFC 8428, table 4]. */
const LABELS: ReadonlyMap<unknown, string> = new Map(
  Object.entries({
    ...{ bver: -1, bn: -2, bt: -3, bu: -4, bv: -5, bs: -6 },
    ...{ n: 0, u: 1, v: 2, vs: 3, vb: 4, s: 5, t: 6, ut: 7, vd: 8 },
  }).map(([label, number]) => [number, label]),
);

export const senmlCborFormat: Format = {
  decode(payload, context) {
    let pack: unknown;
    try {
      pack = decode(payload, { useMaps: true, rejectDuplicateMapKeys: true, allowBigInt: true });
    } catch (error) {
      return refused(
        'cbor',
        `the payload is not valid CBOR: ${(error as Error).message.replace(/^CBOR decode error: /, '')}`,
      );
    }
    return decodeSenml(Array.isArray(pack) ? pack.map(labelled) : pack, context);
  },
};

/** A record with its labels as in JSON; what is no map stays as it is, and is refused as such. */
function labelled(record: unknown): unknown {
  if (!(record instanceof Map)) return record;
  return Object.fromEntries(
    Array.from(record, ([key, value]) => [
      LABELS.get(key) ?? String(key),
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  );
}
