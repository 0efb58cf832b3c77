// What goes over all connections, counted since the start. Bytes are the sockets' own counts.

import type { Socket } from 'node:net';

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
type Counted = Pick<Socket, 'bytesRead' | 'bytesWritten' | 'cork' | 'once'>;

export class Traffic {
  readonly #live = new Set<Counted>();
  readonly #counts: { -readonly [name in keyof TrafficCounts]: number } = {
    ...{ bytesReceived: 0, bytesSent: 0, packetsReceived: 0, packetsSent: 0 },
    ...{ publishesReceived: 0, publishesSent: 0, publishBytesReceived: 0, publishBytesSent: 0 },
    ...{ sockets: 0, connections: 0 },
  };

  opened(socket: Counted): void {
    this.#counts.sockets++;
    this.#live.add(socket);
    // Whatever writes packets corks the socket once for each.
    const cork = socket.cork.bind(socket);
    socket.cork = () => {
      this.#counts.packetsSent++;
      cork();
    };
    socket.once('close', () => {
      this.#live.delete(socket);
      this.#counts.bytesReceived += socket.bytesRead;
      this.#counts.bytesSent += socket.bytesWritten;
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
