// How far a connection may lag behind.

import type { Duplex } from 'node:stream';

/** Bytes a subscriber may lag behind before its writers wait for it. */
const LAG_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Lets a subscriber lag without telling its writers. The server's own `highWaterMark` would do that too, but it counts for
 * reading as well: 50 publishers would then have 200 MB parsed and under way at once, and the broker stalls.
 */
export function allowLag(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => write(...args) || stream.writableLength < LAG_BYTES_MAX;
}
