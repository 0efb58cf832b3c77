import { expect, test } from 'vitest';
import { parseCommandReply, REPLY_STATUSES } from './command.ts';

const reply = { cid: 'level-hihi/t1/42/close', status: 'ACCEPTED', ts: 1_767_225_601_200 };

test('parseCommandReply() takes every status and drops what it does not know', () => {
  for (const status of REPLY_STATUSES) {
    expect(parseCommandReply({ ...reply, status, extra: 1 })).toEqual({ ...reply, status });
  }
  expect(parseCommandReply({ ...reply, reason: 'interlock' })).toEqual({ ...reply, reason: 'interlock' });
  expect(parseCommandReply({ ...reply, reason: 7 })).toEqual(reply);
});

test.each([
  [null, 'a reply is a JSON object'],
  [[reply], 'a reply is a JSON object'],
  [{ ...reply, cid: '' }, "'cid' must be the command's correlation id"],
  [{ ...reply, cid: 7 }, "'cid' must be the command's correlation id"],
  [{ ...reply, status: 'accepted' }, "'status' must be one of ACCEPTED, REJECTED, SUCCEEDED, FAILED, EXPIRED"],
  [{ ...reply, status: 'VERIFIED' }, "'status' must be one of ACCEPTED, REJECTED, SUCCEEDED, FAILED, EXPIRED"],
  [{ ...reply, ts: '1' }, "'ts' must be a moment in ms since the epoch"],
  [{ ...reply, ts: Number.NaN }, "'ts' must be a moment in ms since the epoch"],
])('parseCommandReply() refuses %j', (payload, reason) => {
  expect(parseCommandReply(payload)).toBe(reason);
});
