import { expect, test } from 'vitest';
import type { DiskEvent } from './disk-event.ts';
import { CallFollower } from './follow-calls.ts';
import { readStrace } from './strace-lines.ts';

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const FILE = `"${hex('/d/f')}"`;
const OPEN = `7 openat(AT_FDCWD<${hex('/')}>, ${FILE}, O_RDWR|O_CREAT, 0600) = 21<${hex('/d/f')}>`;

/** What lines come to, in a folder /d; `there` is in the file at the end. */
function eventsOf(lines: readonly string[], there = ''): DiskEvent[] {
  const follower = new CallFollower('/d', new Map([['/d', 0]]));
  follower.follow(readStrace(lines), new Map([['/d/f', Buffer.from(there)]]));
  return follower.events;
}

test('a sync covers what was written when it began', () => {
  const kinds = eventsOf([
    OPEN,
    `7 pwrite64(21, "${hex('ab')}", 2, 0) = 2`,
    '8 fdatasync(21 <unfinished ...>',
    `7 pwrite64(21, "${hex('cd')}", 2, 2) = 2`,
    '8 <... fdatasync resumed>) = 0',
  ]).map(({ kind }) => kind);
  expect(kinds).toEqual(['created', 'writing', 'written', 'syncing', 'writing', 'written', 'synced']);
});

test('a descriptor that was closed and given to another file is the other file', () => {
  const other = `7 openat(AT_FDCWD<${hex('/')}>, "${hex('/d/g')}", O_RDWR|O_CREAT, 0600) = 21`;
  const events = eventsOf([OPEN, '7 close(21) = 0', other, '7 write(21, "\\x61", 1) = 1', '7 fsync(21) = 0']);
  expect(events.at(-1)).toMatchObject({ kind: 'synced', name: '/d/g' });
});

test('a write is where the one before it ended, or at the end of a file that is appended to', () => {
  const appending = `7 openat(AT_FDCWD<${hex('/')}>, ${FILE}, O_WRONLY|O_APPEND) = 22`;
  const events = eventsOf([
    OPEN,
    '7 write(21, "\\x61", 1) = 1',
    '7 write(21, "\\x62", 1) = 1',
    appending,
    '7 write(22, "\\x63", 1) = 1',
  ]);
  expect(events.flatMap((event) => (event.kind === 'writing' ? [event.write.at] : []))).toEqual([0, 1, 2]);
});

test('a write in the middle of which its process was killed is as long as what is there of it', () => {
  const events = eventsOf(
    [OPEN, `7 pwrite64(21, "${hex('abcd')}", 4, 0 <unfinished ...>`, '7 +++ killed by SIGKILL +++'],
    'ab',
  );
  expect(events.at(-1)).toMatchObject({ kind: 'written', length: 2 });
});

test('what others do elsewhere is no matter, and what moves a file in or out is refused', () => {
  const elsewhere = `7 openat(AT_FDCWD<${hex('/')}>, "${hex('/e/f')}", O_RDWR) = 21`;
  expect(eventsOf([elsewhere, '7 write(21, "\\x61", 1) = 1', `7 unlink("${hex('/e/f')}") = 0`])).toEqual([]);
  expect(() => eventsOf([`7 rename("${hex('/e/f')}", ${FILE}) = 0`])).toThrow(
    'rename from or to a place outside of /d',
  );
});
