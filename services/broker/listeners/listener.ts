// A listener of the embedded broker, and what a connection passes between it and aedes: admission, then TLS, then the upgrade
// to WebSocket, as its kind has them.

import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isLoopback } from '#runtime/sections.ts';
import { type Admission, addressOf } from './admission.ts';
import { allowLag } from './allow-lag.ts';
import { type Arrival, type Connection, type ListenerKind, rememberConnection } from './connection.ts';
import { HandshakeClock } from './handshake-clock.ts';
import type { TlsDoor } from './tls-door.ts';
import type { WebSocketDoor } from './websocket-door.ts';

export type ListenerPlan = { readonly kind: ListenerKind; readonly host: string; readonly port: number };

export type Doors = {
  readonly tls?: TlsDoor;
  readonly webSocket?: WebSocketDoor;
  /** A connection never came to speak MQTT: `late`, or the reason that a door gives. */
  readonly onFailed: (kind: ListenerKind, reason: string) => void;
};

export type ListenerParts = {
  readonly admission: Admission;
  readonly doors: Doors;
  readonly letInWithinMs: number;
  readonly onConnection: (arrival: Arrival) => void;
};

export type Listener = AsyncDisposable & ListenerPlan;

/** A peer that vanished without a word and never had a keepalive is noticed by TCP. */
const PROBE_AFTER_MS = 60_000;

export async function openListener(plan: ListenerPlan, parts: ListenerParts): Promise<Listener> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS }, (socket) =>
    parts.admission.take(socket, () => new Passage(plan, socket, parts).enter()),
  );
  await listen(server, plan);
  const address = server.address();
  return {
    ...plan,
    port: typeof address === 'object' && address !== null ? address.port : plan.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      parts.admission.endAll();
      await closed;
    },
  };
}

/** The way of one connection. */
class Passage {
  readonly #parts: ListenerParts;
  readonly #wire: Socket;
  readonly #clock: HandshakeClock | undefined;
  #connection: Connection;

  constructor({ kind, host }: ListenerPlan, wire: Socket, parts: ListenerParts) {
    this.#parts = parts;
    this.#wire = wire;
    this.#connection = { listener: kind, address: addressOf(wire), isLoopbackListener: isLoopback(host), wire };
    // On plain TCP there is nothing to pass: the time for CONNECT is all of it.
    if (kind !== 'tcp')
      this.#clock = new HandshakeClock(wire, parts.letInWithinMs, () => parts.doors.onFailed(kind, 'late'));
  }

  enter(): void {
    const { tls } = this.#parts.doors;
    if (tls === undefined) this.#upgrade(this.#wire);
    tls?.pass(this.#wire, (stream, certificate) => {
      if (certificate !== undefined) this.#connection = { ...this.#connection, ...shown(certificate) };
      this.#upgrade(stream);
    });
  }

  #upgrade(stream: Duplex): void {
    const { webSocket } = this.#parts.doors;
    if (webSocket === undefined) this.#arrive(stream, () => {});
    else webSocket.pass(stream, (upgraded, letIn) => this.#arrive(upgraded, letIn));
  }

  #arrive(stream: Duplex, letIn: () => void): void {
    allowLag(stream);
    rememberConnection(stream, this.#connection);
    const letInWithinMs = this.#clock?.handOn() ?? this.#parts.letInWithinMs;
    this.#parts.onConnection({ ...this.#connection, stream, letIn, letInWithinMs });
  }
}

function shown(certificate: NonNullable<Connection['certificate']>): Partial<Connection> {
  const { name } = certificate;
  return { certificate, ...(name === undefined ? {} : { certificateName: name }) };
}

function listen(server: Server, { host, port }: ListenerPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
