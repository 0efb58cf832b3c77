// Ends a connection whose packet announces more than it may, at the announcement: aedes buffers whatever was announced
// until it is there, so that ten strangers who announce 256 MB each cost it 690 MB. Nothing is copied or held here.

import type { Duplex } from 'node:stream';
import type { Reading } from './limits/reading-pace.ts';

/** What ends the connection. aedes hands it on as the reason. */
export class PacketTooLongError extends Error {
  override readonly name = 'PacketTooLongError';
}

const LENGTH_BYTES_MAX = 4;
/** PUBACK, PUBREC, PUBREL and PUBCOMP [MQTT-2.2.1]: they follow from what was sent before. */
const isAcknowledgement = (firstByte: number) => firstByte >= 0x40 && firstByte < 0x80;

/** Reads the fixed headers [MQTT-2.2] of a stream of packets, in pieces of any size. */
export class FixedHeaders {
  /** Bytes of the packet's body that are still to come. */
  #rest = 0;
  /** Bytes of the header read so far: 0 before the first, whose type is no matter here. */
  #headerBytes = 0;
  #length = 0;
  /** Packets that have begun so far, and of these the acknowledgements. */
  packets = 0;
  acknowledgements = 0;

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
      if (this.#headerBytes++ === 0) {
        this.packets++;
        if (isAcknowledgement(byte)) this.acknowledgements++;
        continue;
      }
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

export type ReadGuard = {
  /** Bytes of a packet, at most, as it is now; asked for every piece. */
  readonly bytesMax: () => number;
  readonly reading: Reading;
  readonly onPackets: (count: number) => void;
};

/**
 * Guards what is read from a connection: how long packets are, and how fast they come. It stands in the stream's own `read`, the one
 * way by which aedes takes bytes: a stream in between would cost every message a copy of the socket's bookkeeping.
 */
export function guardReading(stream: Duplex, { bytesMax, reading, onPackets }: ReadGuard): void {
  const headers = new FixedHeaders();
  const read = stream.read.bind(stream);
  stream.read = (size?: number) => {
    // Node asks for nothing at all where it wants its buffer to be filled.
    if (size !== 0 && !reading.mayRead()) return null;
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const { packets, acknowledgements } = headers;
    const length = headers.tooLong(chunk, bytesMax());
    const begun = headers.packets - packets;
    reading.hasRead(chunk.length, begun - (headers.acknowledgements - acknowledgements));
    onPackets(begun);
    if (length === undefined) return chunk;
    stream.destroy(new PacketTooLongError(`a packet of ${length} bytes; at most ${bytesMax()} are taken`));
    return null;
  };
}
