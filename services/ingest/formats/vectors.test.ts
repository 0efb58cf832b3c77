// Payloads of each format, good and bad, with all that comes of them: `vectors/<format>.json`. Examples of RFC 8428 (5.1 and 6)
// and of InfluxDB's line protocol are among them. JSON and bare values stand in formats.test.ts, what foreign projects send in
// ../sources/ready-sources.test.ts.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { binaryLayout } from '#runtime/binary-layout.ts';
import { PAYLOAD_FORMATS } from '#runtime/payload-form.ts';
import { readingOf, readPayload } from '../reading.ts';
import { METRICS_MAX, RECORDS_MAX } from '../record.ts';
import { decode, NOW, sentences, show } from './testing.ts';

const vectorFile = z.strictObject({
  layouts: z.array(binaryLayout).default([]),
  vectors: z.array(
    z.strictObject({
      payload: z.string().optional(),
      hex: z.string().optional(),
      shows: z.array(z.string()),
      refuses: z.array(z.string()),
    }),
  ),
});
const FORMATS = PAYLOAD_FORMATS.filter((format) => format !== 'json' && format !== 'value');

describe.each(FORMATS)('%s', (format) => {
  const file = path.join(import.meta.dirname, `vectors/${format}.json`);
  const { layouts, vectors } = vectorFile.parse(JSON.parse(readFileSync(file, 'utf8')));

  it.each(vectors)('$payload$hex', ({ payload = '', hex, shows, refuses }) => {
    const decoded = decode(format, hex === undefined ? payload : Buffer.from(hex, 'hex'), { layouts });
    expect(show(decoded)).toEqual(shows);
    expect(sentences(decoded)).toEqual(refuses);
    // A payload of which nothing comes says why.
    expect(shows.length + refuses.length).toBeGreaterThan(0);
  });
});

describe('more than fits', () => {
  const many = RECORDS_MAX + 1;
  const wide = METRICS_MAX + 1;
  const repeated = <T>(value: T, count: number) => Array.from({ length: count }, () => value);
  const names = Array.from({ length: wide }, (_, i) => `c${i}`);

  it.each([
    [
      'senml-json',
      JSON.stringify(repeated({ n: 'a', v: 1 }, many)),
      0,
      'size: the payload holds 1001 records; at most 1000 fit',
    ],
    ['line-protocol', 'm value=1\n'.repeat(many), 1_000, 'size: the payload holds 1 lines more than the 1000 that fit'],
    [
      'line-protocol',
      `m ${names.map((name) => `${name}=1`).join()}`,
      1_000,
      'size: line 1: a record holds at most 1000 metrics; the others are left',
    ],
    [
      'csv',
      `a\n${'1\n'.repeat(many)}`,
      1_000,
      'size: the payload holds more lines than the 1000 that fit; the others are left',
    ],
    ['csv', `${names.join()}\n${repeated(1, wide).join()}`, 0, 'size: a line has 1001 cells; at most 1000 fit'],
    [
      'json',
      JSON.stringify(repeated(1, wide)).replace(/^/, '{"a":').replace(/$/, '}'),
      1_000,
      'size: a record holds at most 1000 metrics; the others are left',
    ],
  ] as const)('%s %.20s', (format, payload, count, sentence) => {
    const decoded = decode(format, payload);
    expect(decoded.records.flatMap(({ metrics }) => metrics)).toHaveLength(count);
    expect(sentences(decoded)).toEqual([sentence]);
  });
});

describe('options and layouts that a source or a model gives', () => {
  it.each([
    [
      'csv',
      '1795355425;21,5;x',
      { options: { columns: ['ts', 'a', null], separator: ';' } },
      ['a="21,5" @1795355425000'],
    ],
    [
      'csv',
      '5,1795355425,7',
      { options: { columns: ['a', 'at', 'id'], timeMember: 'at', senderFields: ['id'] } },
      ['a=5 @1795355425000 <id:7>'],
    ],
    [
      'json',
      '{"a":1,"measured":{"at":1795355425}}',
      { options: { timeMember: 'measured.at' } },
      ['a=1 @1795355425000', 'measured.at=1795355425 @1795355425000'],
    ],
    ['json', '{"a":1,"time":"noon","ts":5}', { options: { timeMember: null } }, ['a=1']],
    ['csv', 'time,a\nnoon,1', { options: { timeMember: null } }, ['a=1']],
    ['json', '{"id":7,"a":1}', { options: { senderFields: ['id'] } }, ['a=1 <id:7>']],
    ['line-protocol', 'm,host=a,core=0 x=1', { options: { senderFields: ['host'] } }, ['m.0.x=1 <host:a>']],
    ['senml-json', '[{"v":21.4}]', { metric: 'level' }, ['level=21.4']],
    [
      'senml-json',
      '[{"bn":"urn:dev:ow:63_","n":"t","v":20},{"n":"h","v":40},{"bn":"room-2/","n":"t","v":70},{"bn":"","n":"t","v":1}]',
      { options: { senderFields: ['bn'] } },
      ['t=20 <bn:63>', 'h=40 <bn:63>', 't=70 <bn:room-2>', 't=1'],
    ],
  ] as const)('%s %s', (format, payload, given, shows) => {
    expect(show(decode(format, payload, given))).toEqual(shows);
  });

  it('binary without any layout says what is missing', () => {
    expect(sentences(decode('binary', 'x'))).toEqual([
      'shape: the payload is binary, and the model of the device has no layouts; describe its bytes there',
    ]);
  });
});

describe('CBOR that nests ever deeper is refused, and does not run out of stack', () => {
  const deep = (byte: number, depth: number) => Buffer.alloc(depth, byte);
  const within = (before: readonly number[], inner: Buffer, after: readonly number[]) =>
    Buffer.concat([Buffer.from(before), inner, Buffer.from([0, ...after])]);

  // A library that decodes a depth may still be unable to write it out as text: 4,000 lists as a label did that.
  it.each([500, 4_000, 6_000, 60_000])('%d deep', (depth) => {
    for (const payload of [
      within([0x81, 0xa1], deep(0x81, depth), [1]),
      within([0x81, 0xa2, 0x00], deep(0x81, depth), [0x02, 0x01]),
      within([0x81], deep(0xa1, depth), []),
      within([], deep(0x81, depth), []),
      deep(0x9f, depth),
      within([0x81, 0xa1, 0x02], deep(0xc4, depth), []),
    ]) {
      const decoded = decode('senml-cbor', payload);
      expect(decoded.records).toEqual([]);
      expect(decoded.refusals).toHaveLength(1);
    }
    expect(sentences(decode('senml-cbor', deep(0x81, 60_000)))).toEqual([
      'cbor: the payload is not valid CBOR: it nests too deeply',
    ]);
  });
});

describe('compressed payloads', () => {
  const text = '{"temperature":81.2}';
  const read = (payload: Uint8Array) =>
    readPayload(Buffer.from(payload), readingOf(null), { metric: null, now: NOW, bytesMax: 1_000, layouts: [] });
  const bomb = Buffer.alloc(100_000, ' ');

  it.each([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['nothing', Buffer.from(text)],
  ])('%s', (_, payload) => {
    expect(show(read(payload))).toEqual(['temperature=81.2']);
  });

  it.each([
    ['a gzip bomb', gzipSync(bomb), 'size: the gzip payload inflates to more than 1000 bytes'],
    ['a zstd bomb', zstdCompressSync(bomb), 'size: the zstd payload inflates to more than 1000 bytes'],
    [
      'cut gzip',
      gzipSync(text).subarray(0, 20),
      'encoding: the payload begins as gzip and cannot be inflated: it is cut off',
    ],
    [
      'cut zstd',
      zstdCompressSync(text).subarray(0, 12),
      'encoding: the payload begins as zstd and cannot be inflated: it is cut off',
    ],
    [
      'two frames of zstd',
      Buffer.concat([zstdCompressSync('{"a":1'), zstdCompressSync(',"b":2}')]),
      'encoding: the payload begins as zstd and cannot be inflated: something stands behind its first frame, of which there may be one only',
    ],
    ['gzip of nothing', gzipSync(''), 'json: the payload is empty'],
    ['gzip within gzip', gzipSync(gzipSync(text)), 'encoding: the payload is not UTF-8 text'],
    ['more bytes than are taken', Buffer.alloc(1_001, ' '), 'size: the payload has 1001 bytes; at most 1000 are taken'],
  ])('%s is refused', (_, payload, sentence) => {
    expect(sentences(read(payload))).toEqual([sentence]);
  });
});
