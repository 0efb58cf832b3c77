import { expect, test } from 'vitest';
import { onlineWords } from './online-words.ts';

const plain = onlineWords({ yes: ['Online', 'up'], no: 'Offline' });
const member = onlineWords({ member: 'state', yes: 'online', no: 'offline' });

test.each([
  [plain, 'Online', true],
  [plain, ' up\n', true],
  [plain, 'Offline', false],
  [member, '{"state":"online"}', true],
  [member, 'online', true],
  [member, 'offline', false],
  [member, '{"state":"offline","x":1}', false],
  [onlineWords({ member: 'a.up', yes: 'true', no: 'false' }), '{"a":{"up":false}}', false],
])('%s of %s is %s', (read, payload, online) => {
  expect(read(Buffer.from(payload))).toBe(online);
});

const KNOWN = '; the source knows online, offline';

test.each([
  ['{"state":"gone"}', `it says the text 'gone'${KNOWN}`],
  ['{}', `it says missing${KNOWN}`],
  ['{"state":null}', `it says null${KNOWN}`],
  // What would be a refusal, or would throw, if it were taken for what it says.
  ['{"state":{"reason":"json","message":"x"}}', `it says an object${KNOWN}`],
  ['{"state":{"toString":1}}', `it says an object${KNOWN}`],
  [`{"state":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, `it says a list${KNOWN}`],
  ['{"reason":"x"}', `it says missing${KNOWN}`],
  ['5', `it says missing${KNOWN}`],
  ['"online"', `it says missing${KNOWN}`],
])('%.60s is refused in words', (payload, message) => {
  expect(member(Buffer.from(payload))).toEqual({ reason: 'shape', message });
});

test('bytes that are no text are no word', () => {
  expect(plain(Buffer.from([0xff, 0xfe]))).toMatchObject({ reason: 'encoding' });
  expect(member(Buffer.from('{'))).toMatchObject({ reason: 'json' });
});
