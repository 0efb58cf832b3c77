// What is known of a connection before it says a word of MQTT: by which door it came, from where, and whose certificate it
// showed. Whoever decides what a client may do asks `connectionOf(client.conn)`.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export type ListenerKind = 'tcp' | 'tls' | 'ws' | 'wss';

/** A client's certificate that was verified. */
export type ClientCertificate = {
  /** Its subject's common name; undefined where it has none, or several. */
  readonly name: string | undefined;
  readonly issuer: string;
  /** Upper-case hexadecimal, as node:crypto writes it. */
  readonly serial: string;
};

export type Connection = {
  readonly listener: ListenerKind;
  /** The peer's IP address. */
  readonly address: string;
  /** Whether the listener can be reached from this machine only. */
  readonly isLoopbackListener: boolean;
  /** The common name of the verified certificate; undefined where it showed none. */
  readonly certificateName?: string;
  readonly certificate?: ClientCertificate;
  /** The TCP socket below TLS and WebSocket: what really went out and came in. */
  readonly wire: Socket;
};

/** A connection whose doors are behind it. */
export type Arrival = Connection & {
  /** Carries packets, and nothing else. */
  readonly stream: Duplex;
  /** What is left of the time within which it must be let in. */
  readonly letInWithinMs: number;
  /** To be called when it is let in: from then on it may send more at once. */
  readonly letIn: () => void;
};

const connections = new WeakMap<Duplex, Connection>();

/** undefined for a stream that came by no listener, as some tests make them. */
export function connectionOf(stream: Duplex): Connection | undefined {
  return connections.get(stream);
}

export function rememberConnection(stream: Duplex, connection: Connection): void {
  connections.set(stream, connection);
}

/** The TCP socket under a client's stream. */
export function wireOf(stream: Duplex): Socket {
  return connections.get(stream)?.wire ?? (stream as Socket);
}
