import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { chain, decodeRecord, entryOf, NO_RECORD, sha256 } from './audit-record.ts';
import { eventOf } from './testing.ts';

const DESIRED = 'plant/v1/lyon/tanks/pico-01/cfg/desired';
const keptOf = (payload: string | Uint8Array, topic = 'plant/v1/lyon/tanks/pico-01/cmd') =>
  entryOf(eventOf({ topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload }), 1).payload;

describe('a payload', () => {
  it('is kept whole up to 4 KiB, and of a larger one its start, its length and its hash', () => {
    const whole = 'x'.repeat(4_096);
    expect(keptOf(whole)).toEqual({ bytes: 4_096, sha256: sha256(whole), text: whole });
    const large = 'y'.repeat(4_097);
    expect(keptOf(large)).toEqual({ bytes: 4_097, sha256: sha256(large), text: 'y'.repeat(1_024) });
  });

  it('that is no text is kept as base64', () => {
    expect(keptOf(Buffer.from([0xff, 0, 1]))).toMatchObject({ bytes: 3, base64: '/wAB' });
  });

  it.each([
    ['{"wifi":{"ssid":"plant","password":"hunter2"}}', '{"wifi":{"ssid":"plant","password":"sha256:#"}}'],
    ['{"list":[{"apiKey":"hunter2"}]}', '{"list":[{"apiKey":"sha256:#"}]}'],
    ['{"api_key":"hunter2","broker-token":"hunter2"}', '{"api_key":"sha256:#","broker-token":"sha256:#"}'],
    ['{"APITOKEN":"hunter2","clientSecret":"hunter2"}', '{"APITOKEN":"sha256:#","clientSecret":"sha256:#"}'],
    ['{"__proto__":{"key":"hunter2"},"constructor":1}', '{"__proto__":{"key":"sha256:#"},"constructor":1}'],
    ['{"password":"first","password":"hunter2"}', '{"password":"sha256:#"}'],
    ['{"monkey":"hunter2","keyboard":1,"tokens":7}', '{"monkey":"hunter2","keyboard":1,"tokens":"sha256:7"}'],
  ])('has its secrets masked by their hash: %s', (payload, masked) => {
    const text = masked.replaceAll('#', sha256('hunter2')).replace('sha256:7', `sha256:${sha256('7')}`);
    expect(keptOf(payload, DESIRED)).toEqual({ bytes: payload.length, sha256: sha256(payload), text, isMasked: true });
  });

  it('has its secrets masked before it is cut, and on any topic', () => {
    const payload = JSON.stringify({ token: 'hunter2', text: 'z'.repeat(10_000) });
    expect(JSON.stringify(keptOf(payload))).not.toContain('hunter2');
    expect(keptOf(payload)?.text).toHaveLength(1_024);
  });

  it.each([
    ['no JSON', '{"password":"hunter2",}'],
    ['too deep', `${'['.repeat(100_000)}{"password":"hunter2"}${']'.repeat(100_000)}`],
    ['no text', Buffer.from([0xff, ...Buffer.from('hunter2')])],
  ])('of a configuration that is %s keeps its hash only', (_, payload) => {
    expect(Object.keys(keptOf(payload, DESIRED) ?? {})).toEqual(['bytes', 'sha256']);
  });
});

test('texts of strangers are bounded', () => {
  const long = '😀'.repeat(30_000);
  const entry = entryOf(eventOf({ who: { user: long, client: long, address: long }, topic: long, outcome: long }), 1);
  expect(Buffer.from(JSON.stringify(entry)).length).toBeLessThan(10_000);
  expect(entry.who.user).toMatch(/…$/);
});

test('whatever is audited is one record that can be read, and the same bytes give the same chain', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
      fc.string({ unit: 'binary' }),
      (text, payload, topic) => {
        const entry = entryOf(eventOf({ who: { user: text, client: text }, topic, payload, outcome: text }), 1);
        const { bytes, head } = chain(NO_RECORD, entry);
        expect(decodeRecord(bytes)).toEqual({ n: 1, prev: NO_RECORD.hash, ...entry });
        expect(head).toEqual({ n: 1, hash: sha256(bytes) });
      },
    ),
  );
});

test.each(['', 'null', '[]', '{"n":1}', '{"n":0,"prev":"x"}'])('decodeRecord() takes %j for no record', (text) => {
  expect(decodeRecord(Buffer.from(text))).toBeUndefined();
});

test('decodeRecord() takes nothing for a record of which a part is of another kind', () => {
  const good = JSON.parse(chain(NO_RECORD, entryOf(eventOf(), 1)).bytes.toString());
  const decode = (change: object) => decodeRecord(Buffer.from(JSON.stringify({ ...good, ...change })));
  expect(decode({})).toBeDefined();
  for (const change of [
    { n: 1.5 },
    { prev: 'A'.repeat(64) },
    { at: '1' },
    { at: 8.64e15 + 1 },
    { what: 'constructor' },
    { who: { user: 1 } },
  ])
    expect(decode(change)).toBeUndefined();
  for (const change of [{ who: [] }, { topic: 1 }, { payload: {} }, { outcome: 1 }, { begins: { n: 1 } }])
    expect(decode(change)).toBeUndefined();
});
