import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DiskSpace, isSameDisk } from './disk-space.ts';

const blocksOf = (free: number) => ({ blocks: 100, bfree: free, bavail: free });

test.each([
  ['nearly full', blocksOf(16), undefined],
  ['at the mark', blocksOf(15), 'the disk of /data is 85 % full'],
  ['full but for what is reserved for root', { blocks: 100, bfree: 5, bavail: 0 }, 'the disk of /data is 100 % full'],
])('a disk that is %s', async (_, blocks, problem) => {
  const disk = new DiskSpace('/data', 0.85, async () => blocks);
  expect(disk.problems()).toBeUndefined();
  await disk.look();
  if (problem === undefined) expect(disk.problems()).toEqual([]);
  else expect(disk.problems()?.[0]?.text).toContain(problem);
});

test('the problem lasts until there is some room again, and is more urgent the less there is', async () => {
  let free = 20;
  const disk = new DiskSpace('/data', 0.85, async () => blocksOf(free));
  const priorities: unknown[] = [];
  for (free of [20, 15, 16, 17, 18, 17, 16, 15, 5, 4, 6, 20]) {
    await disk.look();
    priorities.push(disk.problems()?.[0]?.priority);
  }
  expect(priorities).toEqual([
    ...[undefined, 'high', 'high', 'high', undefined, undefined, undefined],
    ...['high', 'critical', 'critical', 'high', undefined],
  ]);
});

test('a disk that cannot be looked at is a problem too', async () => {
  const disk = new DiskSpace('/data', 0.85, async () => {
    throw new Error('EIO');
  });
  expect(await disk.look()).toEqual(new Error('EIO'));
  expect(disk.problems()).toEqual([{ id: 'disk-space', text: expect.stringContaining('/data') }]);
});

test('the disk under our feet', async () => {
  const disk = new DiskSpace(tmpdir(), 0.85);
  await disk.look();
  expect(disk.usedRatio).toBeGreaterThan(0);
  expect(disk.usedRatio).toBeLessThanOrEqual(1);
});

test('isSameDisk() knows one disk from another, and from none', () => {
  expect(isSameDisk(tmpdir(), tmpdir())).toBe(true);
  expect(isSameDisk('/proc', tmpdir())).toBe(false);
  expect(isSameDisk(tmpdir(), path.join(tmpdir(), 'nowhere', 'at', 'all'))).toBe(false);
});
