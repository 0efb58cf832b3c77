import { expect, test } from 'vitest';
import { beginningOf, decodeRejection, encodeRejection, type Rejection, receivedAtOf, toldOf } from './rejection.ts';

const NOW = 1_795_355_425_172;
const rejection: Rejection = {
  topic: 'plant/v1/lyon/tanks/tank-01/tele',
  payload: Buffer.from('{"temprature": 1}\n'),
  payloadBytes: 18,
  retained: false,
  receivedAt: NOW,
  refusals: [
    { reason: 'metric', message: "there is no metric 'temprature'\n", place: 'temprature' },
    { reason: 'type', message: 'é' },
  ],
};

const recordOf = (each: Rejection) => Buffer.concat(encodeRejection(each));

test.each([
  ['text', rejection],
  ['no bytes at all', { ...rejection, payload: Buffer.alloc(0), payloadBytes: 0, retained: true }],
  ['bytes that are no text', { ...rejection, payload: Buffer.from([0x0a, 0xff, 0x00, 0x0a]) }],
])('a rejection of %s comes back as it was', (_, each) => {
  const decoded = decodeRejection(recordOf(each));
  expect(decoded).toEqual({ ...each, payload: expect.anything() });
  expect(Buffer.from(decoded?.payload ?? '')).toEqual(Buffer.from(each.payload));
  expect(receivedAtOf(recordOf(each))).toBe(NOW);
});

test.each(['', '{}', '{}\n', 'null\nx', '[]\n', '{"refusals":[{"reason":"constructor"}]}\n', '{"refusals":[]'])(
  'what is no rejection is none: %j',
  (text) => {
    expect(decodeRejection(Buffer.from(text))).toBeUndefined();
    expect(decodeRejection(Buffer.from(`12345678${text}`))).toBeUndefined();
  },
);

test.each([
  ['short', 10, 'short'],
  ['exact', 5, 'exact'],
  ['aé', 2, 'a'],
  ['a€', 3, 'a'],
  ['a😀b', 4, 'a'],
  ['a😀b', 5, 'a😀'],
])('the beginning of %j in %i bytes is %j', (text, bytesMax, beginning) => {
  expect(Buffer.from(beginningOf(Buffer.from(text), bytesMax)).toString()).toBe(beginning);
});

test('bytes that only look like the middle of characters lose at most three', () => {
  expect(beginningOf(Buffer.alloc(100, 0x80), 50).length).toBeGreaterThanOrEqual(46);
  expect(beginningOf(Buffer.alloc(100, 0x80), 0)).toHaveLength(0);
});

test('what is told of it is the beginning of its payload', () => {
  const [refusal] = rejection.refusals;
  if (refusal === undefined) throw new Error('the rejection has refusals');
  expect(toldOf(rejection, refusal)).toEqual({
    ...refusal,
    topic: rejection.topic,
    payload: '{"temprature": 1}\n',
    payloadEncoding: 'utf8',
    payloadBytes: 18,
    receivedAt: NOW,
  });
  const long = toldOf({ ...rejection, payload: Buffer.alloc(100_000, 0xff) }, refusal);
  expect(long).toMatchObject({ payloadEncoding: 'base64', payload: '/'.repeat(4_096) });
});
