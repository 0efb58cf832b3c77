import { expect, test } from 'vitest';
import { connectionOf, readStrace, stringsOf } from './strace-lines.ts';

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** What was told of, in short: the call, and whether it began or what it gave. */
const told = (...lines: string[]) =>
  [...readStrace(lines)].map((step) => `${step.call.name} ${step.is === 'begun' ? 'begun' : step.result}`);

test.each([
  ['a call', [`71 fsync(21<${hex('/d/f')}>) = 0`], ['fsync begun', 'fsync 0']],
  ['one that is padded', ['71 close(3)                                = 0'], ['close begun', 'close 0']],
  [
    'one that failed',
    [`71 openat(AT_FDCWD<${hex('/')}>, "${hex('/d')}", O_RDONLY) = -1 ENOENT (No such file or directory)`],
    ['openat begun', 'openat -1'],
  ],
  [
    'one between whose begin and end others came',
    ['71 fsync(21 <unfinished ...>', '72 write(4, "", 0) = 0', '71 <... fsync resumed>) = 0'],
    ['fsync begun', 'write begun', 'write 0', 'fsync 0'],
  ],
  ['one that was only said to be done', ['71 fsync(21) = 0 (INJECTED)'], ['fsync begun']],
  [
    'one of a process that was killed',
    ['71 fsync(21 <unfinished ...>', '71 <... fsync resumed>) = ?'],
    ['fsync begun'],
  ],
  ['one that nobody knows any more', ['71 ???( <unfinished ...>', '71 +++ killed by SIGKILL +++'], ['??? begun']],
  ['signals and ends', ['71 --- SIGTERM {si_signo=SIGTERM} ---', '71 +++ killed by SIGKILL +++'], []],
])('%s', (_, lines, expected) => {
  expect(told(...lines)).toEqual(expected);
});

test('arguments that strace writes only at the end are the whole call', () => {
  const [, done] = readStrace([
    '71 pwrite64(21, <unfinished ...>',
    `71 <... pwrite64 resumed>"${hex('ab')}", 2, 512) = 2`,
  ]);
  expect(done?.call.args).toBe(`21, "${hex('ab')}", 2, 512`);
});

test('strings are bytes, and those of a vector come one after the other', () => {
  const args = `20<TCP:[127.0.0.1:1->127.0.0.1:2]>, [{iov_base="${hex('a\n')}", iov_len=2}, {iov_base="\\xff", iov_len=1}], 2`;
  expect(stringsOf({ name: 'writev', args })).toEqual([Buffer.from('a\n'), Buffer.of(0xff)]);
  expect(connectionOf({ name: 'writev', args })).toBe('TCP:[127.0.0.1:1->127.0.0.1:2]');
  expect(connectionOf({ name: 'write', args: `1<${hex('/dev/null')}>, "", 0` })).toBeUndefined();
});

test('what was cut short, and what is no call, is an error and not a gap', () => {
  expect(() => stringsOf({ name: 'write', args: '1, "\\x61"..., 2000' })).toThrow('cut a string of write short');
  expect(() => told('strace: Process 71 attached')).toThrow('no call: strace: Process 71 attached');
});
