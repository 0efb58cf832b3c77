import { expect, test } from 'vitest';
import { parseCommand, parseCommandReply, REASON_CHARS_MAX, REPLY_STATUSES } from './command.ts';

const reply = { cid: 'level-hihi/t1/42/close', status: 'ACCEPTED', ts: 1_767_225_601_200 };

test('parseCommandReply() cuts a reason of no end', () => {
  const read = parseCommandReply({ ...reply, reason: 'x'.repeat(200_000) });
  expect(read).toEqual({ ...reply, reason: 'x'.repeat(REASON_CHARS_MAX) });
});

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

const command = {
  cid: 'c1',
  cmd: 'set',
  args: { open: true },
  exp: 1_767_225_601_200,
  reply: 'plant/v1/a/b/c/ack',
  rev: '1',
};

test('parseCommand() takes what rules send, and drops what it does not know', () => {
  expect(parseCommand({ ...command, extra: 1 })).toEqual(command);
  const { reply: _, rev: __, ...short } = command;
  expect(parseCommand(short)).toEqual({ ...short, reply: '', rev: '' });
});

test.each([
  [7, 'a command is a JSON object'],
  [{ ...command, cid: '' }, "'cid' must be the command's correlation id"],
  [{ ...command, cmd: 1 }, "'cmd' must be the name of the command"],
  [{ ...command, args: [] }, "'args' must be an object"],
  [{ ...command, args: JSON.parse('{"a":1e999}') }, "'args' must hold numbers, booleans and texts; a is none"],
  [{ ...command, args: { a: {} } }, "'args' must hold numbers, booleans and texts; a is none"],
  [
    { ...command, args: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, 1])) },
    "'args' has 65 members; at most 64 are taken",
  ],
  [{ ...command, exp: '1' }, "'exp' must be a moment in ms since the epoch"],
])('parseCommand() refuses %j', (payload, reason) => {
  expect(parseCommand(payload)).toBe(reason);
});
