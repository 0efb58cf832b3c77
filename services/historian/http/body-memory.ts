// What all request bodies together may hold in memory. Beyond it a request is told to come again: whoever writes still has the
// points, and we go on serving the others.

import { RequestError } from './answer.ts';

/** Bookkeeping of a request beside its bytes: it bounds how many empty ones may be open. */
const OVERHEAD_BYTES = 32_768;

/** A body up to this size finds room where large ones find none any more: they leave it a part of the memory. */
const SMALL_BYTES_MAX = 524_288;
const FOR_LARGE = 0.8;

export class BodyMemory {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Room for one body, given back on disposal. @throws RequestError 503 where there is none */
  open(): BodyRoom {
    const room = new BodyRoom((bytes, held) => this.#take(bytes, held));
    room.grow(OVERHEAD_BYTES);
    return room;
  }

  #take(bytes: number, held: number): void {
    const share = held + bytes > SMALL_BYTES_MAX ? FOR_LARGE : 1;
    if (bytes > 0 && this.#bytes + bytes > this.#bytesMax * share) {
      throw new RequestError(503, 'too many requests are being read at once');
    }
    this.#bytes += bytes;
  }
}

export class BodyRoom implements Disposable {
  readonly #take: (bytes: number, held: number) => void;
  #bytes = 0;

  /** `take` throws where it does not give so many more to one that holds some; a negative number gives back. */
  constructor(take: (bytes: number, held: number) => void) {
    this.#take = take;
  }

  grow(bytes: number): void {
    this.#take(bytes, this.#bytes);
    this.#bytes += bytes;
  }

  [Symbol.dispose](): void {
    this.#take(-this.#bytes, this.#bytes);
    this.#bytes = 0;
  }
}
