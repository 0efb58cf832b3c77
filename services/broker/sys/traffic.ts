// What goes over all connections, counted since the start. Bytes are the sockets' own counts.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export type TrafficCounts = {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly publishesReceived: number;
  readonly publishesSent: number;
  readonly publishBytesReceived: number;
  readonly publishBytesSent: number;
  readonly sockets: number;
  readonly connections: number;
};

type Payload = { readonly payload: { readonly length: number } };
type Counted = Pick<Socket, 'bytesRead' | 'bytesWritten'>;

export class Traffic {
  readonly #live = new Set<Counted>();
  readonly #counts: { -readonly [name in keyof TrafficCounts]: number } = {
    ...{ bytesReceived: 0, bytesSent: 0, packetsReceived: 0, packetsSent: 0 },
    ...{ publishesReceived: 0, publishesSent: 0, publishBytesReceived: 0, publishBytesSent: 0 },
    ...{ sockets: 0, connections: 0 },
  };

  /** @param wire the socket below whatever stands on it: what TLS and WebSocket add is traffic too */
  opened(stream: Pick<Duplex, 'cork' | 'once'>, wire: Counted): void {
    this.#counts.sockets++;
    this.#live.add(wire);
    // Whatever writes packets corks the stream once for each.
    const cork = stream.cork.bind(stream);
    stream.cork = () => {
      this.#counts.packetsSent++;
      cork();
    };
    stream.once('close', () => {
      this.#live.delete(wire);
      this.#counts.bytesReceived += wire.bytesRead;
      this.#counts.bytesSent += wire.bytesWritten;
    });
  }

  /** A CONNECT came. */
  asked(): void {
    this.#counts.connections++;
  }

  readPackets(count: number): void {
    this.#counts.packetsReceived += count;
  }

  published({ payload }: Payload): void {
    this.#counts.publishesReceived++;
    this.#counts.publishBytesReceived += payload.length;
  }

  delivered({ payload }: Payload): void {
    this.#counts.publishesSent++;
    this.#counts.publishBytesSent += payload.length;
  }

  counts(): TrafficCounts {
    const counts = { ...this.#counts };
    for (const { bytesRead, bytesWritten } of this.#live) {
      counts.bytesReceived += bytesRead;
      counts.bytesSent += bytesWritten;
    }
    return counts;
  }
}
