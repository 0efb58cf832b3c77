// Ends a connection whose packet announces more than it may, at the announcement: aedes buffers whatever was announced
// until it is there, so that ten strangers who announce 256 MB each cost it 690 MB. Nothing is copied or held here.

import type { Socket } from 'node:net';

/** What ends the connection. aedes hands it on as the reason. */
export class PacketTooLongError extends Error {
  override readonly name = 'PacketTooLongError';
}

const LENGTH_BYTES_MAX = 4;

/** Reads the fixed headers [MQTT-2.2] of a stream of packets, in pieces of any size. */
export class FixedHeaders {
  /** Bytes of the packet's body that are still to come. */
  #rest = 0;
  /** Bytes of the header read so far: 0 before the first, whose type is no matter here. */
  #headerBytes = 0;
  #length = 0;

  /** @returns the length of a packet that begins in `chunk` and is longer than `bytesMax`; undefined where none is */
  tooLong(chunk: Uint8Array, bytesMax: number): number | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.#rest > 0) {
        const step = Math.min(this.#rest, chunk.length - at);
        this.#rest -= step;
        at += step;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (this.#headerBytes++ === 0) continue;
      this.#length += (byte & 0x7f) * 128 ** (this.#headerBytes - 2);
      const hasMore = (byte & 0x80) !== 0;
      if (hasMore && this.#headerBytes <= LENGTH_BYTES_MAX) continue;
      const total = hasMore ? Number.POSITIVE_INFINITY : this.#headerBytes + this.#length;
      if (total > bytesMax) return total;
      [this.#rest, this.#headerBytes, this.#length] = [this.#length, 0, 0];
    }
    return undefined;
  }
}

/**
 * Guards what is read from a socket. It stands in the socket's own `read`, the one way by which aedes takes bytes: a
 * stream in between would cost every message a copy of the socket's bookkeeping.
 * @param bytesMax the limit now; asked for every chunk
 */
export function guardLength(socket: Socket, bytesMax: () => number): void {
  const headers = new FixedHeaders();
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const length = headers.tooLong(chunk, bytesMax());
    if (length === undefined) return chunk;
    socket.destroy(new PacketTooLongError(`a packet of ${length} bytes; at most ${bytesMax()} are taken`));
    return null;
  };
}
