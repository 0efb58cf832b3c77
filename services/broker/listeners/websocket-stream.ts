// A WebSocket as a stream of bytes. How packets lie in messages is nobody's promise [MQTT-6.0.0-2]: one may be split over
// several, and several may be in one. What is written is not done with before the kernel has it, so that whoever lags is seen
// to lag here as on a plain socket; what nobody reads is not taken from the network.

import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Longest message that is put together of small writes; a larger piece is sent as it is. */
const FRAME_BYTES = 64 * 1024;
/** Close code for what is no binary message [RFC 6455, 7.4.1]. */
const UNACCEPTABLE = 1003;

/** What ends the connection. aedes hands it on as the reason. */
export class TextFrameError extends Error {
  override readonly name = 'TextFrameError';
}

type Done = (error?: Error | null) => void;

export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on('message', (message: Buffer, isBinary) => {
      if (this.destroyed) return;
      if (isBinary) this.#take(message);
      else {
        socket.close(UNACCEPTABLE, 'MQTT is sent in binary messages'); // [MQTT-6.0.0-1]
        this.destroy(new TextFrameError('a text message, and MQTT is binary'));
      }
    });
    socket.on('error', (error) => this.destroy(error));
    // What came before it is read first.
    socket.on('close', () => this.destroyed || this.push(null));
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#socket.send(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    this.#socket.close();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    // A goodbye is worth waiting for, unless there is something wrong: then its buffers must go now.
    if (error === null) this.#socket.close();
    else this.#socket.terminate();
    done(error);
  }

  #take(message: Buffer): void {
    if (!this.push(message)) this.#socket.pause();
  }

  /** A message at a time, each when the one before it has gone: what waits is not copied before its turn. */
  #send(chunks: readonly Buffer[], done: Done): void {
    let [count, bytes] = [0, 0];
    while (count < chunks.length && (count === 0 || bytes + (chunks[count]?.length ?? 0) <= FRAME_BYTES))
      bytes += chunks[count++]?.length ?? 0;
    const rest = chunks.slice(count);
    const next: Done = (error) => {
      if (error || rest.length === 0) done(error);
      else this.#send(rest, done);
    };
    const [first] = chunks;
    this.#socket.send(count === 1 && first !== undefined ? first : Buffer.concat(chunks.slice(0, count)), next);
  }
}
