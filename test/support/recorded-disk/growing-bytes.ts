// A file's content. Its buffer has room to spare, so that a file that grows is not copied with every write.

export class GrowingBytes {
  #room: Buffer;
  #length: number;

  constructor(bytes: Buffer) {
    this.#room = Buffer.from(bytes);
    this.#length = bytes.length;
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  write(at: number, bytes: Buffer): void {
    this.#reach(at + bytes.length);
    bytes.copy(this.#room, at);
  }

  /** What it is longer by is zeros. */
  cutOff(length: number): void {
    this.#room.fill(0, Math.min(length, this.#length), this.#length);
    this.#reach(length);
    this.#length = length;
  }

  #reach(length: number): void {
    if (length > this.#room.length) {
      const room = Buffer.alloc(length * 2);
      this.bytes.copy(room);
      this.#room = room;
    }
    this.#length = Math.max(this.#length, length);
  }
}
