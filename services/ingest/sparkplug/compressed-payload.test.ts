import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPayload } from './compressed-payload.ts';
import { decodePayload } from './payload-decoder.ts';
import { type TahuPayload, tahuEncode } from './test-tahu.ts';

const INNER = tahuEncode({
  ...{ timestamp: 5, seq: 9 },
  metrics: Array.from({ length: 40 }, (_, i) => ({ name: `tank level ${i}`, type: 'Double', value: i }) as const),
});
const BYTES_MAX = 10_000;

function wrapped(body: Uint8Array | null, algorithm?: string): Buffer {
  const metrics = algorithm === undefined ? [] : [{ name: 'algorithm', type: 'String', value: algorithm } as const];
  return tahuEncode({ uuid: 'SPBV1.0_COMPRESSED', ...(body === null ? {} : { body }), metrics } as TahuPayload);
}

test.each([
  ['GZIP', gzipSync(INNER), 'GZIP'],
  ['gzip, in small letters', gzipSync(INNER), 'gzip'],
  ['DEFLATE', deflateSync(INNER), 'DEFLATE'],
  ['no algorithm, which is DEFLATE', deflateSync(INNER), undefined],
])('what is compressed by %s is what it was', (_, body, algorithm) => {
  expect(readPayload(wrapped(body, algorithm), BYTES_MAX)).toEqual(decodePayload(INNER));
});

test('what is not compressed is read as it is', () => {
  expect(readPayload(INNER, BYTES_MAX)).toEqual(decodePayload(INNER));
  expect(readPayload(Buffer.from([0x08]), BYTES_MAX)).toEqual({
    kind: 'broken',
    problem: 'at byte 1: a number breaks off',
  });
});

test.each([
  ['a bomb', wrapped(gzipSync(Buffer.alloc(1_000_000)), 'GZIP'), 'large', 'its body inflates to more than 10000 bytes'],
  ['another algorithm', wrapped(INNER, 'LZ4'), 'broken', "it is compressed by 'LZ4'; GZIP and DEFLATE are read"],
  ['no body', wrapped(null, 'GZIP'), 'broken', 'it says that it is compressed and has no body'],
  [
    'a cut',
    wrapped(gzipSync(INNER).subarray(0, -12), 'GZIP'),
    'broken',
    'its body cannot be inflated by GZIP: it is cut off',
  ],
  ['no gzip', wrapped(INNER, 'GZIP'), 'broken', 'its body cannot be inflated by GZIP: it is damaged'],
  [
    'no payload inside',
    wrapped(gzipSync(Buffer.from([0x08])), 'GZIP'),
    'broken',
    'inside its compressed body, at byte 1: a number breaks off',
  ],
  [
    'one within another',
    wrapped(gzipSync(wrapped(gzipSync(INNER), 'GZIP')), 'GZIP'),
    'broken',
    'its compressed body is compressed once more',
  ],
])('%s is refused', (_, bytes, kind, problem) => {
  expect(readPayload(bytes, BYTES_MAX)).toEqual({ kind, problem });
});
