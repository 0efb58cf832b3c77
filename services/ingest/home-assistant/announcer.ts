// All devices as Home Assistant is told of them: discovery messages where one has changed, values where newer ones have come, nothing
// where one is gone. Told in rounds, once a second: while the broker owes us answers, what changes waits, each device once and
// with its newest values. Pure but for what it is given to publish with.

import type { Point } from '#domain/point.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import { AnnouncedDevice, type AnnouncedDeviceParts, type Announcement } from './announced-device.ts';
import type { HeldConfig } from './held-config.ts';

/** Far above a home; a plant of more is none that Home Assistant could show. */
const DEVICES_MAX = 2_000;
/** Discovery messages in one round: to write them takes a moment each, in which nothing is read. */
const CONFIGS_PER_ROUND = 200;
/**
 * Rounds of a life in which nothing is taken away: births that the broker has retained may still be on their way, and whoever
 * is taken away loses what people have set for it in Home Assistant.
 */
const GRACE_ROUNDS = 10;
const LOOK_EVERY_ROUNDS = 60;
/** So long after its last value a device that nobody knows any more is taken away: as long as the registry remembers one. */
const FORGOTTEN_MS = 7 * 86_400_000;

export type AnnouncerParts = AnnouncedDeviceParts & {
  /** Keys of devices that a file named in our last life, and none names now. */
  readonly unnamed: ReadonlySet<string>;
  /** Resolves when the broker has it. */
  readonly publish: (message: Announcement) => Promise<void>;
};

export class Announcer {
  readonly #parts: AnnouncerParts;
  readonly #devices = new Map<string, AnnouncedDevice>();
  /** Those whose discovery message may have to change. */
  readonly #doubtful = new Set<AnnouncedDevice>();
  readonly #withoutRoom = new Set<string>();
  #rounds = 0;
  #isPublishing = false;
  #replaced = 0;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** How many devices are announced. */
  get size(): number {
    return this.#devices.values().reduce((sum, { isAnnounced }) => sum + (isAnnounced ? 1 : 0), 0);
  }

  /** Devices, and what of the others, for which there is no room. */
  get leftOut(): number {
    return this.#devices.values().reduce((sum, { leftOut }) => sum + leftOut, this.#withoutRoom.size);
  }

  /** Values that gave way to newer ones before they were told. */
  get replaced(): number {
    return this.#replaced;
  }

  /** All that was to be taken away at the start has been. */
  get isSettled(): boolean {
    return this.#rounds > GRACE_ROUNDS && !this.#isPublishing;
  }

  /** Points that the broker has, and that came at that moment. */
  take(points: readonly Point[], now: number): void {
    let device: AnnouncedDevice | undefined;
    for (const point of points) {
      if (point.late) continue;
      const { series } = point;
      if (device === undefined || !isSame(device.name, series)) {
        device = this.#deviceOf(series);
        if (device?.find() === true) this.#doubtful.add(device);
      }
      const taken = device?.take(series.metric, point, now);
      if (taken === 'replaced') this.#replaced++;
      if (taken === 'first' && device !== undefined) this.#doubtful.add(device);
    }
  }

  /** Something of the device is other than it was. */
  changed(name: DeviceName): void {
    this.#doubt(name)?.look();
  }

  /** What the broker holds is being read anew. */
  forgetHeld(): void {
    for (const device of this.#devices.values()) {
      device.forgetHeld();
      this.#doubtful.add(device);
    }
  }

  holdsConfig(name: DeviceName, held: HeldConfig): void {
    this.#doubt(name)?.holdsConfig(held);
  }

  holdsValues(name: DeviceName, payload: Buffer, now: number): void {
    this.#doubt(name)?.holdsValues(payload, now);
  }

  /** One round. Resolves when the broker has it; at once where the one before is still under way. */
  async run(now: number): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    this.#rounds++;
    try {
      await Promise.all(this.#round(now).map((message) => this.#parts.publish(message)));
    } catch {
      // Only a closing bus refuses; our next life tells all of it anew.
    } finally {
      this.#isPublishing = false;
    }
  }

  #round(now: number): Announcement[] {
    const isLooking = this.#rounds % LOOK_EVERY_ROUNDS === GRACE_ROUNDS + 1;
    return [
      ...this.#configMessages(),
      ...(isLooking ? this.#takeAwayForgotten(now) : []),
      ...this.#devices.values().flatMap((device) => device.valueMessages(now)),
    ];
  }

  #configMessages(): Announcement[] {
    const mayTakeAway = this.#rounds > GRACE_ROUNDS;
    return [...this.#doubtful].slice(0, CONFIGS_PER_ROUND).flatMap((device) => {
      this.#doubtful.delete(device);
      const messages = device.configMessages(mayTakeAway);
      if (messages !== 'later') return messages;
      this.#doubtful.add(device);
      return [];
    });
  }

  /** What nobody knows any more, and what files do not name any more. */
  #takeAwayForgotten(now: number): Announcement[] {
    const isKnown = (name: DeviceName) => this.#parts.known(name) !== undefined;
    for (const key of this.#withoutRoom) if (!isKnown(nameOf(key))) this.#withoutRoom.delete(key);
    const gone = [...this.#devices.values()].filter(
      ({ name, key, newestAt }) => !isKnown(name) && (this.#parts.unnamed.has(key) || now - newestAt >= FORGOTTEN_MS),
    );
    return gone.flatMap((device) => {
      this.#devices.delete(device.key);
      this.#doubtful.delete(device);
      return device.takeAway();
    });
  }

  #doubt(name: DeviceName): AnnouncedDevice | undefined {
    const device = this.#deviceOf(name);
    if (device !== undefined) this.#doubtful.add(device);
    return device;
  }

  /** undefined where there is no room for one more. */
  #deviceOf(name: DeviceName): AnnouncedDevice | undefined {
    const key = deviceKey(name);
    const known = this.#devices.get(key);
    if (known !== undefined) return known;
    if (this.#devices.size >= DEVICES_MAX) {
      if (!this.#withoutRoom.has(key)) this.#parts.onNoRoom?.(key);
      this.#withoutRoom.add(key);
      return undefined;
    }
    this.#withoutRoom.delete(key);
    const device = new AnnouncedDevice(name, this.#parts);
    this.#devices.set(key, device);
    return device;
  }
}

function isSame(a: DeviceName, b: DeviceName): boolean {
  return a.device === b.device && a.area === b.area && a.site === b.site;
}

function nameOf(key: string): DeviceName {
  const [site = '', area = '', device = ''] = key.split('/');
  return { site, area, device };
}
