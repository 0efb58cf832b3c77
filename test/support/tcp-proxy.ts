// A network that misbehaves on command, between a client and a server of the same machine. What a fault swallowed never comes
// later: a connection that was half-open stays so until one side gives it up, as behind a router that has forgotten it.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '#domain/random.ts';

export type Weather =
  /** Bytes pass as they come. */
  | { readonly kind: 'clear' }
  /** Every connection is reset, and so is whoever tries. */
  | { readonly kind: 'cut' }
  /** Connections stand and are made, and not one byte passes. */
  | { readonly kind: 'half-open' }
  /** Each chunk waits for `delayMs`, and no more than so many bytes a second pass in each direction. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly bytesPerSecond: number }
  /** Bytes pass in pieces of one to 16, so that nobody may rely on where a chunk ends. */
  | { readonly kind: 'split'; readonly random: Random };

const PIECE_BYTES_MAX = 16;
/** A pipe holds this much before it brakes the sender. */
const HELD_BYTES_MAX = 64 * 1024;

type Pair = { readonly client: Socket; readonly server: Socket; isLost: boolean };

export class TcpProxy implements AsyncDisposable {
  /** Connections taken so far. */
  connections = 0;
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #weather: Weather = { kind: 'clear' };

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ noDelay: true }, (client) => this.#take(client));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on, also for the connections that there are. */
  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather.kind === 'cut') this.reset();
    if (weather.kind === 'half-open') for (const pair of this.#pairs) pair.isLost = true;
  }

  /** Cuts every connection that there is; new ones may be made. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(client: Socket): void {
    this.connections++;
    if (this.#weather.kind === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, isLost: this.#weather.kind === 'half-open' };
    this.#pairs.add(pair);
    this.#pump(client, server, pair);
    this.#pump(server, client, pair);
  }

  #pump(from: Socket, to: Socket, pair: Pair): void {
    let last: Promise<void> = Promise.resolve();
    from.on('data', (chunk) => {
      if (pair.isLost) return;
      from.pause();
      // In order, whatever the weather turns to meanwhile.
      last = last.then(() => this.#pass(chunk, to, pair)).then(() => void from.resume());
    });
    from.on('error', () => {}); // `close` follows
    from.on('close', () => {
      if (to.destroyed) this.#pairs.delete(pair);
      // Where bytes are swallowed, the end is too: the other side hears of nothing.
      else if (!pair.isLost) void last.then(() => (from.errored === null ? to.end() : to.resetAndDestroy()));
    });
  }

  async #pass(chunk: Buffer, to: Socket, pair: Pair): Promise<void> {
    const weather = this.#weather;
    if (weather.kind === 'slow') await delay(weather.delayMs + (chunk.length / weather.bytesPerSecond) * 1_000);
    if (pair.isLost || to.destroyed) return;
    if (weather.kind === 'split') await this.#passPieces(chunk, to, weather.random);
    else to.write(chunk);
    if (to.writableLength > HELD_BYTES_MAX) await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => {});
  }

  async #passPieces(chunk: Buffer, to: Socket, random: Random): Promise<void> {
    for (let at = 0; at < chunk.length && !to.destroyed; ) {
      const length = 1 + Math.floor(random() * PIECE_BYTES_MAX);
      to.write(chunk.subarray(at, at + length));
      at += length;
      // A turn of the loop between two pieces: else the kernel would put them together again.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
