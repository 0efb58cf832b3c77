// Devices that somebody watches. What they send is subscribed to once for all viewers of a device, and no longer than one watches;
// what became of it is heard along with what the console hears anyway. What is meant for the device alone (its desired configuration,
// its updates) may hold secrets, and is not among it.

import type { Point } from '#domain/point.ts';
import { type DeviceName, deviceKey, filters, parseTopic } from '#domain/topic.ts';
import type { Bus, Consumer } from '#runtime/bus.ts';
import type { PointsLine, RawLine, RejectLine } from '../api/devices.ts';
import type { PlantInput } from '../plant/decode.ts';
import { pointsLine, rawLine, rejectLine } from './tail-line.ts';
import { type TailReader, TailViewer } from './tail-viewer.ts';

export type TailsParts = {
  readonly bus: Pick<Bus, 'consume'>;
  readonly now: () => number;
  readonly unitOf: (point: Point) => string | null;
};

/** Each is a connection to the broker. */
export const DEVICES_MAX = 20;
/** Nobody alone keeps the others out. */
export const DEVICES_OF_ONE_MAX = 8;
/** A control room and its visitors. */
export const VIEWERS_MAX = 100;
/** What a device sends is not held back for a viewer, so no more than this is ever under way. */
const WINDOW = 200;
const WINDOW_BYTES = 4 * 1024 * 1024;

type Tail = { readonly consumer: Consumer; readonly viewers: Map<TailReader, TailViewer>; count: number };

export class Tails {
  readonly #parts: TailsParts;
  readonly #byDevice = new Map<string, Tail>();
  #opened = 0;

  constructor(parts: TailsParts) {
    this.#parts = parts;
  }

  get devices(): number {
    return this.#byDevice.size;
  }

  get viewers(): number {
    return [...this.#byDevice.values()].reduce((sum, { viewers }) => sum + viewers.size, 0);
  }

  /** A sentence where the user cannot watch it now. */
  whyFull(name: DeviceName, user: string): string | undefined {
    if (this.viewers >= VIEWERS_MAX) return `${VIEWERS_MAX} people watch devices already, and no more can.`;
    const key = deviceKey(name);
    const own = [...this.#byDevice].filter(([, { viewers }]) => [...viewers.keys()].some((each) => each.user === user));
    if (own.length >= DEVICES_OF_ONE_MAX && !own.some(([each]) => each === key))
      return `You watch ${DEVICES_OF_ONE_MAX} devices already, and no more can be: close one.`;
    if (this.#byDevice.has(key) || this.devices < DEVICES_MAX) return undefined;
    return `${DEVICES_MAX} devices are being watched already, and no more can be.`;
  }

  join(name: DeviceName, reader: TailReader): void {
    const key = deviceKey(name);
    const tail = this.#byDevice.get(key) ?? this.#open(name);
    const { now } = this.#parts;
    const viewer = new TailViewer({ reader, now, problem: () => tail.consumer.problem() ?? null });
    tail.viewers.set(reader, viewer);
    void viewer.pump(); // something at once, so that its page knows that it is connected
  }

  leave(name: DeviceName, reader: TailReader): void {
    const key = deviceKey(name);
    const tail = this.#byDevice.get(key);
    tail?.viewers.delete(reader);
    if (tail?.viewers.size === 0) this.#close(key, tail);
  }

  /** What the console has heard of the plant. */
  hear(input: PlantInput): void {
    if (this.#byDevice.size === 0) return;
    if (input.kind === 'points') this.#hearPoints(input.points);
    if (input.kind !== 'rejected') return;
    const parsed = parseTopic(input.rejected.topic);
    const tail = parsed?.kind === 'device' ? this.#byDevice.get(deviceKey(parsed)) : undefined;
    if (tail !== undefined) this.#tell(tail, rejectLine(input.rejected));
  }

  /** Tells what had to wait, and ends the streams whose login has ended. */
  tick(): void {
    for (const [key, tail] of this.#byDevice) {
      for (const [reader, viewer] of tail.viewers) {
        if (viewer.isOver) {
          viewer.close();
          tail.viewers.delete(reader);
        } else void viewer.pump();
      }
      if (tail.viewers.size === 0) this.#close(key, tail);
    }
  }

  closeAll(): void {
    for (const [key, tail] of this.#byDevice) {
      for (const viewer of tail.viewers.values()) viewer.close();
      this.#close(key, tail);
    }
  }

  #open(name: DeviceName): Tail {
    const tail: Tail = {
      viewers: new Map(),
      count: 0,
      consumer: this.#parts.bus.consume({
        // A name of its own each time: the connection before may still be going.
        clientId: `penstock-console-tail-${++this.#opened}`,
        filters: filters.ofDevice(name),
        cleanSession: true,
        ...{ window: WINDOW, windowBytes: WINDOW_BYTES },
        onDelivery: ({ ack, ...delivery }) => {
          this.#tell(tail, rawLine(delivery));
          ack();
        },
      }),
    };
    this.#byDevice.set(deviceKey(name), tail);
    return tail;
  }

  #close(key: string, { consumer }: Tail): void {
    this.#byDevice.delete(key);
    void consumer[Symbol.asyncDispose]();
  }

  #hearPoints(points: readonly Point[]): void {
    const watched = new Map<Tail, Point[]>();
    for (const point of points) {
      const tail = this.#byDevice.get(deviceKey(point.series));
      if (tail === undefined) continue;
      const list = watched.get(tail);
      if (list === undefined) watched.set(tail, [point]);
      else list.push(point);
    }
    for (const [tail, list] of watched) this.#tell(tail, pointsLine(list, this.#parts.unitOf));
  }

  #tell(tail: Tail, what: RawLine | PointsLine | RejectLine): void {
    const line = { n: ++tail.count, receivedAt: this.#parts.now(), ...what };
    for (const viewer of tail.viewers.values()) viewer.offer(line);
  }
}
