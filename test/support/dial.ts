// A connection to the broker by any of its doors: a stream that carries what is written to it.

import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';

export const DOORS = ['tcp', 'tls', 'ws', 'wss'] as const;
export type Door = (typeof DOORS)[number];

export type DialOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'maxVersion' | 'session'> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** @param options for TLS `ca`, by which the broker is verified, and perhaps a certificate of one's own */
export function dial(door: Door, port: number, options: DialOptions = {}): Duplex {
  const host = '127.0.0.1';
  if (door === 'tcp') return connectTcp({ host, port, noDelay: true });
  if (door === 'tls') return connectTls({ host, port, ...options });
  const stream = createWebSocketStream(openWebSocket(door, port, options));
  stream.once('end', () => stream.destroy()); // it would wait for us to end it too
  return stream;
}

export function openWebSocket(door: Door, port: number, options: DialOptions = {}): WebSocket {
  const url = `${door}://127.0.0.1:${port}/mqtt`;
  return new WebSocket(url, 'mqtt', { perMessageDeflate: false, ...options } as WebSocket.ClientOptions);
}
