import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { DiskSpace } from './disk-space.ts';

test.each([
  ['nearly full', { blocks: 100, bfree: 16, bavail: 16 }, undefined],
  ['at the mark', { blocks: 100, bfree: 15, bavail: 15 }, 'the disk of /data is 85 % full'],
  ['full but for what is reserved for root', { blocks: 100, bfree: 5, bavail: 0 }, 'the disk of /data is 100 % full'],
])('a disk that is %s', async (_, blocks, problem) => {
  const disk = new DiskSpace('/data', async () => blocks);
  expect(disk.problem()).toBeUndefined();
  await disk.look();
  if (problem === undefined) expect(disk.problem()).toBeUndefined();
  else expect(disk.problem()).toContain(problem);
});

test('the disk under our feet', async () => {
  const disk = new DiskSpace(tmpdir());
  await disk.look();
  expect(disk.usedRatio).toBeGreaterThan(0);
  expect(disk.usedRatio).toBeLessThanOrEqual(1);
});
