import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { FixedHeaders } from './length-guard.ts';

const packets = fc.array(
  fc.integer({ min: 0, max: 20_000 }).map((length) => generate({ ...MESSAGE, payload: Buffer.alloc(length) })),
  { minLength: 1, maxLength: 8 },
);
const MESSAGE = { cmd: 'publish', topic: 'a', qos: 0, dup: false, retain: false } as const;

/** The bytes in pieces, cut at any places. */
function* pieces(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (const cut of cuts.map((each) => each % bytes.length).toSorted((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
  yield bytes.subarray(from);
}

test('FixedHeaders finds the first packet over the limit, however the bytes are cut', () => {
  fc.assert(
    fc.property(packets, fc.array(fc.nat()), fc.integer({ min: 2, max: 20_010 }), (sent, cuts, bytesMax) => {
      const headers = new FixedHeaders();
      const found: number[] = [];
      for (const piece of pieces(Buffer.concat(sent), cuts)) {
        const length = headers.tooLong(piece, bytesMax);
        if (length === undefined) continue;
        found.push(length);
        break;
      }
      const expected = sent.map(({ length }) => length).find((length) => length > bytesMax);
      expect(found).toEqual(expected === undefined ? [] : [expected]);
    }),
  );
});

test.each([
  ['256 MB', [0x10, 0xff, 0xff, 0xff, 0x7f], 268_435_460],
  ['a length that does not end', [0x10, 0xff, 0xff, 0xff, 0xff], Number.POSITIVE_INFINITY],
])('FixedHeaders knows %s by its announcement', (_, bytes, length) => {
  expect(new FixedHeaders().tooLong(Buffer.from(bytes), 4_096)).toBe(length);
});
