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
