// Who is watching, and what each is still to be sent. A viewer that cannot keep up is dropped: its browser connects again
// and is told what it missed, or the present where that was too much, and the others notice nothing.

/** One server-sent event, its data serialised once for all viewers. */
export type Frame = {
  /** What a browser that comes back names as the last it has seen. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
};

export type Viewer = {
  /** Settles when the next frame may be sent. */
  send(frame: Frame): Promise<void>;
  /** Ends the connection at once. */
  close(): void;
  /** Whether the login that the connection was opened with has ended. */
  isOver(): boolean;
  /** Who has logged in. */
  readonly user: string;
};

/** Two seconds of an alarm flood of 200 changes a second, and as many bytes as a phone may hold for one page. */
export const FRAMES_MAX = 400;
export const CHARS_MAX = 4 * 1024 * 1024;

type Seat = { readonly viewer: Viewer; waiting: Frame[]; chars: number; isSending: boolean };

export class Hub {
  /** Viewers dropped because they could not keep up. */
  dropped = 0;
  readonly #seats = new Map<Viewer, Seat>();

  get size(): number {
    return this.#seats.size;
  }

  sizeOf(user: string): number {
    return [...this.#seats.keys()].filter((viewer) => viewer.user === user).length;
  }

  join(viewer: Viewer, first: readonly Frame[]): void {
    const chars = first.reduce((sum, { data }) => sum + data.length, 0);
    const seat: Seat = { viewer, waiting: [...first], chars, isSending: false };
    this.#seats.set(viewer, seat);
    void this.#pump(seat);
  }

  leave(viewer: Viewer): void {
    this.#seats.delete(viewer);
  }

  broadcast(frame: Frame): void {
    for (const seat of this.#seats.values()) {
      seat.waiting.push(frame);
      seat.chars += frame.data.length;
      // The frame under way does not count: the first one is as large as the plant.
      if (seat.waiting.length > FRAMES_MAX || seat.chars > CHARS_MAX) {
        this.dropped++;
        this.#end(seat.viewer);
      } else void this.#pump(seat);
    }
  }

  /** A login ends for the connections that it opened, too. */
  dropOver(): void {
    for (const { viewer } of [...this.#seats.values()]) if (viewer.isOver()) this.#end(viewer);
  }

  closeAll(): void {
    for (const { viewer } of [...this.#seats.values()]) this.#end(viewer);
  }

  #end(viewer: Viewer): void {
    this.#seats.delete(viewer);
    viewer.close();
  }

  async #pump(seat: Seat): Promise<void> {
    if (seat.isSending) return;
    seat.isSending = true;
    for (let frame = seat.waiting.shift(); frame !== undefined; frame = seat.waiting.shift()) {
      seat.chars -= frame.data.length;
      if (!this.#seats.has(seat.viewer)) break;
      try {
        await seat.viewer.send(frame);
      } catch {
        this.#end(seat.viewer); // it went away while it was being sent to
      }
    }
    seat.isSending = false;
  }
}
