import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownedShards, ownsShard, SHARD_COUNT, shardOf } from './shard.ts';

/** FNV-1a as its authors state it, over bytes and in big integers. */
function reference(text: string): number {
  let hash = 2166136261n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 16777619n) & 0xffffffffn;
  return Number(hash % 64n);
}

test('shardOf() is FNV-1a of site/area, modulo 64', () => {
  const name = fc.string({ unit: 'grapheme-ascii' });
  fc.assert(fc.property(name, name, (site, area) => shardOf(site, area) === reference(`${site}/${area}`)));
});

// Queues at a broker and shards of replicas depend on these numbers never changing.
test.each([
  ['lyon', 'tank-farm', 35],
  ['a', 'b', 1],
])('shardOf(%s, %s) is %d for ever', (site, area, shard) => {
  expect(shardOf(site, area)).toBe(shard);
});

test('shardOf() spreads a thousand areas over every shard, none with more than three times its part', () => {
  const counts = new Array<number>(SHARD_COUNT).fill(0);
  for (let site = 0; site < 10; site++) {
    for (let area = 0; area < 100; area++) {
      const shard = shardOf(`site-${site}`, `area-${area}`);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
  }
  expect(counts).toHaveLength(SHARD_COUNT);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(Math.max(...counts)).toBeLessThan((3 * 1_000) / SHARD_COUNT);
});

test('every shard belongs to exactly one rank, however many there are, and to whoever is alone', () => {
  for (let replicas = 1; replicas <= SHARD_COUNT; replicas++) {
    const owned = Array.from({ length: replicas }, (_, rank) => ownedShards({ rank, replicas }));
    for (const shards of owned) expect(shards.length).toBeGreaterThanOrEqual(Math.floor(SHARD_COUNT / replicas));
    expect(owned.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: SHARD_COUNT }, (_, shard) => shard));
  }
  expect(ownedShards({ rank: 1, replicas: 30 })).toEqual([1, 31, 61]);
  expect(ownsShard({ rank: 1, replicas: 30 }, 31)).toBe(true);
});
