// The time in which a connection must have become a client, over TLS, the upgrade to WebSocket and CONNECT together: who
// drips one of them must not get the whole time for each.

import type { Socket } from 'node:net';

export class HandshakeClock {
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;

  constructor(socket: Socket, withinMs: number, onLate: () => void) {
    this.#endsAt = performance.now() + withinMs;
    this.#timer = setTimeout(() => {
      onLate();
      socket.destroy();
    }, withinMs);
    socket.once('close', () => clearTimeout(this.#timer));
  }

  /** From here on somebody else looks after the time. @returns what is left of it, ms */
  handOn(): number {
    clearTimeout(this.#timer);
    return Math.max(1, Math.ceil(this.#endsAt - performance.now()));
  }
}
