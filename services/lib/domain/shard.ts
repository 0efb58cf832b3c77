// Which of the 64 lanes an area travels in. All points of one area share a lane, in order.

export const SHARD_COUNT = 64;

/** FNV-1a, 32 bit, over the UTF-16 units of `site/area`; names are ASCII, so units are bytes. */
export function shardOf(site: string, area: string): number {
  let hash = 0x811c9dc5;
  const text = `${site}/${area}`;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % SHARD_COUNT;
}

/** One of several of a service that share the shards out by rank. Alone it is rank 0 of 1, and owns them all. */
export type Replica = { readonly rank: number; readonly replicas: number };

export function ownsShard({ rank, replicas }: Replica, shard: number): boolean {
  return shard % replicas === rank;
}

/** Every shard belongs to exactly one of the ranks. */
export function ownedShards(replica: Replica): number[] {
  return Array.from({ length: SHARD_COUNT }, (_, shard) => shard).filter((shard) => ownsShard(replica, shard));
}
