// Whatever bytes come: no throw, nothing read past the end, and a sentence that names a byte that is there.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DATATYPES } from './datatype.ts';
import { readMetricValue } from './metric-value.ts';
import { decodePayload } from './payload-decoder.ts';
import { type TahuPayload, tahuEncode } from './test-tahu.ts';

const WHOLE = tahuEncode({
  ...{ timestamp: 1_795_355_893_364, seq: 200, uuid: 'a uuid', body: new Uint8Array([8, 18, 4]) },
  metrics: [
    { name: 'Node Control/Rebirth', type: 'Boolean', value: false, timestamp: 5 },
    {
      ...{ name: 'température', alias: 9, type: 'Double', value: 21.25, timestamp: 1_795_355_893_000 },
      properties: { Quality: { type: 'Int32', value: 192 }, engUnit: { type: 'String', value: '°C' } },
      metadata: { description: 'of the bath', size: 5 },
    },
    { name: 'table', type: 'DataSet', value: { numOfColumns: 1, columns: ['a'], types: ['String'], rows: [['x']] } },
    { name: 'count', type: 'Int64', value: -5 },
  ],
} as TahuPayload);

const RUNS = { numRuns: 3_000 };

/** Reads it as ingest would, and holds it to its promises. */
function read(bytes: Buffer): unknown {
  const payload = decodePayload(bytes);
  if ('problem' in payload) {
    const [, at] = /^at byte (\d+): /.exec(payload.problem) ?? [];
    expect(Number(at)).toBeLessThanOrEqual(bytes.length);
    return payload;
  }
  for (const metric of payload.metrics) for (const { code } of DATATYPES) readMetricValue(metric, code);
  return payload;
}

test('a payload that is cut off anywhere is read up to a field, or refused with its place', () => {
  for (let length = 0; length < WHOLE.length; length++) {
    const cut = read(Buffer.from(WHOLE.subarray(0, length)));
    // What follows in memory is never taken for a part of it.
    expect(read(WHOLE.subarray(0, length))).toEqual(cut);
    expect(cut).not.toEqual(read(WHOLE));
  }
});

test('random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      read(Buffer.from(bytes));
    }),
    RUNS,
  );
});

test('a good payload with some of its bytes changed', () => {
  const changes = fc.array(fc.tuple(fc.nat({ max: WHOLE.length - 1 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(changes, (list) => {
      const bytes = Buffer.from(WHOLE);
      for (const [at, byte] of list) bytes[at] = byte;
      read(bytes);
    }),
    RUNS,
  );
});

test('messages within messages that claim to be longer than what holds them', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 31 }), fc.nat({ max: 40 }), (claimed, rest) => {
      const length: number[] = [];
      for (let left = claimed; ; left = Math.floor(left / 128)) {
        length.push(left > 127 ? (left & 0x7f) | 0x80 : left);
        if (left <= 127) break;
      }
      const inner = Buffer.concat([Buffer.from([0x0a, ...length]), Buffer.alloc(rest, 0x61)]);
      const payload = read(Buffer.concat([Buffer.from([0x12, inner.length]), inner, Buffer.alloc(100, 0x62)]));
      if (claimed > rest) expect(payload).toMatchObject({ kind: 'broken' });
    }),
    RUNS,
  );
});
